"""May this person ask this network, or see this question? Only owners may: no instructor sees what was drawn."""

from typing import Final

from django.db.models import QuerySet

from accounts.policy import Visitor, is_someone
from inference.models import Query, Upload
from labs.models import Run
from labs.models.runs import State
from nets.catalog import DATASETS

ONE_CHANNEL: Final = [name for name, data in DATASETS.items() if data.shape[0] == 1]
# The kind of artifact that holds a whole network.
CHECKPOINT: Final = "checkpoint"


def askable_runs(visitor: Visitor) -> QuerySet[Run]:
    """Return the runs whose networks this person may ask: their own, ended with a usable network, newest first."""
    if not is_someone(visitor):
        return Run.objects.none()
    # Pictures are brought to the form of digits, one channel of ink: other networks cannot be asked about them.
    ended = Run.objects.filter(
        owner=visitor, state=State.FINISHED, artifacts__kind=CHECKPOINT, spec__data__in=ONE_CHANNEL
    )
    return ended.select_related("lab_version").distinct().order_by("-ended_at")


def own_runs(visitor: Visitor) -> QuerySet[Run]:
    """Return this person's own runs, whatever their state."""
    if not is_someone(visitor):
        return Run.objects.none()
    return Run.objects.filter(owner=visitor).select_related("lab_version")


def visible_queries(visitor: Visitor) -> QuerySet[Query]:
    """Return the questions that this person may see: those that they asked."""
    if not is_someone(visitor):
        return Query.objects.none()
    return Query.objects.filter(owner=visitor).select_related("network__run__lab_version", "upload")


def visible_uploads(visitor: Visitor) -> QuerySet[Upload]:
    """Return the pictures that this person may see: those that they brought."""
    return Upload.objects.filter(owner=visitor) if is_someone(visitor) else Upload.objects.none()
