"""One run as its page shows it: words, headline numbers, tables, what may be done, and the frame it starts from."""

from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from labs import estimates, following, forms, listing, policy
from labs.models import GoalResult, Run
from labs.models.runs import State
from labs.wording import Facts, percent, state_words
from nets.catalog import FIELDS
from nets.events import Event

Visitor = AbstractBaseUser | AnonymousUser
SPLITS: Final = {"train": "train", "validation": "validate", "test": "test once"}


@dataclass(frozen=True, slots=True)
class EpochLine:
    """One epoch in the table that says what the charts draw; every value is ready to print."""

    epoch: int
    train_loss: str
    validation_loss: str
    train_accuracy: str
    validation_accuracy: str
    seconds: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is there when a run has ended: the goal in words, and what to do next."""

    run: Run
    goal: str
    goal_tone: str
    verdict: str
    remedy: str
    resolved: list[tuple[str, str]]
    can_look_inside: bool
    can_change: bool
    is_owner: bool


@dataclass(frozen=True, slots=True)
class RunPage:
    """Everything that the page of one run shows before its first frame arrives."""

    run: Run
    title: str
    words: str
    share: str
    accuracy: str
    loss: str
    outcome: Outcome
    epochs: list[EpochLine]
    settings: list[tuple[str, str]]
    can_stop: bool
    live: dict[str, Any]


def run_page(run: Run, visitor: Visitor) -> RunPage:
    """Return what the page of `run` shows to this visitor."""
    frame = following.snapshot(run)
    progress = _progress(run, frame)
    last = progress.epochs[-1] if progress.epochs else None
    return RunPage(
        run=run,
        title=run.title or listing.settings_in_words(run.spec),
        words=_words(run, frame, progress),
        share=f"{progress.share:.4f}",
        accuracy=percent(last["validation_metric"]) if last else "",
        loss=_loss(last["validation_loss"]) if last else "",
        outcome=outcome(run, visitor, said=frame["events"]),
        epochs=[_epoch_line(event) for event in progress.epochs],
        settings=_settings(run),
        can_stop=not run.has_ended and policy.may_stop_run(visitor, run),
        live=_live(run, frame),
    )


def _settings(run: Run) -> list[tuple[str, str]]:
    """Return the settings of a run in words; an advanced one only where it says something."""
    told = {name: run.spec.get(name, field.default if field.advanced else "") for name, field in FIELDS.items()}
    return [
        (field.label, forms.titled(field, told[name]))
        for name, field in FIELDS.items()
        if not field.advanced or told[name] != field.default
    ]


def outcome(run: Run, visitor: Visitor, *, said: list[Event]) -> Outcome:
    """Return how the run ended, in words; before its end, what is asked of it. `said` holds its events."""
    result = GoalResult.objects.filter(run=run).first()
    is_owner = getattr(visitor, "pk", None) == run.owner_id
    return Outcome(
        run=run,
        goal=run.lab_version.goal.get("text", ""),
        goal_tone="" if result is None else "good" if result.passed else "bad",
        verdict=_verdict(run, result),
        remedy=run.remedy,
        resolved=_resolved(run, said),
        can_look_inside=is_owner and run.state == State.FINISHED and run.reason != "diverged",
        can_change=bool(run.lab_version.open_fields),
        is_owner=is_owner,
    )


def _verdict(run: Run, result: GoalResult | None) -> str:
    """Say whether the goal was met, by how much, and what was asked."""
    if result is None:
        return "" if run.has_ended else "Judged by the server when the run ends."
    if result.value is None:
        return "Not met: the run left no accuracy to judge."
    reached = f"{percent(result.value)} validation accuracy, {percent(result.at_least)} was asked for"
    if result.passed:
        return f"Goal met: {reached}."
    return f"Not met yet: {reached}. Change one thing, and train again."


@dataclass(frozen=True, slots=True)
class _Progress:
    """How far a run has come: closed epochs, the last step, steps of all epochs together (0 before the start)."""

    epochs: list[Event]
    step: int
    per_epoch: int
    steps: int

    @property
    def share(self) -> float:
        return min(1.0, self.step / self.steps) if self.steps else 0.0

    @property
    def seconds_left(self) -> float | None:
        if not self.epochs or not self.per_epoch:
            return None
        return (self.steps - self.step) * float(self.epochs[-1]["seconds"]) / self.per_epoch


def _progress(run: Run, frame: following.Frame) -> _Progress:
    epochs = [event for event in frame["events"] if event["type"] == "epoch"]
    started = [event for event in frame["events"] if event["type"] == "started"]
    points = [event["step"][-1] for event in frame["events"] if event["type"] == "steps" and event["step"]]
    per_epoch = started[-1]["steps_per_epoch"] if started else 0
    return _Progress(
        epochs=epochs,
        step=max([0, *points, *(event["step"] for event in epochs)]),
        per_epoch=per_epoch,
        steps=per_epoch * run.spec["epochs"],
    )


def _words(run: Run, frame: following.Frame, progress: _Progress) -> str:
    wait = estimates.wait_of(run.pk) if run.state == State.QUEUED else None
    return state_words(
        Facts(
            state=frame["state"],
            reason=frame["reason"],
            epochs=run.spec["epochs"],
            step=progress.step,
            steps_per_epoch=progress.per_epoch,
            seconds_left=progress.seconds_left,
            ahead=wait.ahead if wait else None,
            wait_seconds=wait.seconds if wait else None,
            is_stopping=frame["stopping"],
            losses=frame["losses"],
        )
    )


def _epoch_line(event: Event) -> EpochLine:
    return EpochLine(
        epoch=event["epoch"],
        train_loss=_loss(event["train_loss"]),
        validation_loss=_loss(event["validation_loss"]),
        train_accuracy=percent(event["train_metric"]),
        validation_accuracy=percent(event["validation_metric"]),
        seconds=f"{event['seconds']:.1f}",
    )


def _loss(value: float | None) -> str:
    return "not a number" if value is None else f"{value:.4f}"


def _resolved(run: Run, said: list[Event]) -> list[tuple[str, str]]:
    """Return what the run was really computed with; nothing before its first claim."""
    rows = [
        ("Device", run.resolved.get("device")),
        ("Threads", run.resolved.get("threads")),
        ("Number format", run.resolved.get("dtype")),
        ("Memory layout", run.resolved.get("layout")),
    ]
    started = next((event for event in said if event["type"] == "started"), None)
    if started is not None:
        data = started["dataset"]
        rows += [
            ("Parameters", f"{started['parameters']:,}"),
            ("Steps per epoch", f"{started['steps_per_epoch']:,}"),
            (
                "Images",
                f"{data.get('train')} to train, {data.get('validation')} to validate, {data.get('test')} to test",
            ),
        ]
    return [(label, str(value)) for label, value in rows if value not in (None, "")]


def _live(run: Run, frame: following.Frame) -> dict[str, Any]:
    """Return what the live page's script starts from."""
    return {
        "frame": frame,
        "title": run.title or run.lab_version.title,
        "epochs": run.spec["epochs"],
        "goal": run.lab_version.goal.get("at_least"),
        "socket": f"/ws/runs/{run.pk}/",
        "events": f"/api/v1/runs/{run.pk}/events",
        "outcome": reverse("labs:outcome", args=[run.pk]),
    }
