"""Tell everyone who may be watching that a run changed its state; rings only, after the commit."""

import rings
from courses.models import Enrolment
from labs.models import Run


def announce(run: Run) -> None:
    """Ring the run, the queue and every class that its owner belongs to, once the transaction has committed."""
    rings.ring_on_commit(f"run:{run.pk}")
    rings.ring_on_commit("queue")
    announce_to_classes(run)


def announce_to_classes(run: Run) -> None:
    """Ring the board of every class that the run's owner belongs to, once the transaction has committed."""
    classes = Enrolment.objects.filter(learner=run.owner_id, left_at=None).values_list("cohort_id", flat=True)
    for cohort_id in classes:
        rings.ring_on_commit(f"cohort:{cohort_id}")


def knock_for_work() -> None:
    """Tell the train workers that a run is queued, once the transaction has committed."""
    rings.knock_on_commit(WORK, QUEUE)


WORK = "labs.work"
QUEUE = "train"
