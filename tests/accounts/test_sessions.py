"""Who is signed in, asked anew by sockets."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import User
from accounts.sessions import user_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(client: Client, ada: User) -> str:
    """The key of Ada's session."""
    client.force_login(ada)
    return str(client.session.session_key)


def test_a_session_knows_its_owner(key: str, ada: User) -> None:
    assert user_of(key) == ada


@pytest.mark.parametrize("key", [None, "", "no-such-session"])
def test_no_session_is_nobody(key: str | None) -> None:
    assert user_of(key) is None
    assert not Session.objects.exists()


def test_a_session_that_ended_is_nobody(key: str) -> None:
    Session.objects.all().delete()
    assert user_of(key) is None


def test_someone_who_was_shut_out_is_nobody(key: str, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert user_of(key) is None


def test_a_new_password_ends_older_sessions(key: str, ada: User) -> None:
    ada.set_password("another-horse-9")
    ada.save()
    assert user_of(key) is None
