"""Labs and runs as lists show them: one row each, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import F, OuterRef, Subquery

from accounts.policy import is_someone
from courses.models import Course, LabResult, ReleaseLesson
from labs import policy
from labs.models import Lab, LabVersion, Run
from labs.wording import Facts, percent, state_words
from nets.catalog import KNOWN, OPTIMISERS

Visitor = AbstractBaseUser | AnonymousUser


@dataclass(frozen=True, slots=True)
class LabLine:
    """One lab for one visitor. `refusal` is empty when they may train; `best` is empty before a judged run."""

    version: LabVersion
    refusal: str
    best: str
    is_met: bool


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run in a list. `tone` is the tag's tone: good, bad, accent or empty; `accuracy` is empty without one."""

    run: Run
    name: str
    words: str
    tone: str
    settings: str
    accuracy: str
    goal: str
    began: datetime


def lab_lines(visitor: Visitor) -> list[LabLine]:
    """Return every published lab in the order in which the lessons show them; those that no lesson shows come last."""
    results = _results(visitor)
    current = LabVersion.objects.filter(pk__in=Lab.objects.values("current")).select_related("lab", "lesson")
    shown_by = ReleaseLesson.objects.filter(
        release__in=Course.objects.values("published"),
        version__parts__kind="lab",
        version__parts__key=OuterRef("lab"),
    )
    place = F("place").asc(nulls_last=True)
    ordered = current.annotate(place=Subquery(shown_by.order_by("order").values("order")[:1])).order_by(place, "title")
    return [_lab_line(version, visitor, results.get(version.lab_id)) for version in ordered]


def run_lines(runs: Iterable[Run]) -> list[RunLine]:
    """Return runs as rows of a table."""
    return [run_line(run) for run in runs]


def run_line(run: Run) -> RunLine:
    """Return one run as a row."""
    goal = getattr(run, "goal_result", None)
    return RunLine(
        run=run,
        name=name_of(run),
        words=short_words(run),
        tone=tone(run),
        settings=settings_in_words(run.spec),
        accuracy=percent(run.summary.get("validation_accuracy")),
        goal="" if goal is None else "met" if goal.passed else "not met",
        began=run.queued_at,
    )


def short_words(run: Run) -> str:
    """Return a run's state in a word or two."""
    if run.state == "running":
        return "stopping" if run.stop_requested_at else "pausing" if run.pause_requested_at else "training"
    if run.state == "queued":
        return "waiting"
    words = state_words(Facts(state=run.state, reason=run.reason, step=run.step))
    return words.partition(";")[0].partition(":")[0]


def tone(run: Run) -> str:
    """Return the tone of a run's tag."""
    if run.state == "finished":
        return "bad" if run.reason == "diverged" else "good"
    return {"running": "accent", "failed": "bad"}.get(run.state, "")


def settings_in_words(spec: dict[str, object]) -> str:
    """Return what tells one run from another in a list.

    >>> settings_in_words({"arch": "lenet5", "epochs": 5, "optimiser": "adam", "learning_rate": 0.002})
    'LeNet-5, 5 epochs, Adam at 0.002'
    """
    arch = KNOWN.get(str(spec.get("arch")))
    optimiser = OPTIMISERS.get(str(spec.get("optimiser")))
    name = arch.title if arch else str(spec.get("arch"))
    rule = optimiser.title.partition(" ")[0] if optimiser else str(spec.get("optimiser"))
    return f"{name}, {spec.get('epochs')} epochs, {rule} at {spec.get('learning_rate')}"


def name_of(run: Run) -> str:
    """Return what a run is called: its title, or its settings in words."""
    return run.title or settings_in_words(run.spec)


def _results(visitor: Visitor) -> dict[str, LabResult]:
    if not is_someone(visitor):
        return {}
    return {result.lab_key: result for result in LabResult.objects.filter(learner=visitor)}


def _lab_line(version: LabVersion, visitor: Visitor, result: LabResult | None) -> LabLine:
    # Whoever has no account yet is not refused where guests are let in: the first Train makes them one.
    is_let_in = version.guests and not is_someone(visitor)
    return LabLine(
        version=version,
        refusal="" if is_let_in else policy.why_not_use_lab(visitor, version),
        best=percent(result.value) if result else "",
        is_met=bool(result and result.passed),
    )
