"""The commands that hand out accounts, and the one that erases guests."""

import io
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import GUEST_IDLE_DAYS, Role, User
from courses.models import Cohort, Course, Enrolment, Release

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    settings.MODE = "embedded"


def _call(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def _password(line: str) -> str:
    return line.split()[-1]


def test_instructor_makes_an_account_that_can_sign_in() -> None:
    out = _call("instructor", "--email", "Ines@Example.org", "--name", "Ines")
    user = User.objects.get(email="ines@example.org")
    assert user.has_role(Role.INSTRUCTOR)
    assert user.name == "Ines"
    assert user.check_password(_password(out.splitlines()[0]))


def test_instructor_leaves_the_password_of_an_existing_account(ada: User) -> None:
    before = ada.password
    assert "unchanged" in _call("instructor", "--email", "ada@example.org")
    ada.refresh_from_db()
    assert ada.password == before
    assert ada.has_role(Role.INSTRUCTOR)
    out = _call("instructor", "--email", "ada@example.org", "--new-password")
    ada.refresh_from_db()
    assert ada.check_password(_password(out.splitlines()[0]))


def test_instructor_without_an_address_makes_the_one_of_the_class_once() -> None:
    first, second = _call("instructor"), _call("instructor")
    assert User.objects.count() == 1
    assert "unchanged" not in first
    assert "unchanged" in second


@pytest.mark.parametrize("email", ["", "nonsense", "a@b"])
def test_instructor_refuses_what_is_no_address(email: str) -> None:
    with pytest.raises(CommandError, match="no email address"):
        _call("instructor", "--email", email)
    assert not User.objects.exists()


def test_demo_makes_three_people_and_a_class_once(tmp_path: Path) -> None:
    course = Course.objects.create(id="cnn", title="CNN")
    course.published = Release.objects.create(course=course, number=1, content_hash="r", manifest={})
    course.save()
    out = _call("demo")
    path = tmp_path / "demo_accounts.txt"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for line in path.read_text().splitlines():
        _role, email, password = line.split()
        assert User.objects.get(email=email).check_password(password)
        assert password in out
    again = _call("demo")
    assert not any(_password(line) in again for line in path.read_text().splitlines())
    assert str(path) in again
    assert (User.objects.count(), Cohort.objects.count(), Enrolment.objects.count()) == (3, 1, 2)


def test_demo_without_a_course_makes_the_people_and_later_the_class() -> None:
    _call("demo")
    assert (User.objects.count(), Cohort.objects.count()) == (3, 0)
    course = Course.objects.create(id="cnn", title="CNN")
    course.published = Release.objects.create(course=course, number=1, content_hash="r", manifest={})
    course.save()
    _call("demo")
    assert (User.objects.count(), Cohort.objects.count()) == (3, 1)


def test_demo_gives_new_passwords_when_the_file_is_gone(tmp_path: Path) -> None:
    _call("demo")
    path = tmp_path / "demo_accounts.txt"
    path.unlink()
    _call("demo")
    for line in path.read_text().splitlines():
        assert User.objects.get(email=line.split()[1]).check_password(_password(line))


@pytest.mark.parametrize("mode", ["class", "production"])
def test_demo_refuses_where_others_come_in(settings: Any, mode: str) -> None:
    settings.MODE = mode
    with pytest.raises(CommandError, match=mode):
        _call("demo")
    assert not User.objects.exists()


def test_erase_guests_says_how_many(ada: User, guest: User) -> None:
    gone = timezone.now() - timedelta(days=GUEST_IDLE_DAYS + 1)
    User.objects.filter(pk=guest.pk).update(last_seen_at=gone)
    assert _call("erase_guests") == "1 guests erased\n"
    assert list(User.objects.all()) == [ada]
