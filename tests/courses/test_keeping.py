"""A person's learning: exported whole, erased whole, and handed over when a guest signs in to an older account."""

import json
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone

from accounts import personal_data
from accounts.models import User
from courses.models import Answer, Attempt, Cohort, Completion, Course, Enrolment, UnlockGrant
from courses.policy import lesson_is_open
from tests.courses.answering import take

pytestmark = pytest.mark.usefixtures("release")


@pytest.fixture
def guest(db: None) -> User:
    return User.objects.create_guest()


def test_a_guests_learning_moves_to_the_account(guest: User, learner: User) -> None:
    take(guest, "first")
    personal_data.merge(guest, into=learner)
    assert Attempt.objects.get().learner == learner
    assert Answer.objects.count() == 6
    assert Completion.objects.get().learner == learner
    assert lesson_is_open(learner, "second")
    assert not User.objects.filter(pk=guest.pk).exists()


def test_what_both_completed_stays_once_with_the_earlier_date(guest: User, learner: User) -> None:
    take(guest, "first")
    take(learner, "first")
    earlier = timezone.now() - timedelta(days=3)
    Completion.objects.filter(learner=guest).update(completed_at=earlier)
    personal_data.merge(guest, into=learner)
    assert Completion.objects.get().completed_at == earlier
    assert Attempt.objects.filter(learner=learner).count() == 2


def test_a_guests_classes_move_too_but_nobody_is_in_a_class_twice(guest: User, learner: User) -> None:
    cohorts = [Cohort.objects.create(course=Course.objects.get(), name=name) for name in ("both", "guest")]
    for cohort in cohorts:
        Enrolment.objects.create(cohort=cohort, learner=guest)
    Enrolment.objects.create(cohort=cohorts[0], learner=learner)
    personal_data.merge(guest, into=learner)
    assert sorted(learner.enrolments.values_list("cohort__name", flat=True)) == ["both", "guest"]
    assert Enrolment.objects.count() == 2


def test_the_export_holds_everything(learner: User, other: User) -> None:
    take(learner, "first")
    take(other, "first")
    archive = zipfile.ZipFile(BytesIO(personal_data.archive(learner)))
    exported = json.loads(archive.read("courses.json"))
    assert len(exported["attempts"]) == 1
    assert len(exported["answers"]) == 6
    assert exported["completed"][0]["lesson_id"] == "first"
    assert exported["opened"][0]["lesson_id"] == "second"
    assert str(other.pk) not in archive.read("courses.json").decode()


def test_erasing_leaves_nothing(learner: User, other: User) -> None:
    take(learner, "first")
    take(other, "first")
    personal_data.erase(learner)
    assert set(Attempt.objects.values_list("learner", flat=True)) == {other.pk}
    assert Answer.objects.count() == 6
    assert set(UnlockGrant.objects.values_list("learner", flat=True)) == {other.pk}
