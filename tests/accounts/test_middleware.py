"""The last visit: noted at most every ten minutes."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.middleware import SEEN_EVERY
from accounts.models import User

pytestmark = pytest.mark.django_db


def _last_seen(user: User, *, ago: timedelta) -> None:
    User.objects.filter(pk=user.pk).update(last_seen_at=timezone.now() - ago)


def test_a_visit_after_a_while_is_noted(client: Client, ada: User) -> None:
    client.force_login(ada)
    _last_seen(ada, ago=SEEN_EVERY)
    client.get("/me/")
    ada.refresh_from_db()
    assert timezone.now() - ada.last_seen_at < timedelta(minutes=1)


def test_a_visit_soon_after_another_writes_nothing(client: Client, ada: User) -> None:
    client.force_login(ada)
    before = timezone.now() - SEEN_EVERY / 2
    User.objects.filter(pk=ada.pk).update(last_seen_at=before)
    client.get("/me/")
    ada.refresh_from_db()
    assert ada.last_seen_at == before


def test_a_visitor_without_a_session_costs_nothing(
    client: Client, db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        client.get("/healthz")


def test_a_session_lasts_as_long_as_its_owner_keeps_coming(client: Client, ada: User) -> None:
    client.force_login(ada)
    soon = timezone.now() + timedelta(days=1)
    Session.objects.update(expire_date=soon)
    _last_seen(ada, ago=SEEN_EVERY)
    client.get("/me/")
    assert Session.objects.get().expire_date > soon
