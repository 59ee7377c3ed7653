"""The one writer of classes: opening them, inviting, joining, leaving, removing. Each change rings the board."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from courses.models import Cohort, Course, Enrolment
from courses.models.classes import new_invite_code
from rings import ring_on_commit


def topic(cohort: Cohort) -> str:
    """Return what rings when something on this class's board changes."""
    return f"cohort:{cohort.pk}"


@transaction.atomic
def open_cohort(*, name: str, course: Course, instructor: User) -> Cohort:
    """Make a class with an invite link, taught by one instructor."""
    cohort = Cohort.objects.create(name=name, course=course)
    cohort.instructors.add(instructor)
    return cohort


def renew_code(cohort: Cohort) -> None:
    """Give the class a new invite link; the old one leads nowhere from now on."""
    cohort.invite_code = new_invite_code()
    cohort.save(update_fields=["invite_code"])


@transaction.atomic
def join(cohort: Cohort, *, learner: User, name: str) -> Enrolment:
    """Enrol a learner under the name that they give; joining again, or after leaving, is harmless."""
    if learner.name != name:
        learner.name = name
        learner.save(update_fields=["name"])
    enrolment, _ = Enrolment.objects.update_or_create(
        cohort=cohort,
        learner=learner,
        defaults={"left_at": None},
        create_defaults={"joined_at": timezone.now()},
    )
    ring_on_commit(topic(cohort))
    return enrolment


@transaction.atomic
def end(enrolment: Enrolment) -> bool:
    """End an enrolment (a learner leaves or is removed); return whether it had not ended before."""
    ended = Enrolment.objects.filter(pk=enrolment.pk, left_at=None).update(left_at=timezone.now())
    ring_on_commit(topic(enrolment.cohort))
    return bool(ended)
