"""Tell everyone who may be watching that a run changed its state; rings only, after the commit."""

from collections.abc import Iterable
from uuid import UUID

import rings
from courses.models import Enrolment
from labs.models import Run


def announce(run: Run) -> None:
    """Ring the run, the queue and every class that its owner belongs to, once the transaction has committed."""
    rings.ring_on_commit(f"run:{run.pk}")
    rings.ring_on_commit("queue")
    ring_classes(classes_of(run))


def classes_of(run: Run) -> list[UUID]:
    """Return the keys of the classes that the run's owner belongs to now."""
    return list(Enrolment.objects.filter(learner=run.owner_id, left_at=None).values_list("cohort_id", flat=True))


def ring_classes(keys: Iterable[UUID]) -> None:
    """Ring the boards of these classes, once the transaction has committed."""
    for key in keys:
        rings.ring_on_commit(f"cohort:{key}")


def knock_for_work() -> None:
    """Tell the train workers that a run is queued, once the transaction has committed."""
    rings.knock_on_commit(WORK, QUEUE)


WORK = "labs.work"
QUEUE = "train"
