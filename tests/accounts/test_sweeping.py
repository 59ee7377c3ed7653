"""What the sweeper does for accounts."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import GUEST_IDLE_DAYS, User
from accounts.sweeping import sweep

pytestmark = pytest.mark.django_db


def test_guests_who_stayed_away_and_sessions_that_ended_go(client: Client, guest: User, ada: User) -> None:
    client.force_login(ada)
    kept = client.session.session_key
    Session.objects.create(session_key="over", session_data="", expire_date=timezone.now() - timedelta(seconds=1))
    User.objects.filter(pk=guest.pk).update(last_seen_at=timezone.now() - timedelta(days=GUEST_IDLE_DAYS + 1))
    sweep(now=timezone.now())
    assert list(User.objects.all()) == [ada]
    assert [session.session_key for session in Session.objects.all()] == [kept]


def test_a_sweep_that_finds_nothing_only_looks(
    ada: User, guest: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2) as queries:
        sweep(now=timezone.now())
    assert all(query["sql"].startswith("SELECT") for query in queries.captured_queries)
