"""The runs that came from one another, as a tree: branches under what they left, twins under their first."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Q
from django.urls import reverse

from labs import listing
from labs.comparing import MOST_RUNS, origin_of
from labs.forms import titled
from labs.likeness import apart, is_repeat
from labs.models import Run
from labs.models.runs import RunQuerySet
from labs.wording import percent
from nets.catalog import FIELDS

Visitor = AbstractBaseUser | AnonymousUser

# A page shows a family, not an archive.
MOST: Final = 40
# PostgreSQL would put those without a step last, SQLite puts them first.
_TWINS_FIRST: Final = F("branch_step").asc(nulls_first=True)
# More than this is no name.
MOST_DIFFERENCES: Final = 3


@dataclass(frozen=True, slots=True)
class Member:
    """One run of a family: `depth` is 0 for the first, `step` 0 unless it branched off, `is_here` on its own page."""

    run: Run
    name: str
    words: str
    accuracy: str
    depth: int
    step: int
    is_twin: bool
    is_here: bool


@dataclass(frozen=True, slots=True)
class Family:
    """A run with all that it came from and all that came from it; empty for one that stands alone.

    `compare` is the address that draws the nearest of them on one chart, with the spread of repeats.
    """

    members: list[Member]
    compare: str


def family_of(run: Run, visitor: Visitor) -> Family:
    """Return the family of `run`, as far as this visitor may see it."""
    seen = Run.objects.visible_to(visitor)
    first = _first(run, seen)
    found = _with_descendants(first, seen)
    if len(found) == 1:
        return Family([], "")
    members = list(_members(first, found, here=run))
    near = _near(run, found)
    chosen = [("run", str(each.run.pk)) for each in members if each.run in near]
    return Family(members, f"{reverse('labs:compare')}?{urlencode(chosen)}")


def _near(run: Run, found: Sequence[Run]) -> list[Run]:
    """Return the run, what it came from, repeats of both (what chance alone does), and what came from it."""
    near = [run, *(each for each in found if each.pk == origin_of(run))]
    repeats = [each for each in found if each not in near and any(is_repeat(each, one) for one in near)]
    children = [each for each in found if run.pk == origin_of(each) and each not in repeats]
    return [*near, *repeats, *children][:MOST_RUNS]


def branches_of(run: Run, visitor: Visitor) -> list[int]:
    """Return the steps after which other runs left this one."""
    left = Run.objects.visible_to(visitor).filter(parent=run, branch_step__isnull=False)
    steps = left.order_by("branch_step").values_list("branch_step", flat=True)
    return [step for step in steps if step is not None]


def _first(run: Run, seen: RunQuerySet) -> Run:
    """Go up as long as there is something to be seen above."""
    here, met = run, {run.pk}
    while (key := origin_of(here)) is not None and key not in met:
        above = seen.filter(pk=key).first()
        if above is None:
            return here
        here = above
        met.add(key)
    return here


def _with_descendants(first: Run, seen: RunQuerySet) -> list[Run]:
    """Return the run with everything that came from it, one query for a generation."""
    found: dict[uuid.UUID, Run] = {first.pk: first}
    generation = [first.pk]
    while generation and len(found) < MOST:
        children = seen.filter(Q(parent__in=generation) | Q(twin_of__in=generation)).exclude(pk__in=found)
        fresh = {run.pk: run for run in children.order_by(_TWINS_FIRST, "queued_at", "pk")[: MOST - len(found)]}
        found |= fresh
        generation = list(fresh)
    return list(found.values())


def _members(
    run: Run, found: Sequence[Run], *, here: Run, above: Run | None = None, depth: int = 0
) -> Iterator[Member]:
    yield Member(
        run=run,
        name=_name(run, above),
        words=listing.short_words(run),
        accuracy=percent(run.summary.get("validation_accuracy")),
        depth=depth,
        step=run.branch_step or 0,
        is_twin=bool(depth) and not run.branch_step,
        is_here=run == here,
    )
    # The first of all is nobody's child, whatever its row says.
    for child in found[1:]:
        if origin_of(child) == run.pk:
            yield from _members(child, found, here=here, above=run, depth=depth + 1)


def _name(run: Run, above: Run | None) -> str:
    """Return the title of a run, else what it has otherwise than the run above it, else its settings in words."""
    differing = apart(above.spec, run.spec) if above and not run.title else set()
    said = [f"{FIELDS[name].label} {titled(FIELDS[name], run.spec.get(name))}" for name in FIELDS if name in differing]
    return ", ".join(said) if 0 < len(said) <= MOST_DIFFERENCES else listing.name_of(run)
