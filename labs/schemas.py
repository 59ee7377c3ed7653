"""What the API of labs and runs answers, as plain data."""

from datetime import datetime
from typing import Any

from ninja import Schema

from labs import specs
from labs.models import LabVersion, Run
from nets.catalog import FIELDS, choices_for


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
    state: str
    reason: str
    remedy: str
    attempt: int
    seq: int
    spec: dict[str, Any]
    resolved: dict[str, Any]
    summary: dict[str, Any]
    goal: Goal | None
    queued_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


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
    more: bool
    events: list[dict[str, Any]]


class Problem(Schema):
    """One sentence that says what is wrong and what to do."""

    error: str


class Problems(Schema):
    """One sentence for every field that does not fit."""

    errors: dict[str, str]


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


def lab_answer(version: LabVersion, *, reason: str) -> dict[str, Any]:
    """Return one lab with all that a form needs."""
    fields = [_field(version, name) for name in version.open_fields]
    return lab_line(version, reason=reason) | {"spec": version.spec, "fields": fields, "goal": version.goal}


def run_answer(run: Run, *, url: str) -> dict[str, Any]:
    """Return one run; its goal only once it has been judged."""
    names = ("title", "state", "reason", "remedy", "spec", "resolved", "summary", "queued_at", "started_at", "ended_at")
    goal = getattr(run, "goal_result", None)
    return {name: getattr(run, name) for name in names} | {
        "id": str(run.pk),
        "url": url,
        "lab": run.lab_version.lab_id,
        "attempt": run.fence,
        "seq": run.last_seq,
        "goal": goal and {name: getattr(goal, name) for name in ("metric", "value", "at_least", "passed")},
    }


def _field(version: LabVersion, name: str) -> dict[str, Any]:
    field = FIELDS[name]
    data = version.spec.get("data", FIELDS["data"].default)
    offered = version.choices.get(name) or [choice.name for choice in choices_for(field, data=data)]
    return {
        "name": name,
        "label": field.label,
        "help": field.help,
        "kind": field.kind,
        "value": version.spec.get(name, field.default),
        "minimum": field.minimum,
        "maximum": field.maximum,
        "choices": specs.here(name, offered),
    }
