"""Who may do what to a class: asked by pages, API and socket alike."""

import uuid

from django.db.models import QuerySet

from accounts.policy import Visitor, is_instructor, is_someone
from courses.models import Cohort, Enrolment


def may_teach(user: Visitor) -> bool:
    """Whether this person may make classes and see those that they teach."""
    return is_instructor(user)


def taught_by(user: Visitor) -> QuerySet[Cohort]:
    """Return the classes that this person may see and change: those they teach, while they are an instructor."""
    if not is_instructor(user):
        return Cohort.objects.none()
    return Cohort.objects.filter(instructors=user)


def may_watch(user: Visitor, *, cohort_id: uuid.UUID) -> bool:
    """Whether this person may see the board of a class."""
    return taught_by(user).filter(pk=cohort_id).exists()


def joined_by(user: Visitor) -> QuerySet[Enrolment]:
    """Return the enrolments that this person may end: their own that have not ended."""
    if not is_someone(user):
        return Enrolment.objects.none()
    return Enrolment.objects.filter(learner=user, left_at=None)


def invited_by(code: str) -> Cohort | None:
    """Return the class that an invite code leads to now; whoever has the code may join."""
    # PostgreSQL refuses to look for a NUL, which an address may hold.
    if not code.isprintable():
        return None
    return Cohort.objects.prefetch_related("instructors").filter(invite_code=code).first()
