"""How many runs are ahead, and about how long that takes."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import Avg, DurationField, ExpressionWrapper, F, Max
from django.utils import timezone

from labs import fairness
from labs.models import Run
from labs.models.runs import State
from nets import events

# The mean of the last runs that ended by themselves is what a turn takes.
REMEMBERED_RUNS: Final = 30


@dataclass(frozen=True, slots=True)
class Wait:
    """One run's place in the queue: runs that begin before it, and seconds, None when nothing is known yet."""

    ahead: int
    seconds: float | None

    def event(self) -> events.Event:
        """Return it as the `waiting` event."""
        return events.waiting(ahead=self.ahead, seconds=self.seconds)


def wait_of(run_id: uuid.UUID) -> Wait:
    """Return where a queued run stands; a run that does not wait has nobody ahead."""
    order = queue_order()
    if run_id not in order:
        return Wait(0, 0.0)
    ahead = order.index(run_id)
    busy = Run.objects.running().count()
    turn = seconds_of_a_turn()
    # Every worker is taken when runs wait; the one that is served next ends half a turn from now, on average.
    return Wait(ahead, None if turn is None else round(turn * (ahead + 0.5) / max(1, busy), 1))


def queue_order() -> list[uuid.UUID]:
    """Return the queued runs in the order in which they will be claimed."""
    now = timezone.now()
    rows = list(Run.objects.queued().order_by("queued_at", "id").values_list("pk", "owner", "priority_until"))
    waiting = [fairness.Waiting(pk, owner, until is not None and until > now) for pk, owner, until in rows]
    running = list(Run.objects.running().order_by("started_at").values_list("owner", flat=True))
    owners = {owner for _, owner, _ in rows} | set(running)
    served = Run.objects.filter(owner__in=owners).values_list("owner").annotate(at=Max("heartbeat_at"))
    return fairness.order(waiting, running=running, served=dict(served))  # type: ignore[return-value]


def seconds_of_a_turn() -> float | None:
    """Return how long runs lately took from start to end; None when none has ended yet."""
    took = ExpressionWrapper(F("ended_at") - F("started_at"), output_field=DurationField())
    recent = Run.objects.filter(state=State.FINISHED, started_at__isnull=False).order_by("-ended_at")
    mean: timedelta | None = recent.annotate(took=took)[:REMEMBERED_RUNS].aggregate(mean=Avg("took"))["mean"]
    return None if mean is None else mean.total_seconds()
