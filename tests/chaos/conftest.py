"""People, a lab and the claims that the faults share: real processes, a private Redis, the tests' own database."""

import pytest

from accounts.models import User
from labs.models import Lab
from tests.labs.conftest import make_lab


@pytest.fixture
def learner(db: None) -> User:
    return User.objects.create_user("learner@example.org", "a long password")


@pytest.fixture
def other(db: None) -> User:
    return User.objects.create_user("other@example.org", "a long password")


@pytest.fixture
def lab(db: None) -> Lab:
    return make_lab()
