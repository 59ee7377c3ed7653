"""What the tests of accounts share."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from pytest_django import Settings

from accounts.models import User

PASSWORD = "correct-horse-9"


@pytest.fixture(autouse=True)
def _fresh_limits_and_fast_hashes(settings: Settings) -> Iterator[None]:
    """Start each test with unused rate limits; a slow password hash proves nothing here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def ada(db: None) -> User:
    """Someone with an account."""
    return User.objects.create_user("ada@example.org", PASSWORD, name="Ada")


@pytest.fixture
def guest(db: None) -> User:
    """Someone without one."""
    return User.objects.create_guest()
