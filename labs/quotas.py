"""How much one person may train: runs waiting and running at once, seconds of devices a day; by role, in settings."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import Case, Exists, IntegerField, OuterRef, Value, When

from accounts.models import Role, RoleGrant, User
from labs import turns
from labs.models import Run
from labs.wording import about

# What stands in front of a role's settings (STRIDE_GUEST_OPEN_RUNS); a learner's have nothing.
_GUEST: Final = "GUEST_"
_LEARNER: Final = ""
_INSTRUCTOR: Final = "INSTRUCTOR_"


class QuotaError(Exception):
    """Someone asked for more than they may have; the text is the sentence for them."""


@dataclass(frozen=True, slots=True)
class Quota:
    """What one person may have: unended runs, running runs, and seconds of devices in any 24 hours."""

    open: int
    running: int
    device_seconds: float


def quota_of(owner: User) -> Quota:
    """Return what this person's role allows."""
    return _quota(role_of(owner))


def role_of(owner: User | None) -> str:
    """Return what stands in front of the settings of this person's role; a visitor is to be a guest."""
    if owner is None or owner.is_guest:
        return _GUEST
    return _INSTRUCTOR if owner.is_instructor else _LEARNER


def guest_quota() -> Quota:
    """Return what a visitor may have whom the first run makes a guest."""
    return _quota(_GUEST)


def _quota(role: str) -> Quota:
    named = (getattr(settings, f"STRIDE_{role}{name}") for name in ("OPEN_RUNS", "RUNNING_RUNS", "DEVICE_SECONDS"))
    return Quota(*named)


def running_allowed() -> Case:
    """Return how many runs the owner of a Run may have running, as an expression of the claim's query."""
    teaches = RoleGrant.objects.filter(user=OuterRef("owner"), role=Role.INSTRUCTOR)
    return Case(
        When(owner__email__isnull=True, then=Value(settings.STRIDE_GUEST_RUNNING_RUNS)),
        When(Exists(teaches), then=Value(settings.STRIDE_INSTRUCTOR_RUNNING_RUNS)),
        default=Value(settings.STRIDE_RUNNING_RUNS),
        output_field=IntegerField(),
    )


def check(owner: User, *, now: datetime, runs: int = 1, seconds: float = 0.0) -> None:
    """Raise QuotaError when this person may not queue `runs` more that take `seconds` together (0: not known).

    Call it in the transaction that adds the runs: the lock on the owner's row makes two submits at once count each
    other.
    """
    User.objects.select_for_update().get(pk=owner.pk)
    quota = quota_of(owner)
    unended = Run.objects.owned_by(owner).unended().count()
    hint = " Signing up raises the limit." if owner.is_guest else ""
    if unended + runs > quota.open:
        raise QuotaError(_too_many(unended, runs, quota.open) + hint)
    used = turns.seconds_of_a_day(owner, now=now)
    if used >= quota.device_seconds or used + seconds > quota.device_seconds:
        raise QuotaError(_too_long(owner, used, seconds, quota.device_seconds, now=now) + hint)


def _too_many(unended: int, runs: int, allowed: int) -> str:
    if runs > 1:
        return f"{_have(unended, allowed)} These would be {runs} more. Ask for fewer, or stop some."
    return f"{_have(unended, allowed)} Wait for one to end, or stop one."


def _have(unended: int, allowed: int) -> str:
    runs = "run" if unended == 1 else "runs"
    return f"You have {unended} {runs} waiting or running, and {allowed} is the most at once."


def _too_long(owner: User, used: float, seconds: float, allowed: float, *, now: datetime) -> str:
    if used < allowed:
        return (
            f"This takes {about(seconds)}, and you have {about(allowed - used)} of training left in these 24 hours. "
            "Choose fewer epochs or a smaller network, or come back later."
        )
    wait = (turns.free_again_at(owner, now=now, allowed=allowed) - now).total_seconds()
    return (
        f"Your runs have trained for {about(used)} in the last 24 hours, and {about(allowed)} is the most. "
        f"Train again in {about(wait)}."
    )
