"""What teach keeps about a person: the classes they teach. What they joined is kept by courses."""

from typing import Any

from django.db.models import Count

from accounts.models import User
from accounts.personal_data import Kept
from courses.models import Cohort
from rings import ring_on_commit
from teach.enrolment import topic

KEEPS = (Kept("Classes that you teach alone, and who is in them", "until you erase your account"),)


def export(user: User) -> list[dict[str, Any]]:
    """Return the classes that this person teaches, without their learners' names."""
    taught = Cohort.objects.filter(instructors=user).annotate(learners=Count("enrolments"))
    return [{"id": str(one.pk), "name": one.name, "made": one.created_at, "learners": one.learners} for one in taught]


def erase(user: User) -> None:
    """Delete the classes that nobody else teaches; the learners keep all that is theirs."""
    _ring_boards(user)
    alone = Cohort.objects.annotate(teachers=Count("instructors")).filter(teachers=1)
    Cohort.objects.filter(pk__in=alone.values("pk"), instructors=user).delete()


def merge(guest: User, *, into: User) -> None:
    """Ring the boards on which the guest's work now stands under another name; guests do not teach."""
    _ring_boards(guest)
    _ring_boards(into)


def _ring_boards(learner: User) -> None:
    for cohort in Cohort.objects.filter(enrolments__learner=learner, enrolments__left_at=None):
        ring_on_commit(topic(cohort))
