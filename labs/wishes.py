"""What the learner asks of a running run: read by its worker with every chunk and every heartbeat."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from labs.models import Run, RunAction

RATE = "rate"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a run's row said at its last reading; `rate`: a change of the learning rate waits for the worker."""

    stop: bool = False
    pause: bool = False
    rate: bool = False


def read(mine: "QuerySet[Run]") -> Wishes:
    """Read the wishes of the one run in `mine`; a run that is gone has none."""
    waiting = Exists(RunAction.objects.filter(run=OuterRef("pk"), kind=RATE, step=None))
    row = mine.annotate(waits=waiting).values_list("stop_requested_at", "pause_requested_at", "waits").first()
    return Wishes() if row is None else Wishes(stop=row[0] is not None, pause=row[1] is not None, rate=row[2])


def waiting_rates(run: Run) -> list[RunAction]:
    """Return the changes of the learning rate that no worker has acted on, the oldest first."""
    return list(RunAction.objects.filter(run=run, kind=RATE, step=None).order_by("pk"))


def acted_rates(run: Run) -> list[tuple[int, float]]:
    """Return the changes that were made, as (step, rate): a later attempt makes them again at the same steps."""
    acted = RunAction.objects.filter(run=run, kind=RATE, step__isnull=False).order_by("step", "pk")
    return [(step or 0, float(value)) for step, value in acted.values_list("step", "value")]
