"""How a run ended, in words: the goal, the prediction, what it was computed with, and where to go from here."""

from dataclasses import dataclass
from typing import Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from labs import artifacts, owning, policy, prediction, previews, story
from labs.forms import typed_as
from labs.models import GoalResult, PictureSet, Prediction, Run
from labs.models.previews import PreviewState
from labs.models.runs import State
from labs.wording import megabytes, percent
from nets.events import Event
from nets.own_sets import OWN
from nets.specs import TrainSpec

Visitor = AbstractBaseUser | AnonymousUser

_MADE: Final = {
    "onnx": ("ONNX", "for programs that do not know PyTorch"),
    "export_zip": ("Everything", "one zip: script, notebook, data, weights, ONNX, TensorBoard, CSV"),
}


@dataclass(frozen=True, slots=True)
class Download:
    """One file that may be had: what it is called, where it lies, and what it is good for.

    `is_made` says that a worker makes it when it is asked for: the address is a page, not the file.
    """

    label: str
    address: str
    about: str
    is_made: bool = False


@dataclass(frozen=True, slots=True)
class Twin:
    """A twin that the lab proposes: what its button says and sends; `there` is the run where it is trained already."""

    field: str
    value: str
    text: str
    there: Run | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is there when a run has ended: the goal in words, and what to do next."""

    run: Run
    goal: str
    goal_tone: str
    verdict: str
    hindsight: str
    seen: str
    twins: list[Twin]
    downloads: list[Download]
    remedy: str
    resolved: list[tuple[str, str]]
    can_look_inside: bool
    can_change: bool
    is_owner: bool
    pictures: PictureSet | None
    pictures_note: str


GONE: Final = (
    "The pictures that it learned from are deleted. Its curves, network and script stay; to repeat it, to branch it or "
    "to export it whole would need them."
)


def outcome(run: Run, visitor: Visitor, *, said: list[Event]) -> Outcome:
    """Return how the run ended, in words; before its end, what is asked of it. `said` holds its events."""
    result = GoalResult.objects.filter(run=run).first()
    tone = "" if result is None else "good" if result.passed else "accent" if _is_partly_met(run, result) else "bad"
    is_owner = getattr(visitor, "pk", None) == run.owner_id
    pictures = owning.set_of(TrainSpec.from_json(run.spec), run.owner)
    is_gone = run.spec.get("data") == OWN and pictures is None
    return Outcome(
        run=run,
        goal=run.lab_version.goal.get("text", ""),
        goal_tone=tone,
        verdict=_verdict(run, result),
        hindsight=_hindsight(run, said),
        seen=story.what_was_seen(run.lab_version.story, run.spec) if run.state == State.FINISHED else "",
        twins=_twins(run) if is_owner and run.state == State.FINISHED else [],
        downloads=_downloads(run, may_see=policy.may_see_pictures(visitor, run), is_gone=is_gone),
        remedy=run.remedy,
        resolved=_resolved(run, said),
        can_look_inside=is_owner and run.state == State.FINISHED and run.reason != "diverged" and _reads_digits(run),
        can_change=bool(run.lab_version.open_fields),
        is_owner=is_owner,
        pictures=pictures,
        pictures_note=GONE if is_gone else "",
    )


def _twins(run: Run) -> list[Twin]:
    """Return the twins that the lab proposes for this run, each with the newest run that is that twin."""
    proposed = story.suggestions(run.lab_version.story, run.spec)
    trained = [(TrainSpec.from_json(twin.spec), twin) for twin in run.twins.order_by("queued_at")] if proposed else []
    return [
        _twin(each, there=next((twin for spec, twin in trained[::-1] if spec == each.spec), None)) for each in proposed
    ]


def _twin(proposed: story.Suggestion, *, there: Run | None) -> Twin:
    return Twin(proposed.field, typed_as(proposed.value), proposed.text, there)


def _reads_digits(run: Run) -> bool:
    """Whether what people draw and photograph can be brought to the form of the run's images: one channel of ink."""
    return TrainSpec.from_json(run.spec).dataset.shape[0] == 1


def _verdict(run: Run, result: GoalResult | None) -> str:
    """Say whether the goal was met, by how much, and what was asked."""
    if result is None:
        return "" if run.has_ended else "Judged by the server when the run ends."
    if result.value is None:
        return "Not met: the run left no accuracy to judge."
    # "test_accuracy" as people say it.
    judged = result.metric.replace("_", " ")
    reached = f"{percent(result.value)} {judged}, {percent(result.at_least)} was asked for"
    if result.passed:
        return f"Goal met: {reached}."
    if _is_partly_met(run, result):
        best, epoch = percent(run.summary["best_validation_accuracy"]), run.summary.get("best_epoch")
        return f"Partly met: epoch {epoch} reached {best}, but the run ended at {reached}. Try to keep what it had."
    return f"Not met yet: {reached}. Change one thing, and train again."


def _downloads(run: Run, *, may_see: bool, is_gone: bool) -> list[Download]:
    """Return what may be taken away now; the network itself only once it lies in the storage.

    The zip holds the images, which not everyone `may_see`; nothing can be made of a run whose pictures are gone.
    """
    here = {"run_id": run.pk}
    files = [Download("PyTorch script", reverse("labs:script", kwargs=here), "one file, runs without this site")]
    weights = artifacts.latest_weights(run)
    if weights is not None:
        about = f"safetensors, {megabytes(weights.bytes)}"
        files.append(Download("Weights", reverse("api:artifact", args=[run.pk, weights.pk]), about))
    if run.last_seq:
        files.append(Download("Curves", reverse("api:metrics", kwargs=here), "CSV, a line a step"))
    made = [] if is_gone or not previews.is_downloadable(run) else _made_on_demand(run)
    return [*files, *(made if may_see else made[:1])]


def _made_on_demand(run: Run) -> list[Download]:
    return [_made(run, kind, label=label, about=about) for kind, (label, about) in _MADE.items()]


def _made(run: Run, kind: str, *, label: str, about: str) -> Download:
    """Return what a worker makes when somebody asks for it; once made, the file itself."""
    address = reverse("labs:download", args=[run.pk, kind])
    found = previews.of_run(kind, run=run)
    if found is not None and found.state == PreviewState.READY:
        return Download(label, address, f"{about}, {megabytes(found.bytes)}")
    return Download(label, address, f"{about}, made on request", is_made=True)


def _is_partly_met(run: Run, result: GoalResult) -> bool:
    """Whether the run was good enough once, and was no longer at its end."""
    best = run.summary.get("best_validation_accuracy")
    is_judged_at_the_end = result.metric == "validation_accuracy" and not result.passed
    return is_judged_at_the_end and result.value is not None and best is not None and best >= result.at_least


def _hindsight(run: Run, said: list[Event]) -> str:
    """Say what was predicted or, after the end, how it came out; empty for a run without a prediction."""
    foretold = Prediction.objects.filter(run=run).first()
    if foretold is None:
        return ""
    if run.state != State.FINISHED:
        return prediction.expected(foretold.data)
    classes = len(TrainSpec.from_json(run.spec).dataset.classes)
    facts = prediction.facts_of(reason=run.reason, classes=classes, summary=run.summary, told=said)
    return " ".join(part.words for part in prediction.judge(foretold.data, facts))


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
