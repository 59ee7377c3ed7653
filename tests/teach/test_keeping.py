"""What becomes of classes when an instructor erases their account."""

import pytest

from accounts import personal_data
from accounts.models import User
from courses.models import Cohort, Enrolment

pytestmark = pytest.mark.django_db


def test_a_class_that_nobody_else_teaches_goes_and_its_learners_stay(
    cohort: Cohort, instructor: User, learner: User
) -> None:
    personal_data.erase(instructor)
    assert not Cohort.objects.exists()
    assert User.objects.filter(pk=learner.pk).exists()


def test_a_class_with_another_instructor_stays(
    cohort: Cohort, instructor: User, other_instructor: User, learner: User
) -> None:
    cohort.instructors.add(other_instructor)
    personal_data.erase(instructor)
    assert list(cohort.instructors.all()) == [other_instructor]
    assert Enrolment.objects.get().learner == learner


def test_a_learner_who_erases_their_account_is_gone_from_the_class(cohort: Cohort, learner: User) -> None:
    personal_data.erase(learner)
    assert Cohort.objects.get() == cohort
    assert not Enrolment.objects.exists()


def test_the_export_of_an_instructor_names_no_learner(cohort: Cohort, instructor: User, learner: User) -> None:
    exported = {holder.name: holder.export(instructor) for holder in personal_data.holders()}
    assert exported["classes"][0]["learners"] == 1
    assert "Lena" not in str(exported)
