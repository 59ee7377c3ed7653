"""One run as its page shows it: words, headline numbers, tables, what may be done, and the frame it starts from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone

from courses.outline import published_outline
from labs import artifacts, estimates, following, forms, listing, looking, policy
from labs.family import Family, branches_of, family_of
from labs.happenings import Happening, happenings
from labs.models import Artifact, Prediction, Run
from labs.models.runs import State
from labs.outcomes import Outcome, outcome
from labs.wording import Facts, percent, seconds_of_an_epoch, state_words
from nets.catalog import FIELDS
from nets.events import Event
from nets.specs import BOUNDS, Whole

Visitor = AbstractBaseUser | AnonymousUser


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
class Told:
    """One thing that happened, with the lesson that explains it; no lesson: none is published, or none is named."""

    happening: Happening
    lesson: str
    address: str


@dataclass(frozen=True, slots=True)
class BranchEpochs:
    """The epochs that a branch off the newest state is offered; the run itself was `asked` for so many."""

    offered: int
    asked: int
    most: int


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
    told: list[Told]
    checkpoints: list[Artifact]
    changeable: list[forms.Knob]
    family: Family
    is_mine: bool
    can_stop: bool
    can_prefer: bool
    preferred: datetime | None
    most_minutes: int
    api: str
    rate: str
    tenth: str
    branch_epochs: BranchEpochs | None
    goal: str
    is_watched: bool
    live: dict[str, Any]


def run_page(run: Run, visitor: Visitor) -> RunPage:
    """Return what the page of `run` shows to this visitor."""
    frame = following.snapshot(run)
    progress = _progress(run, frame)
    last = progress.epochs[-1] if progress.epochs else None
    checkpoints = list(Artifact.objects.filter(run=run, kind=artifacts.CHECKPOINT).order_by("-step"))
    return RunPage(
        run=run,
        title=listing.name_of(run),
        words=_words(run, frame, progress),
        share=f"{progress.share:.4f}",
        accuracy=percent(last["validation_metric"]) if last else "",
        loss=_loss(last["validation_loss"]) if last else "",
        outcome=outcome(run, visitor, said=frame["events"]),
        epochs=[_epoch_line(event) for event in progress.epochs],
        settings=_settings(run),
        told=_told(frame["events"]),
        checkpoints=checkpoints,
        changeable=forms.of_run(run).knobs,
        family=family_of(run, visitor),
        is_mine=policy.may_steer_run(visitor, run),
        can_stop=policy.may_stop_run(visitor, run),
        can_prefer=not run.has_ended and policy.may_prefer_run(visitor, run),
        preferred=_preferred(run),
        most_minutes=policy.MOST_PRIORITY_MINUTES,
        api=f"/api/v1/runs/{run.pk}",
        rate=forms.shown(float(progress.rate or run.spec["learning_rate"])),
        tenth=forms.shown(run.spec["learning_rate"] / 10),
        branch_epochs=_branch_epochs(run, done=(checkpoints[0].epoch or 0) if checkpoints else 0),
        goal=f"{round(1000 * run.lab_version.goal.get('at_least', 0)) / 10:g}\xa0%",
        is_watched=looking.is_watched(run),
        live=_live(run, frame, visitor),
    )


def _branch_epochs(run: Run, *, done: int) -> BranchEpochs | None:
    """Return the epochs to offer a branch: the run's own, as many again once those are `done`; None where fixed."""
    bound, asked = BOUNDS["epochs"], int(run.spec["epochs"])
    if "epochs" not in run.lab_version.open_fields or not isinstance(bound, Whole):
        return None
    return BranchEpochs(asked if done < asked else min(bound.maximum, done + asked), asked=asked, most=bound.maximum)


def _preferred(run: Run) -> datetime | None:
    """Return until when an instructor lets this run go first; None for a run without that, or when it is over."""
    until = run.priority_until
    return until if until is not None and until > timezone.now() and not run.has_ended else None


def _told(said: list[Event]) -> list[Told]:
    lessons = _lessons()
    nothing = {"title": "", "url": ""}
    return [Told(each, **_named(lessons.get(each.lesson, nothing))) for each in happenings(said)]


def _named(lesson: dict[str, str]) -> dict[str, str]:
    return {"lesson": lesson["title"], "address": lesson["url"]}


def _lessons() -> dict[str, dict[str, str]]:
    """Return title and address of every published lesson by its id: a diagnosis names lessons by id."""
    return {
        key: {"title": node.title, "url": reverse("courses:lesson", args=[node.slug])}
        for key, node in published_outline().by_id.items()
    }


def _settings(run: Run) -> list[tuple[str, str]]:
    """Return the settings of a run in words; an advanced one only where it says something."""
    told = {name: run.spec.get(name, field.default if field.advanced else "") for name, field in FIELDS.items()}
    return [
        (field.label, forms.titled(field, told[name]))
        for name, field in FIELDS.items()
        if not field.advanced or told[name] != field.default
    ]


@dataclass(frozen=True, slots=True)
class _Progress:
    """How far a run has come: closed epochs, the last step, steps of all epochs together (0 before the start).

    `rate` is the learning rate of the last step, None before the first.
    """

    epochs: list[Event]
    step: int
    per_epoch: int
    steps: int
    rate: float | None

    @property
    def share(self) -> float:
        return min(1.0, self.step / self.steps) if self.steps else 0.0

    @property
    def seconds_left(self) -> float | None:
        if not self.epochs or not self.per_epoch:
            return None
        pace = seconds_of_an_epoch([epoch["seconds"] for epoch in self.epochs])
        return (self.steps - self.step) * pace / self.per_epoch


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
        rate=next((event["lr"][-1] for event in reversed(frame["events"]) if event["type"] == "steps"), None),
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
            obstacle=wait.obstacle if wait else "",
            is_stopping=frame["stopping"],
            is_pausing=frame.get("pausing", False),
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


def _live(run: Run, frame: following.Frame, visitor: Visitor) -> dict[str, Any]:
    """Return what the live page's script starts from; what the network saw is fetched when someone looks."""
    told = [event for event in frame["events"] if event["type"] != "snapshot"]
    prediction = Prediction.objects.filter(run=run).first()
    return {
        "frame": frame | {"events": told},
        "title": run.title or run.lab_version.title,
        "epochs": run.spec["epochs"],
        "goal": run.lab_version.goal.get("at_least"),
        "prediction": prediction and prediction.data,
        "branches": [{"step": step, "label": "branch"} for step in branches_of(run, visitor)],
        "lessons": _lessons(),
        "socket": f"/ws/runs/{run.pk}/",
        "events": f"/api/v1/runs/{run.pk}/events",
        "outcome": reverse("labs:outcome", args=[run.pk]),
    }
