"""Several runs side by side: what tells them apart, which differ in one thing alone, who branched off whom."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean, stdev
from typing import Any, Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from labs import following, forms, listing, rates
from labs.models import Run
from labs.wording import percent
from nets import events
from nets.catalog import DATASETS, FIELDS
from nets.events import Event

Visitor = AbstractBaseUser | AnonymousUser

# More lines than this cannot be told apart on one chart.
MOST_RUNS: Final = 8
LETTERS: Final = "ABCDEFGH"
CHART_POINTS: Final = 600
TABLE_EPOCHS: Final = 40
# What a run looks at changes nothing in it.
_BESIDE: Final = frozenset({"watch"})


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
    """One epoch in the table that says what the chart draws: validation accuracy per run, empty where there is none."""

    epoch: int
    accuracies: list[str]


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
    chart: dict[str, Any]


def compared(asked: Sequence[str], visitor: Visitor) -> Comparison:
    """Compare the runs that `asked` names by id, as far as this visitor may see them, at most MOST_RUNS."""
    ids = list(dict.fromkeys(key for key in map(_id, asked) if key is not None))
    here = Run.objects.visible_to(visitor).filter(pk__in=ids).select_related("lab_version")
    by_id = {run.pk: run for run in here}
    found = [by_id[key] for key in ids if key in by_id]
    runs = found[:MOST_RUNS]
    told = [following.snapshot(run)["events"] for run in runs]
    differences, shared = _settings(runs)
    lines = _lines(runs)
    return Comparison(
        lines=lines,
        tree=_tree(lines),
        differences=differences,
        shared=shared,
        findings=_rates(runs) or [*_twins(runs), *_repeats(runs)],
        epochs=_epochs(told),
        absent=len(set(asked)) - len(found),
        left_out=len(found) - len(runs),
        has_repeats=bool(groups(runs)),
        chart={"runs": [_drawn(run, said, runs) for run, said in zip(runs, told, strict=True)]},
    )


def apart(one: Mapping[str, Any], other: Mapping[str, Any]) -> set[str]:
    """Return the fields in which two specs differ.

    >>> sorted(apart({"seed": 0, "epochs": 3}, {"seed": 1, "epochs": 3}))
    ['seed']
    """
    names = (one.keys() | other.keys()) - _BESIDE
    return {name for name in names if _value(one, name) != _value(other, name)}


def _value(spec: Mapping[str, Any], name: str) -> Any:
    # A spec from before a field was added means the field's default.
    return spec.get(name, FIELDS[name].default if name in FIELDS else None)


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
        if name in _BESIDE:
            continue
        values = [forms.titled(field, _value(run.spec, name)) for run in runs]
        if len(set(values)) > 1:
            differences.append(Difference(field.label, values))
        elif values and (not field.advanced or _value(runs[0].spec, name) != field.default):
            shared.append((field.label, values[0]))
    return differences, shared


def _twins(runs: Sequence[Run]) -> list[str]:
    """Name the pairs that differ in one field alone; other seeds are told together, as repeats."""
    found = []
    for (one, first), (other, second) in combinations(zip(LETTERS, runs, strict=False), 2):
        differing = apart(first.spec, second.spec)
        if len(differing) == 1 and differing != {"seed"} and second.branch_step is None:
            field = FIELDS[next(iter(differing))]
            before, after = (forms.titled(field, _value(run.spec, field.name)) for run in (first, second))
            found.append(f"{other} differs from {one} only in {_lower(field.label)}: {after} instead of {before}.")
    return found


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def _rates(runs: Sequence[Run]) -> list[str]:
    """Say what runs show that differ in their learning rate alone; nothing for others, or before three have ended."""
    if len(runs) < 3 or any(apart(runs[0].spec, run.spec) != {"learning_rate"} for run in runs[1:]):
        return []
    data = DATASETS.get(runs[0].spec["data"])
    if data is None or any(run.branch_step for run in runs):
        return []
    tried = [
        rates.Tried(letter, _value(run.spec, "learning_rate"), _end_of(run), has_diverged=run.reason == "diverged")
        for letter, run in zip(LETTERS, runs, strict=False)
    ]
    return rates.reading(tried, classes=len(data.classes))


def _end_of(run: Run) -> float | None:
    return run.summary.get("validation_accuracy") if run.has_ended else None


def _repeats(runs: Sequence[Run]) -> list[str]:
    """Say how far repeats of one setting with other seeds lie apart: chance alone does that much."""
    found = []
    for group in groups(runs):
        letters = _listed([LETTERS[place] for place in group])
        ends = [runs[place].summary.get("validation_accuracy") for place in group]
        known = [end for end in ends if end is not None]
        said = f"{letters} are the same but for the seed"
        if len(known) > 1:
            said += (
                f": {percent(min(known))} to {percent(max(known))} validation accuracy, mean {percent(fmean(known))}"
            )
            said += f", standard deviation {100 * stdev(known):.1f} points. A smaller difference may be chance"
        found.append(f"{said}.")
    return found


def _listed(letters: Sequence[str]) -> str:
    """Return letters as a sentence lists them.

    >>> _listed(["A", "C", "D"])
    'A, C and D'
    """
    return f"{', '.join(letters[:-1])} and {letters[-1]}"


def groups(runs: Sequence[Run]) -> list[list[int]]:
    """Return the places of runs that repeat one setting with other seeds, two or more to a group."""
    gathered: list[list[int]] = []
    for place, run in enumerate(runs):
        home = next((group for group in gathered if _is_repeat(runs[group[0]], run)), None)
        if home is None:
            gathered.append([place])
        else:
            home.append(place)
    return [group for group in gathered if len(group) > 1]


def _is_repeat(one: Run, other: Run) -> bool:
    is_same_road = (one.parent_id if one.branch_step else None, one.branch_step) == (
        other.parent_id if other.branch_step else None,
        other.branch_step,
    )
    return is_same_road and apart(one.spec, other.spec) <= {"seed"}


def _epochs(told: Sequence[Sequence[Event]]) -> list[EpochLine]:
    """Return validation accuracies by epoch, at most TABLE_EPOCHS rows, the last among them."""
    by_run = [
        {event["epoch"]: percent(event["validation_metric"]) for event in said if event["type"] == "epoch"}
        for said in told
    ]
    numbers = sorted({number for known in by_run for number in known})
    apart_by = -(-len(numbers) // TABLE_EPOCHS) or 1
    kept = sorted({*numbers[::apart_by], *numbers[-1:]})
    return [EpochLine(number, [known.get(number, "") for known in by_run]) for number in kept]


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
