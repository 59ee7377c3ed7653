"""Where a number that stands in a lesson may come from: its cells, its labs, what its author decided."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from courses.content_cells import Cell, CellResult
from courses.tracing.figures import Figure
from courses.yaml_lines import Located

COMPUTED, CITED, DECIDED = "computed", "cited", "decided"
_LITERAL = re.compile(r"(?<![\w.])\d[\d_]*(?:\.\d*)?(?:[eE][-+]?\d+)?|(?<![\w.])\.\d+")
_PRINTED = re.compile(r"(?<![A-Za-z_\d.])\d+(?:,\d{3})*(?:\.\d+)?(?:[eE][-+]?\d+)?")
_MOST_VALUES = 2_000


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a number comes from: computed, cited or decided, and by what."""

    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class _Held:
    """The numbers that one cell computes and those that its author put into it."""

    cell: Cell
    computed: frozenset[float]
    put_in: frozenset[float]


@dataclass(slots=True)
class Sources:
    """Everything that a lesson's numbers may come from. `decided` maps a snippet of the text to its reason."""

    cells: list[_Held]
    labs: Mapping[str, frozenset[float]]
    decided: Mapping[str, str]
    used: set[str] = field(default_factory=set)

    def of(self, figure: Figure, *, line: int, around: str) -> Origin | None:
        """Return the origin of a number: the author's word for it, else the nearest cell that holds it, else a lab."""
        for snippet, why in self.decided.items():
            at = around.find(snippet)
            if 0 <= at <= figure.start < at + len(snippet):
                self.used.add(snippet)
                return Origin(DECIDED, why)
        return self._of_cells(figure, line) or self._of_labs(figure)

    def _of_cells(self, figure: Figure, line: int) -> Origin | None:
        nearest = sorted(self.cells, key=lambda held: abs(held.cell.line - line))
        for held in nearest:
            if any(figure.fits(value) for value in held.computed):
                return Origin(COMPUTED, f"cell {held.cell.id}")
        for held in nearest:
            if any(figure.fits(value) for value in held.put_in):
                return Origin(DECIDED, f"put into cell {held.cell.id}")
        return None

    def _of_labs(self, figure: Figure) -> Origin | None:
        for name, values in self.labs.items():
            if any(figure.fits(value) for value in values):
                return Origin(DECIDED, f"labs/{name}.yaml")
        return None


def sources(
    cells: Sequence[Cell], results: Mapping[str, CellResult], *, labs: Mapping[str, Located], front: Located
) -> Sources:
    """Return the sources of one lesson. `labs`: the files of the labs that it shows, by name."""
    held = [_held(cell, results.get(cell.id)) for cell in cells]
    known = {name: frozenset(_numbers(located.data)) for name, located in labs.items()}
    given = front.data.get("decided")
    entries = [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []
    return Sources(held, known, {str(each.get("text")): str(each.get("why")) for each in entries})


def _held(cell: Cell, result: CellResult | None) -> _Held:
    put_in = frozenset(float(each.replace("_", "")) for each in _LITERAL.findall(cell.code))
    printed = [] if result is None else _PRINTED.findall(result.stdout)
    exported = [] if result is None else list(_numbers(dict(result.values)))
    computed = {*(float(each.replace(",", "")) for each in printed), *exported[:_MOST_VALUES]}
    return _Held(cell, frozenset(abs(each) for each in computed), put_in)


def _numbers(value: Any) -> Iterator[float]:
    """Yield every number inside a value; a text yields those that it holds."""
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | float):
        yield abs(float(value))
    elif isinstance(value, str):
        yield from (float(each.replace(",", "")) for each in _PRINTED.findall(value))
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _numbers(each)
    elif isinstance(value, Sequence):
        for each in value:
            yield from _numbers(each)
