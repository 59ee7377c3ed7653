"""Several runs side by side: what tells them apart, which differ in one thing alone, who branched off whom."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from labs import following, forms, listing, rates
from labs.likeness import BESIDE, LETTERS, STEERED, apart, as_they_went, groups, repeats, twins, value_of
from labs.models import Run
from labs.wording import percent
from nets import events
from nets.catalog import DATASETS, FIELDS
from nets.events import Event

Visitor = AbstractBaseUser | AnonymousUser

# More lines than this cannot be told apart on one chart.
MOST_RUNS: Final = 8
CHART_POINTS: Final = 600
TABLE_EPOCHS: Final = 40


@dataclass(frozen=True, slots=True)
class Line:
    """One run of the comparison; `letter` names it on the chart and in every table."""

    letter: str
    run: Run
    name: str
    words: str
    tone: str
    accuracy: str
    best: str
    loss: str
    origin: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """One run in the tree of the compared runs: `depth` is 0 for one that began by itself."""

    line: Line
    depth: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting that is not the same in all runs: a value per run, in their order."""

    label: str
    values: list[str]


@dataclass(frozen=True, slots=True)
class EpochLine:
    """One epoch in the tables that say what the charts draw: validation of each run, empty where there is none."""

    epoch: int
    accuracies: list[str]
    losses: list[str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that the compare page shows. `absent` counts asked runs that are not there for this visitor."""

    lines: list[Line]
    tree: list[Leaf]
    differences: list[Difference]
    shared: list[tuple[str, str]]
    findings: list[str]
    epochs: list[EpochLine]
    absent: int
    left_out: int
    has_repeats: bool
    is_going_on: bool
    chart: dict[str, Any]


def compared(asked: Sequence[str], visitor: Visitor) -> Comparison:
    """Compare the runs that `asked` names by id, as far as this visitor may see them, at most MOST_RUNS."""
    ids = list(dict.fromkeys(key for key in map(_id, asked) if key is not None))
    here = Run.objects.visible_to(visitor).filter(pk__in=ids).select_related("lab_version")
    by_id = {run.pk: run for run in here}
    found = [by_id[key] for key in ids if key in by_id]
    runs = as_they_went(found[:MOST_RUNS])
    told = [following.snapshot(run)["events"] for run in runs]
    differences, shared = _settings(runs)
    lines = _lines(runs)
    return Comparison(
        lines=lines,
        tree=_tree(lines),
        differences=differences,
        shared=shared,
        findings=_rates(runs) or [*twins(runs), *repeats(runs)],
        epochs=_epochs(told),
        absent=len(set(asked)) - len(found),
        left_out=len(found) - len(runs),
        has_repeats=bool(groups(runs)),
        is_going_on=any(not run.has_ended for run in runs),
        chart={"runs": [_drawn(run, said, runs) for run, said in zip(runs, told, strict=True)]},
    )


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _lines(runs: Sequence[Run]) -> list[Line]:
    letters = {run.pk: letter for run, letter in zip(runs, LETTERS, strict=False)}
    return [
        Line(
            letter=letters[run.pk],
            run=run,
            name=listing.name_of(run),
            words=listing.short_words(run),
            tone=listing.tone(run),
            accuracy=percent(run.summary.get("validation_accuracy")),
            best=percent(run.summary.get("best_validation_accuracy")),
            loss=_loss(run.summary.get("validation_loss")),
            origin=_origin(run, letters),
        )
        for run in runs
    ]


def _tree(lines: Sequence[Line]) -> list[Leaf]:
    """Return the runs with each one under that which it came from; empty when none came from another."""
    here = {line.run.pk for line in lines}
    if not any(origin_of(line.run) in here for line in lines):
        return []
    roots = [line for line in lines if origin_of(line.run) not in here]
    return [leaf for root in roots for leaf in _grown(root, lines, depth=0)]


def _grown(line: Line, lines: Sequence[Line], *, depth: int) -> list[Leaf]:
    children = [other for other in lines if origin_of(other.run) == line.run.pk]
    return [Leaf(line, depth), *(leaf for child in children for leaf in _grown(child, lines, depth=depth + 1))]


def _loss(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def origin_of(run: Run) -> uuid.UUID | None:
    """Return the run that this one branched off or is a twin of; None for one that began by itself."""
    return run.parent_id or run.twin_of_id


def _origin(run: Run, letters: Mapping[uuid.UUID, str]) -> str:
    """Say where in this company a run comes from; empty for one that began by itself."""
    letter = letters.get(origin) if (origin := origin_of(run)) else None
    if letter is None:
        return ""
    return f"branched off {letter} after step {run.branch_step:,}" if run.branch_step else f"twin of {letter}"


def _settings(runs: Sequence[Run]) -> tuple[list[Difference], list[tuple[str, str]]]:
    """Part the settings into those that differ and those that all share."""
    differences: list[Difference] = []
    shared: list[tuple[str, str]] = []
    for name, field in FIELDS.items():
        if name in BESIDE:
            continue
        values = [forms.titled(field, value_of(run.spec, name)) for run in runs]
        if len(set(values)) > 1:
            differences.append(Difference(field.label, values))
        elif values and (not field.advanced or value_of(runs[0].spec, name) != field.default):
            shared.append((field.label, values[0]))
    if any(STEERED in run.spec for run in runs):
        changed = [run.spec.get(STEERED, "") for run in runs]
        differences.append(Difference("Learning rate, changed while it trained", [each or "–" for each in changed]))
    return differences, shared


def _rates(runs: Sequence[Run]) -> list[str]:
    """Say what runs show that differ in their learning rate alone; nothing for others, or before three have ended."""
    if len(runs) < 3 or any(apart(runs[0].spec, run.spec) != {"learning_rate"} for run in runs[1:]):
        return []
    data = DATASETS.get(runs[0].spec["data"])
    if data is None or any(run.branch_step for run in runs):
        return []
    tried = [
        rates.Tried(letter, value_of(run.spec, "learning_rate"), _end_of(run), has_diverged=run.reason == "diverged")
        for letter, run in zip(LETTERS, runs, strict=False)
    ]
    return rates.reading(tried, classes=len(data.classes))


def _end_of(run: Run) -> float | None:
    return run.summary.get("validation_accuracy") if run.has_ended else None


def _epochs(told: Sequence[Sequence[Event]]) -> list[EpochLine]:
    """Return what validation found by epoch, at most TABLE_EPOCHS rows, the last among them."""
    by_run = [{event["epoch"]: event for event in said if event["type"] == "epoch"} for said in told]
    numbers = sorted({number for known in by_run for number in known})
    apart_by = -(-len(numbers) // TABLE_EPOCHS) or 1
    kept = sorted({*numbers[::apart_by], *numbers[-1:]})
    return [
        EpochLine(
            number,
            accuracies=[percent(known[number]["validation_metric"]) if number in known else "" for known in by_run],
            losses=[_loss(known[number]["validation_loss"]) if number in known else "" for known in by_run],
        )
        for number in kept
    ]


def _drawn(run: Run, said: Sequence[Event], runs: Sequence[Run]) -> dict[str, Any]:
    """Return one run as the chart draws it: thinned points, epochs, where it branched off, its group of repeats."""
    place = runs.index(run)
    letters = {each.pk: letter for each, letter in zip(runs, LETTERS, strict=False)}
    points = events.thin(events.columns(said), CHART_POINTS)
    closed = [event for event in said if event["type"] == "epoch"]
    names = ("epoch", "step", "train_loss", "train_metric", "validation_loss", "validation_metric")
    return {
        "letter": LETTERS[place],
        "name": listing.name_of(run),
        "points": {name: points[name] for name in ("step", "loss", "metric")},
        "epochs": [{name: event[name] for name in names} for event in closed],
        "parent": letters.get(run.parent_id) if run.parent_id and run.branch_step else None,
        "branchStep": run.branch_step,
        "group": next((number for number, group in enumerate(groups(runs)) if place in group), None),
    }
