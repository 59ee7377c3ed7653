"""How many runs are ahead, and about how long that takes: the rule of the claim, played forward."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any, Final

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from labs import devices, fairness, quotas
from labs.fairness import Serving, Waiting
from labs.models import Run, Turn
from labs.models.runs import State
from nets import events

# What runs took is compared with what was expected over the last runs that finished.
REMEMBERED_RUNS: Final = 30
_WAITING: Final = ("pk", "owner", "priority_until", "expected_seconds", "step", "total_steps", "may_run")
_RUNNING: Final = ("owner", "priority_until", "expected_seconds", "step", "total_steps", "may_run", "pk")


@dataclass(frozen=True, slots=True)
class Wait:
    """One run's place in the queue: runs that begin before it, and seconds, None when nothing is known yet.

    `obstacle` says what it waits for besides its turn: a worker, or a larger device; mostly nothing.
    """

    ahead: int
    seconds: float | None
    obstacle: str = ""

    def event(self) -> events.Event:
        """Return it as the `waiting` event."""
        said = events.waiting(ahead=self.ahead, seconds=self.seconds)
        return said | {"obstacle": self.obstacle} if self.obstacle else said


@dataclass(frozen=True, slots=True)
class Pace:
    """How runs went here lately: seconds of a whole run, and seconds for each second that was expected."""

    whole: float
    per_expected: float

    def left(self, *, expected: float, step: int, total: int) -> float:
        """Return how long a run still has to train, by what was expected of it and the steps that it has made."""
        share = max(0.0, 1 - step / total) if total else 1.0
        return share * (expected * self.per_expected if expected else self.whole)


def wait_of(run_id: uuid.UUID) -> Wait:
    """Return where a queued run stands; a run that does not wait has nobody ahead."""
    now = timezone.now()
    pace = pace_of_late()
    begins = _forecast(now=now, pace=pace)
    if run_id not in begins:
        return Wait(0, 0.0)
    begin = begins[run_id]
    memory = Run.objects.filter(pk=run_id).values_list("memory_bytes", flat=True).first() or 0
    obstacle = devices.waits_for(memory, now=now)
    is_known = pace is not None and not obstacle
    return Wait(begin.ahead, round(begin.seconds, 1) if is_known else None, obstacle)


def queue_order() -> list[uuid.UUID]:
    """Return the queued runs in the order in which they will be claimed."""
    return list(_forecast(now=timezone.now(), pace=pace_of_late()))


def pace_of_late() -> Pace | None:
    """Return how the last runs went that finished by themselves; None when none has."""
    ended = Run.objects.filter(state=State.FINISHED, reason="completed", turns__isnull=False).distinct()
    expected = dict(ended.order_by("-ended_at").values_list("pk", "expected_seconds")[:REMEMBERED_RUNS])
    took: dict[uuid.UUID, float] = dict.fromkeys(expected, 0.0)
    turns = Turn.objects.filter(run__in=expected, ended_at__isnull=False)
    for run, began_at, ended_at in turns.values_list("run", "began_at", "ended_at"):
        took[run] += (ended_at - began_at).total_seconds() if ended_at else 0.0
    if not took:
        return None
    ratios = [took[run] / seconds for run, seconds in expected.items() if seconds]
    return Pace(sum(took.values()) / len(took), median(ratios) if ratios else 1.0)


def _forecast(*, now: datetime, pace: Pace | None) -> dict[uuid.UUID, fairness.Begin]:
    queued = Run.objects.queued().annotate(may_run=quotas.running_allowed()).order_by("queued_at", "id")
    busy = Run.objects.running().annotate(may_run=quotas.running_allowed()).order_by("started_at")
    rows, held = list(queued.values_list(*_WAITING)), _held(now=now)
    waiting = [
        Waiting(pk, owner, _is_ahead(until, now), _left(pace, *work), most) for pk, owner, until, *work, most in rows
    ]
    running = [
        Serving(owner, _is_ahead(until, now), _left(pace, *work), held.get(pk, 0.0), most)
        for owner, until, *work, most, pk in busy.values_list(*_RUNNING)
    ]
    return fairness.forecast(  # type: ignore[return-value]
        waiting,
        running=running,
        served=_served({row[1] for row in rows}),
        slots=devices.slots(now=now),
        # The worker looks at every heartbeat, half of one late on average.
        slice_seconds=settings.STRIDE_SLICE_SECONDS + settings.STRIDE_HEARTBEAT_SECONDS / 2,
    )


def _left(pace: Pace | None, expected: float, step: int, total: int) -> float:
    return fairness.SOME_SECONDS if pace is None else pace.left(expected=expected, step=step, total=total)


def _is_ahead(priority_until: datetime | None, now: datetime) -> bool:
    return priority_until is not None and priority_until > now


def _held(*, now: datetime) -> dict[Any, float]:
    """Return how long each running run has held its device in this turn."""
    open_turns = Turn.objects.filter(ended_at=None, run__state=State.RUNNING).values_list("run", "began_at")
    return {run: (now - began_at).total_seconds() for run, began_at in open_turns}


def _served(owners: set[Any]) -> dict[Any, datetime | None]:
    served = Run.objects.filter(owner__in=owners).values_list("owner").annotate(at=Max("heartbeat_at"))
    return dict(served)
