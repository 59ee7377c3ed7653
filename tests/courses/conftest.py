"""A small course in a folder, published where a test asks for it, and people who learn from it."""

from pathlib import Path

import pytest
from django.test import Client

from accounts.models import User
from courses.models import Release
from courses.publishing.storing import store
from tests.courses.course_folder import read, write_course


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_course(tmp_path / "small")


@pytest.fixture
def release(folder: Path, db: None) -> Release:
    release = store(read(folder))
    assert release is not None
    return release


@pytest.fixture
def learner(db: None) -> User:
    return User.objects.create_user("learner@example.org", "a long password")


@pytest.fixture
def other(db: None) -> User:
    return User.objects.create_user("other@example.org", "a long password")


@pytest.fixture
def browser(client: Client, learner: User) -> Client:
    """A browser in which the learner is signed in."""
    client.force_login(learner)
    return client
