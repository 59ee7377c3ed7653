"""Labs as parts of a course: read `labs/<slug>.yaml`, check it, write a new version when it changed."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from courses.faults import ContentError, Fault
from courses.models import Release
from courses.publishing import PartContext, PartSource
from labs import story
from labs.models import Lab, LabVersion
from nets.catalog import DRAWN, OWN
from nets.specs import BOUNDS, SpecError, TrainSpec

METRICS: Final = ("validation_accuracy", "test_accuracy", "best_validation_accuracy")
KINDS: Final = ("train",)
REQUIRED: Final[dict[str, Any]] = {"id": str, "title": str, "kind": str, "summary": str, "spec": dict, "open": list}
OPTIONAL: Final[dict[str, Any]] = {
    "lesson": (str, type(None)),
    "goal": dict,
    "choices": dict,
    "hidden": list,
    "seen": list,
    "twins": list,
    "begin": str,
    "guests": bool,
    "seconds": (int, float),
}


ADDED: Final = ("hidden", "seen", "twins", "begin")


@dataclass(frozen=True, slots=True)
class ParsedLab:
    """One lab as its file describes it."""

    id: str
    title: str
    kind: str
    summary: str
    spec: dict[str, Any]
    open: list[str]
    lesson: str | None = None
    goal: dict[str, Any] = field(default_factory=dict)
    choices: dict[str, list[Any]] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)
    twins: list[dict[str, Any]] = field(default_factory=list)
    begin: str = ""
    guests: bool = False
    seconds: float | None = None

    @property
    def story(self) -> dict[str, Any]:
        """What the lab tells around its runs, as `labs.story` reads it."""
        return {"seen": self.seen, "twins": self.twins} | ({"begin": self.begin} if self.begin else {})

    def content_hash(self) -> str:
        """Return the sha256 of everything that the file says."""
        said = {name: getattr(self, name) for name in (*REQUIRED, *OPTIONAL)}
        for name in ADDED:
            # These keys came later: a lab without them is still what it was.
            if not said[name]:
                del said[name]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def parse(source: PartSource) -> ParsedLab:
    """Read a lab's mapping; raises ContentError for keys that are missing, unknown or of the wrong kind."""
    data = source.located.data
    faults = list(_faulty_keys(data, source))
    if faults:
        raise ContentError(faults)
    return ParsedLab(**data)


def validate(part: ParsedLab, source: PartSource, context: PartContext) -> Iterable[Fault]:
    """Check a lab against the specs' bounds and the course's lessons."""
    yield from _faulty_identity(part, source, context)
    yield from _faulty_spec(part, source)
    yield from _faulty_openings(part, source)
    yield from _faulty_goal(part, source)
    yield from _faulty_story(part, source)


def store(part: ParsedLab, source: PartSource, release: Release) -> None:
    """Write a new version of the lab, unless the newest says the same, and show it from now on."""
    lab, _ = Lab.objects.get_or_create(pk=part.id)
    digest = part.content_hash()
    version = lab.versions.filter(content_hash=digest).first() or _new_version(lab, part, digest=digest)
    if lab.current_id != version.pk:
        lab.current = version
        lab.save(update_fields=["current"])


def _new_version(lab: Lab, part: ParsedLab, *, digest: str) -> LabVersion:
    newest = lab.versions.order_by("-number").first()
    return LabVersion.objects.create(
        lab=lab,
        number=newest.number + 1 if newest else 1,
        content_hash=digest,
        kind=part.kind,
        title=part.title,
        summary=part.summary,
        lesson_id=part.lesson,
        guests=part.guests,
        spec=TrainSpec.from_json(part.spec).to_json(),
        open_fields=part.open,
        choices=part.choices,
        hidden_fields=part.hidden,
        goal=part.goal,
        story=part.story,
    )


def _faulty_keys(data: Any, source: PartSource) -> Iterator[Fault]:
    known = REQUIRED | OPTIONAL
    for name in REQUIRED.keys() - data.keys():
        yield source.fault(f"The lab has no `{name}`.", f"Add it; a lab needs {', '.join(REQUIRED)}.")
    for name, value in data.items():
        if name not in known:
            yield source.fault(f"`{name}` is no key of a lab.", f"Known are {', '.join(known)}.", name)
        elif not isinstance(value, known[name]):
            yield source.fault(f"`{name}` is of the wrong kind.", "Look at another lab for its form.", name)


def _faulty_identity(part: ParsedLab, source: PartSource, context: PartContext) -> Iterator[Fault]:
    if part.id != source.key:
        yield source.fault(f"The lab's id is {part.id!r}.", f"It must be its file's name, {source.key!r}.", "id")
    if part.kind not in KINDS:
        yield source.fault(f"The kind {part.kind!r} is not known.", f"Use one of {', '.join(KINDS)}.", "kind")
    if part.lesson is not None and part.lesson not in context.lessons:
        yield source.fault(f"There is no lesson {part.lesson!r}.", "Give the id of a lesson.", "lesson")


def _faulty_spec(part: ParsedLab, source: PartSource) -> Iterator[Fault]:
    try:
        TrainSpec.from_json(part.spec)
    except SpecError as error:
        for name, sentence in error.errors.items():
            yield source.fault(sentence, "Change it in the lab's spec.", "spec", name)


def _faulty_openings(part: ParsedLab, source: PartSource) -> Iterator[Fault]:
    for place, name in enumerate(part.open):
        if name not in BOUNDS:
            yield source.fault(f"{name!r} is no field of a run.", f"Known are {', '.join(BOUNDS)}.", "open", place)
    yield from _faulty_hidden(part, source)
    for name, offered in part.choices.items():
        if name not in part.open:
            yield source.fault(f"`choices` names {name!r}, which is not open.", "Add it to `open`.", "choices", name)
        for value in offered if isinstance(offered, list) else [offered]:
            yield from _faulty_choice(part, source, name=name, value=value)


def _faulty_hidden(part: ParsedLab, source: PartSource) -> Iterator[Fault]:
    for place, name in enumerate(part.hidden):
        if name not in BOUNDS:
            yield source.fault(f"{name!r} is no field of a run.", f"Known are {', '.join(BOUNDS)}.", "hidden", place)
        elif name in part.open:
            yield source.fault(f"{name!r} is open and hidden.", "Take it out of one of the two.", "hidden", place)


def _faulty_choice(part: ParsedLab, source: PartSource, *, name: str, value: Any) -> Iterator[Fault]:
    if name == "arch" and value == DRAWN:
        # Its layers come from the learner.
        return
    if name == "data" and value == OWN:
        # Which pictures is the learner's to say.
        return
    try:
        TrainSpec.from_json({name: value})
    except SpecError as error:
        for sentence in error.errors.values():
            yield source.fault(sentence, "Offer a value that a run may have.", "choices", name)


def _faulty_goal(part: ParsedLab, source: PartSource) -> Iterator[Fault]:
    if not part.goal:
        return
    at_least = part.goal.get("at_least")
    if part.goal.get("metric") not in METRICS:
        yield source.fault("The goal's metric is not known.", f"Use one of {', '.join(METRICS)}.", "goal", "metric")
    if not isinstance(at_least, int | float) or not 0 < at_least <= 1:
        yield source.fault("The goal's `at_least` is no fraction.", "Give a number from 0 to 1.", "goal", "at_least")
    if not isinstance(part.goal.get("text"), str):
        yield source.fault("The goal has no `text`.", "Say in one sentence what is to be reached.", "goal")


def _faulty_story(part: ParsedLab, source: PartSource) -> Iterator[Fault]:
    for key, place, sentence in story.faults(part.story, spec=part.spec, open_fields=part.open):
        yield source.fault(sentence, "Look at another lab for its form.", key, place)
