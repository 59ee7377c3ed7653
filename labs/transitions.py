"""Every change of a run's state outside the claim: one conditional UPDATE each, then the event, then the rings.

Zero rows changed means that someone else got there first; the caller learns it from the return value and stops.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, F, Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from labs import announcing, artifacts, turns
from labs.models import Chunk, Run
from labs.models.runs import State
from nets import events

RELEASED: dict[str, Any] = {"lease_until": None, "worker": "", "device": None}
_ROUSED: dict[str, Any] = {"pause_requested_at": None, "expires_at": None}


def held_by(run_id: object, fence: int) -> Q:
    """Return the condition under which the attempt that `fence` names may still write."""
    return Q(pk=run_id, fence=fence, state=State.RUNNING)


def ending_now() -> Greatest:
    """Return the time of an end: now, but never before the beginning when two machines' clocks disagree."""
    return Greatest(Value(timezone.now(), output_field=DateTimeField()), F("queued_at"))


@transaction.atomic
def cancel(run: Run) -> bool:
    """Take back a run that waits or rests; return whether it did."""
    waiting = Q(pk=run.pk, state__in=[State.QUEUED, State.PAUSED])
    return _move(run, waiting, event=events.cancelled(), state=State.CANCELLED, ended_at=ending_now(), **RELEASED)


def ask_to_stop(run: Run) -> bool:
    """Ask the worker of a running run to end after its step; return whether it runs."""
    return _ask(run, "stop_requested_at")


def ask_to_pause(run: Run) -> bool:
    """Ask the worker of a running run to save it and let go of it after its step; return whether it runs."""
    return _ask(run, "pause_requested_at")


@transaction.atomic
def pause(run: Run, *, fence: int, step: int) -> bool:
    """Let a saved run rest after `step`, for as long as pauses may last.

    Returns whether it does: this attempt must still hold the run, and nobody may have withdrawn the pause.
    """
    return _rest(run, held_by(run.pk, fence) & Q(pause_requested_at__isnull=False), step=step)


def withdraw_pause(run: Run) -> bool:
    """Let a run go on whose pause was asked for and has not come; return whether there was such a wish."""
    asked = Run.objects.running().filter(pk=run.pk, pause_requested_at__isnull=False)
    if not asked.update(pause_requested_at=None):
        return False
    announcing.announce(run)
    return True


@transaction.atomic
def resume(run: Run) -> bool:
    """Queue a paused run again; return whether it was paused. Its next attempt goes on from the checkpoint."""
    moved = _move(run, Q(pk=run.pk, state=State.PAUSED), event=None, state=State.QUEUED, **_ROUSED)
    if moved:
        announcing.knock_for_work()
    return moved


@transaction.atomic
def give_back(run: Run, *, fence: int) -> bool:
    """Put a drained run back into the queue; that is no loss. Returns whether this attempt still held it."""
    moved = _move(run, held_by(run.pk, fence), event=None, state=State.QUEUED, **RELEASED)
    if moved:
        announcing.knock_for_work()
    return moved


@transaction.atomic
def requeue_lost(run: Run, *, condition: Q) -> bool:
    """Queue a run again whose worker is gone.

    A run whose stop was asked for is cancelled instead, one whose pause was asked for rests where it was last saved.
    """
    moved = _move(run, condition, event=None, was_lost=True, state=State.QUEUED, losses=F("losses") + 1, **RELEASED)
    if moved and run.stop_requested_at is not None:
        return cancel(run)
    if moved and run.pause_requested_at is not None:
        return _rest(run, Q(pk=run.pk, state=State.QUEUED), step=artifacts.last_saved_step(run))
    if moved:
        announcing.knock_for_work()
    return moved


@transaction.atomic
def fail(run: Run, *, condition: Q, reason: str, remedy: str) -> bool:
    """End a run that broke; `remedy` is the sentence that its learner reads."""
    return _move(
        run,
        condition,
        event=events.failed(reason=reason, remedy=remedy),
        state=State.FAILED,
        reason=reason,
        remedy=remedy,
        ended_at=ending_now(),
        **RELEASED,
    )


def _ask(run: Run, flag: str) -> bool:
    """Raise a flag that the worker of a running run looks at; return whether it runs."""
    running = Run.objects.running().filter(pk=run.pk)
    # Asked twice, the first time stays.
    if running.filter(**{flag: None}).update(**{flag: timezone.now()}):
        announcing.announce(run)
        return True
    return running.exists()


def _rest(run: Run, condition: Q, *, step: int) -> bool:
    now = timezone.now()
    until = now + timedelta(seconds=settings.STRIDE_PAUSE_SECONDS)
    rest: dict[str, Any] = {"state": State.PAUSED, "pause_requested_at": None, "paused_at": now, "expires_at": until}
    return _move(run, condition, event=events.paused(step=step), **rest, **RELEASED)


def _move(run: Run, condition: Q, *, event: events.Event | None, was_lost: bool = False, **changes: Any) -> bool:
    """Change the row where `condition` holds, log the event under the next seq, ring; return whether it held."""
    changes |= {"last_seq": F("last_seq") + 1} if event else {}
    if not Run.objects.filter(condition).update(**changes):
        return False
    run.refresh_from_db()
    turns.end(run, now=timezone.now(), was_lost=was_lost)
    if event:
        Chunk.objects.create(run=run, seq=run.last_seq, attempt=run.fence, events=[event])
    announcing.announce(run)
    return True
