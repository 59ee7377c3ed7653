"""A guest with everything a guest can have signs in to an older account, over HTTP: nothing is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.utils import timezone

from accounts.models import Preferences, User
from courses.models import (
    Answer,
    Attempt,
    Bookmark,
    Cohort,
    Completion,
    CompletionRecord,
    Enrolment,
    LabResult,
    Lesson,
    MistakeReport,
    Question,
    QuestionVersion,
    Review,
    UnlockGrant,
)
from courses.remembering import remember, shown_by_check
from inference.models import Network, Query, Upload
from labs.models import PictureSet, Preview, RatePick, Run, RunGroup
from teach import enrolment
from tests.teach.conftest import Published

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-9"
# Rows that a guest cannot have: roles, classes taught, decisions about others, addresses, the admin's log.
NOT_FOR_GUESTS = {
    ("RoleGrant", "user"),
    ("RoleGrant", "granted_by"),
    ("UnlockGrant", "granted_by"),
    ("MistakeReport", "decided_by"),
    ("Cohort", "instructors"),
    ("EmailAddress", "user"),
    ("LogEntry", "user"),
    ("AccessToken", "user"),
}


@pytest.fixture
def account(db: None) -> User:
    """The older account."""
    return User.objects.create_user("ada@example.org", PASSWORD)


@pytest.fixture
def guest(cohort: Cohort, published: Published, train: Callable[..., Run]) -> User:
    """A guest with one row of everything."""
    guest = User.objects.create_guest()
    version, lesson = published.versions[0], published.lessons[0]
    run = train(guest, group=RunGroup.objects.create(owner=guest))
    upload = Upload.objects.create(
        owner=guest, name="x.png", width=1, height=1, source="drawn", expires_at=timezone.now()
    )
    network = Network.objects.create(run=run, title="n", spec={}, weights="w", sha256="0")
    Query.objects.create(owner=guest, network=network, upload=upload, kind="predict")
    enrolment.join(cohort, learner=guest, name="Guest")
    _misses_a_question(Attempt.objects.create(learner=guest, version=version, questions=[], rule={}), lesson)
    Completion.objects.create(learner=guest, lesson=lesson, version=version)
    CompletionRecord.objects.create(learner=guest, name="Guest", course="c", lessons=[], lessons_in_course=1)
    UnlockGrant.objects.create(learner=guest, lesson=lesson, reason="completion")
    LabResult.objects.create(learner=guest, lab_key="first-run", passed=True, value=0.98, run_id=run.pk)
    Preview.objects.create(kind="range_test", digest="d", asked={}, asked_by=guest, expires_at=timezone.now())
    PictureSet.objects.create(owner=guest, title="Mine", expires_at=timezone.now())
    RatePick.objects.create(owner=guest, digest="d", rate=0.1)
    Preferences.objects.create(user=guest, theme="dark")
    return guest


def _misses_a_question(attempt: Attempt, lesson: Lesson) -> None:
    """Answer a question wrongly, so that its idea comes back, ask it again, note something and report something."""
    asked = Question.objects.create(id="q", lesson=lesson)
    question = QuestionVersion.objects.create(question=asked, number=1, content_hash="q", kind="one", data={})
    wrong: dict[str, Any] = {"question": question, "given": {}, "is_right": False, "tag": "bias-forgotten"}
    answer = Answer.objects.create(attempt=attempt, seq=1, idempotency_key="k", **wrong)
    remember(shown_by_check(answer))
    Bookmark.objects.create(learner=attempt.learner, lesson=lesson, note="Mine.")
    MistakeReport.objects.create(reporter=attempt.learner, version=attempt.version, text="Wrong.")
    Review.objects.create(learner=attempt.learner, lesson=lesson, idea="bias-forgotten", question=question)


def _held_by(user: User) -> dict[tuple[str, str], int]:
    """Return how many rows of each model hold this person, by model and field."""
    fields = [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField) and field.related_model is User
    ]
    counted: dict[tuple[str, str], int] = {}
    for model, name in fields:
        rows: Any = model._default_manager
        counted[model.__name__, name] = rows.filter(**{name: user}).count()
    return counted


def _sign_in(client: Client, guest: User) -> None:
    client.force_login(guest)
    response = client.post("/accounts/login/", {"login": "ada@example.org", "password": PASSWORD})
    assert response.status_code == 302


def test_the_guest_here_has_a_row_of_everything_a_guest_can_have(guest: User) -> None:
    missing = {where for where, count in _held_by(guest).items() if count == 0}
    assert missing == NOT_FOR_GUESTS


def test_every_row_of_the_guest_is_the_accounts_afterwards(client: Client, guest: User, account: User) -> None:
    before = _held_by(guest)
    _sign_in(client, guest)
    assert _held_by(account) == before
    assert not User.objects.filter(pk=guest.pk).exists()


def test_signing_in_twice_with_two_guests_keeps_both_ones_work(
    client: Client, guest: User, account: User, train: Callable[..., Run]
) -> None:
    _sign_in(client, guest)
    second = User.objects.create_guest()
    train(second)
    _sign_in(Client(), second)
    assert Run.objects.filter(owner=account).count() == 2


def test_a_class_that_the_account_left_and_the_guest_is_in_is_joined_afterwards(
    client: Client, guest: User, account: User, cohort: Cohort
) -> None:
    enrolment.end(enrolment.join(cohort, learner=account, name="Ada"))
    _sign_in(client, guest)
    assert Enrolment.objects.get().left_at is None


def test_a_class_that_both_are_in_is_kept_once(client: Client, guest: User, account: User, cohort: Cohort) -> None:
    enrolment.join(cohort, learner=account, name="Ada")
    _sign_in(client, guest)
    kept = Enrolment.objects.get()
    assert (kept.learner, kept.left_at) == (account, None)


def test_sign_up_keeps_every_row_under_the_same_id(client: Client, guest: User) -> None:
    before = _held_by(guest)
    client.force_login(guest)
    response = client.post("/accounts/signup/", {"email": "new@example.org", "password1": PASSWORD})
    assert response.status_code == 302
    after = _held_by(guest)
    assert after.pop(("EmailAddress", "user")) == 1
    assert after == {where: count for where, count in before.items() if where[0] != "EmailAddress"}
