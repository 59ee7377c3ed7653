"""What the API of labs and runs answers, as plain data."""

import uuid
from datetime import datetime
from typing import Any, Final

from ninja import Schema

from labs import owning, specs
from labs.models import LabVersion, Prediction, Run, RunGroup
from labs.owning import Visitor
from nets.catalog import FIELDS, choices_for
from nets.specs import TrainSpec


class LabSummary(Schema):
    """One line of the list of labs; `reason` says why it may not be used yet."""

    slug: str
    title: str
    summary: str
    lesson: str | None
    is_open: bool
    reason: str


class LabField(Schema):
    """One field that a learner may set in a lab."""

    name: str
    label: str
    help: str
    kind: str
    value: Any
    minimum: float | None
    maximum: float | None
    choices: list[Any]


class LabAnswer(LabSummary):
    """One lab: its starting spec, what may be changed, its goal."""

    spec: dict[str, Any]
    fields: list[LabField]
    goal: dict[str, Any]


class Goal(Schema):
    """How one run's goal came out."""

    metric: str
    value: float | None
    at_least: float
    passed: bool


class Submitted(Schema):
    """A run that has been queued."""

    id: str
    url: str
    state: str


class RunAnswer(Schema):
    """One run as its row says."""

    id: str
    url: str
    lab: str
    title: str
    notes: str
    state: str
    reason: str
    remedy: str
    attempt: int
    seq: int
    spec: dict[str, Any]
    resolved: dict[str, Any]
    summary: dict[str, Any]
    goal: Goal | None
    parent: str | None
    branch_step: int | None
    twin_of: str | None
    group: str | None
    queued_at: datetime
    started_at: datetime | None
    paused_at: datetime | None
    ended_at: datetime | None
    expires_at: datetime | None


class RunTreeAnswer(RunAnswer):
    """One run with its prediction and those that were made from it: branches, and twins with one field changed."""

    prediction: dict[str, Any] | None
    branches: list[str]
    twins: list[str]


class GroupAnswer(Schema):
    """Runs that were submitted together: a sweep over `field`, or the same run with other seeds."""

    group: str
    title: str
    field: str
    runs: list[str]


class CheckpointAnswer(Schema):
    """A state of a run that was saved, from which it can be branched; `metric` is the validation accuracy there."""

    step: int
    epoch: int | None
    metric: float | None
    bytes: int


class ArtifactAnswer(Schema):
    """One file that a run left behind."""

    id: int
    kind: str
    step: int | None
    bytes: int
    sha256: str
    url: str


class Waiting(Schema):
    """The same run waits already: its id, and one sentence that says what can be done."""

    error: str
    id: str


class FrameAnswer(Schema):
    """What came after `seq`; ask again at once while `more` is true."""

    run: str
    attempt: int
    seq: int
    state: str
    reason: str
    remedy: str
    losses: int
    stopping: bool
    pausing: bool
    more: bool
    events: list[dict[str, Any]]


class Problem(Schema):
    """One sentence that says what is wrong and what to do."""

    error: str


class Problems(Schema):
    """One sentence for every field that does not fit."""

    errors: dict[str, str]


_TIMES: Final = ("queued_at", "started_at", "paused_at", "ended_at", "expires_at")
_SAID: Final = ("title", "notes", "state", "reason", "remedy", "spec", "resolved", "summary", "branch_step")
_TOLD: Final = (*_SAID, *_TIMES)


def lab_line(version: LabVersion, *, reason: str) -> dict[str, Any]:
    """Return one lab for the list."""
    return {
        "slug": version.lab_id,
        "title": version.title,
        "summary": version.summary,
        "lesson": version.lesson_id,
        "is_open": not reason,
        "reason": reason,
    }


def lab_answer(version: LabVersion, visitor: Visitor, *, reason: str) -> dict[str, Any]:
    """Return one lab with all that a form needs."""
    fields = [_field(version, name, visitor=visitor) for name in version.open_fields]
    return lab_line(version, reason=reason) | {"spec": version.spec, "fields": fields, "goal": version.goal}


def run_answer(run: Run, *, url: str) -> dict[str, Any]:
    """Return one run; its goal only once it has been judged."""
    goal = getattr(run, "goal_result", None)
    return {name: getattr(run, name) for name in _TOLD} | {
        "id": str(run.pk),
        "url": url,
        "lab": run.lab_version.lab_id,
        "attempt": run.fence,
        "seq": run.last_seq,
        "parent": _id(run.parent_id),
        "twin_of": _id(run.twin_of_id),
        "group": _id(run.group_id),
        "goal": goal and {name: getattr(goal, name) for name in ("metric", "value", "at_least", "passed")},
    }


def run_tree(run: Run, *, url: str) -> dict[str, Any]:
    """Return one run with its prediction and the ids of those that were made from it, the oldest first."""
    foretold = Prediction.objects.filter(run=run).values_list("data", flat=True).first()
    made = {"branches": run.branches, "twins": run.twins}
    ids = {name: rows.order_by("queued_at", "pk").values_list("pk", flat=True) for name, rows in made.items()}
    told = run_answer(run, url=url) | {"prediction": foretold}
    return told | {name: list(map(str, found)) for name, found in ids.items()}


def group_answer(group: RunGroup) -> dict[str, Any]:
    """Return a group with the ids of its runs, in the order in which they were asked for."""
    runs = group.runs.order_by("queued_at", "pk").values_list("pk", flat=True)
    return {"group": str(group.pk), "title": group.title, "field": group.field, "runs": list(map(str, runs))}


def _id(key: uuid.UUID | None) -> str | None:
    return None if key is None else str(key)


def _own(version: LabVersion, name: str, visitor: Visitor) -> list[str]:
    """Return the sets of own pictures that this person may choose as a lab's data."""
    is_data = name == "data" and owning.is_offered(version)
    return [each.value for each in owning.usable(visitor)] if is_data else []


def _field(version: LabVersion, name: str, *, visitor: Visitor) -> dict[str, Any]:
    field = FIELDS[name]
    shape = TrainSpec.from_json(version.spec).dataset.shape
    offered = version.choices.get(name) or [choice.name for choice in choices_for(field, shape=shape)]
    return {
        "name": name,
        "label": field.label,
        "help": field.help,
        "kind": field.kind,
        "value": version.spec.get(name, field.default),
        "minimum": field.minimum,
        "maximum": field.maximum,
        "choices": [*specs.here(name, offered), *_own(version, name, visitor)],
    }
