"""Who has held a device for how long: a turn begins with a claim and ends when the run lets go, however it does."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Coalesce, Greatest, Least

from accounts.models import User
from labs.models import Run, Turn

DAY: Final = timedelta(days=1)


def begin(run: Run, *, now: datetime) -> None:
    """Write that the attempt that has just claimed `run` holds its device; call it in the claim's transaction."""
    Turn.objects.create(run=run, attempt=run.fence, worker=run.worker, device_id=run.device_id, began_at=now)


def end(run: Run, *, now: datetime, was_lost: bool = False) -> None:
    """Write that the run's turn is over, in the transaction that lets it go.

    A lost worker's turn ends with its last heartbeat: its learner does not pay for the time until anyone noticed.
    """
    last = Least(Value(now, output_field=DateTimeField()), Coalesce(Value(run.heartbeat_at), F("began_at")))
    over = Greatest(last, F("began_at")) if was_lost else Greatest(Value(now, output_field=DateTimeField()), "began_at")
    Turn.objects.filter(run=run, ended_at=None).update(ended_at=over)


def seconds_held(run: Run, *, now: datetime) -> float:
    """Return how long all turns of a run have lasted together."""
    return sum(_length(turn, since=None, now=now) for turn in Turn.objects.filter(run=run))


def seconds_of_a_day(owner: User, *, now: datetime) -> float:
    """Return for how long this person's runs have held devices in the last 24 hours, all devices added up."""
    return sum(_length(turn, since=now - DAY, now=now) for turn in _lately(owner, now=now))


def free_again_at(owner: User, *, now: datetime, allowed: float) -> datetime:
    """Return when the oldest turns have left the last 24 hours so far that less than `allowed` seconds remain."""
    over = seconds_of_a_day(owner, now=now) - allowed
    moment = now
    for turn in _lately(owner, now=now):
        if over < 0:
            break
        length = _length(turn, since=now - DAY, now=now)
        begun = max(turn.began_at, now - DAY)
        moment = begun + DAY + timedelta(seconds=min(length, over))
        over -= length
    return moment


def _lately(owner: User, *, now: datetime) -> list[Turn]:
    mine = Turn.objects.filter(run__owner=owner)
    return list(mine.exclude(ended_at__lt=now - DAY).order_by("began_at"))


def _length(turn: Turn, *, since: datetime | None, now: datetime) -> float:
    begun = turn.began_at if since is None else max(turn.began_at, since)
    return max(0.0, ((turn.ended_at or now) - begun).total_seconds())
