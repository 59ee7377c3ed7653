"""What the learner asks of a running run: read by its worker with every chunk and every heartbeat."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection

from labs.models import Run, RunAction
from labs.models.runs import State

RATE: Final = "rate"
# What `labs.transitions.held_by` and an Exists would ask. A chunk asks it eight times a second beside the training;
# written anew by the ORM each time it took nearly as long as all else about a chunk (`python -m benchmarks.streaming`).
_QUESTION: Final = """
    SELECT stop_requested_at, pause_requested_at,
           EXISTS (SELECT 1 FROM labs_runaction WHERE run_id = labs_run.id AND kind = %s AND step IS NULL)
    FROM labs_run WHERE id = %s AND fence = %s AND state = %s
"""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a run's row said at its last reading; `rate`: a change of the learning rate waits for the worker."""

    stop: bool = False
    pause: bool = False
    rate: bool = False


def read(run_id: UUID, *, fence: int) -> Wishes:
    """Read the wishes of a run that the attempt `fence` holds; a run that is gone, or another's by now, has none."""
    with connection.cursor() as cursor:
        cursor.execute(_QUESTION, [RATE, Run._meta.pk.get_db_prep_value(run_id, connection), fence, State.RUNNING])
        row = cursor.fetchone()
    return Wishes() if row is None else Wishes(stop=row[0] is not None, pause=row[1] is not None, rate=bool(row[2]))


def waiting_rates(run: Run) -> list[RunAction]:
    """Return the changes of the learning rate that no worker has acted on, the oldest first."""
    return list(RunAction.objects.filter(run=run, kind=RATE, step=None).order_by("pk"))


def acted_rates(run: Run) -> list[tuple[int, float]]:
    """Return the changes that were made, as (step, rate): a later attempt makes them again at the same steps."""
    acted = RunAction.objects.filter(run=run, kind=RATE, step__isnull=False).order_by("step", "pk")
    return [(step or 0, float(value)) for step, value in acted.values_list("step", "value")]
