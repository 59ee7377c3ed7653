"""A small course in a folder, published where a test asks for it, and people who learn from it."""

import shutil
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import User
from courses.models import Release
from courses.publishing.edition import Edition
from courses.publishing.storing import store
from tests.courses.course_folder import read, write_course


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_course(tmp_path_factory.mktemp("course") / "small")


@pytest.fixture(scope="session")
def edition(untouched: Path) -> Edition:
    return read(untouched)


@pytest.fixture
def folder(untouched: Path, tmp_path: Path) -> Path:
    """A copy of the course that the test may change."""
    return Path(shutil.copytree(untouched, tmp_path / "small"))


@pytest.fixture
def release(edition: Edition, db: None) -> Release:
    release = store(edition)
    assert release is not None
    return release


@pytest.fixture
def learner(db: None) -> User:
    return User.objects.create_user("learner@example.org", None)


@pytest.fixture
def other(db: None) -> User:
    return User.objects.create_user("other@example.org", None)


@pytest.fixture
def browser(client: Client, learner: User) -> Client:
    """A browser in which the learner is signed in."""
    client.force_login(learner)
    return client
