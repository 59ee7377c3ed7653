"""When a knowledge check may be tried again: at once, after a cool-down, or, as a challenge, a day later."""

import math
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from courses.models import Attempt

COOL_DOWN_MINUTES = (0, 0, 1, 5, 15)
# A failed challenge has explained its questions: long enough that it is no way to learn the pool by heart.
CHALLENGE_HOURS = 24


class CoolingDown(PermissionDenied):
    """The check was failed several times in a row, and it is too early to try again."""

    def __init__(self, minutes: int) -> None:
        super().__init__(_("You may try again in %d min. Until then, reread what you missed.") % minutes)


class Challenged(PermissionDenied):
    """A challenge of this lesson was failed lately."""

    def __init__(self, hours: int) -> None:
        super().__init__(_("You may take this check again in %d h, or sooner once the lesson is open to you.") % hours)


def may_start_at(learner: User, lesson_id: str) -> datetime | None:
    """Return when the next attempt may begin; None: now. Slips of format are no failures and cost no time."""
    ended = Attempt.objects.filter(
        learner=learner, version__lesson_id=lesson_id, passed__isnull=False, is_challenge=False
    )
    failed = 0
    last: datetime | None = None
    for passed, ended_at in ended.order_by("-ended_at").values_list("passed", "ended_at")[: len(COOL_DOWN_MINUTES)]:
        if passed:
            break
        failed, last = failed + 1, last or ended_at
    if last is None:
        return None
    until = last + timedelta(minutes=COOL_DOWN_MINUTES[min(failed, len(COOL_DOWN_MINUTES)) - 1])
    return until if until > timezone.now() else None


def minutes_to_wait(learner: User, lesson_id: str) -> int:
    """Return how many minutes from now the next attempt may begin, rounded up; 0: now."""
    until = may_start_at(learner, lesson_id)
    return 0 if until is None else max(1, math.ceil((until - timezone.now()).total_seconds() / 60))


def hours_to_challenge(learner: User, lesson_id: str) -> int:
    """Return how many hours from now a locked lesson may be challenged again, rounded up; 0: now."""
    failed = Attempt.objects.filter(
        learner=learner, version__lesson_id=lesson_id, is_challenge=True, passed=False
    ).order_by("-ended_at")
    last = failed.values_list("ended_at", flat=True).first()
    left = timedelta() if last is None else last + timedelta(hours=CHALLENGE_HOURS) - timezone.now()
    return max(0, math.ceil(left / timedelta(hours=1)))
