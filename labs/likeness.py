"""How runs are alike and how they differ: settings, repeats with other seeds, twins; as sets and in sentences."""

import uuid
from collections.abc import Mapping, Sequence
from itertools import combinations
from statistics import fmean, stdev
from typing import Any, Final

from labs import forms, wishes
from labs.models import Run, RunAction
from labs.wording import percent
from nets.catalog import FIELDS

LETTERS: Final = "ABCDEFGH"
# What a run looks at changes nothing in it.
BESIDE: Final = frozenset({"watch"})
# What stands among the settings of a run whose learning rate was changed while it trained; no field of a spec.
STEERED: Final = "rate changed"


def as_they_went(runs: list[Run]) -> list[Run]:
    """Return the runs with what was changed while they trained among their settings, in memory alone.

    A run whose rate was changed is no repeat and no twin of one that kept its own.
    """
    acted = RunAction.objects.filter(run__in=runs, kind=wishes.RATE, step__isnull=False).order_by("step", "pk")
    said: dict[uuid.UUID, list[str]] = {}
    for run_id, step, value in acted.values_list("run", "step", "value"):
        said.setdefault(run_id, []).append(f"{forms.shown(float(value))} after step {step:,}")
    for run in runs:
        if run.pk in said:
            run.spec = run.spec | {STEERED: ", ".join(said[run.pk])}
    return runs


def apart(one: Mapping[str, Any], other: Mapping[str, Any]) -> set[str]:
    """Return the fields in which two specs differ.

    >>> sorted(apart({"seed": 0, "epochs": 3}, {"seed": 1, "epochs": 3}))
    ['seed']
    """
    names = (one.keys() | other.keys()) - BESIDE
    return {name for name in names if value_of(one, name) != value_of(other, name)}


def value_of(spec: Mapping[str, Any], name: str) -> Any:
    """Return a setting; a spec from before a field was added means the field's default."""
    return spec.get(name, FIELDS[name].default if name in FIELDS else None)


def twins(runs: Sequence[Run]) -> list[str]:
    """Name the pairs that differ in one field alone; other seeds are told together, as repeats."""
    found = []
    for (one, first), (other, second) in combinations(zip(LETTERS, runs, strict=False), 2):
        differing = apart(first.spec, second.spec)
        if len(differing) == 1 and differing <= FIELDS.keys() - {"seed"} and second.branch_step is None:
            field = FIELDS[next(iter(differing))]
            before, after = (forms.titled(field, value_of(run.spec, field.name)) for run in (first, second))
            found.append(f"{other} differs from {one} only in {_lower(field.label)}: {after} instead of {before}.")
    return found


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def repeats(runs: Sequence[Run]) -> list[str]:
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
        home = next((group for group in gathered if is_repeat(runs[group[0]], run)), None)
        if home is None:
            gathered.append([place])
        else:
            home.append(place)
    return [group for group in gathered if len(group) > 1]


def is_repeat(one: Run, other: Run) -> bool:
    """Say whether two runs went the same road but for the seed, so that chance alone lies between them."""
    is_same_road = (one.parent_id if one.branch_step else None, one.branch_step) == (
        other.parent_id if other.branch_step else None,
        other.branch_step,
    )
    return is_same_road and apart(one.spec, other.spec) <= {"seed"}
