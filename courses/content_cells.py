"""The executed cells of a lesson and what they printed: read, hashed, compared. Runs nothing."""

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markdown_it.token import Token

from courses.faults import ContentError, Fault
from courses.rendering.blocks import cell_info

_CELL_ID = re.compile(r"^[a-z][a-z0-9-]*$")
_NUMBER = re.compile(r"[-+]?(?:\d[\d,]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
# Rounding differs in the last digits from one build of a library to the next; a cell that varies more says so.
DEFAULT_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Cell:
    """One executed block. `line` is its first line of code; `hash` covers it and every cell above it."""

    id: str
    code: str
    line: int
    hidden: bool
    tolerance: float
    exports: tuple[str, ...]
    hash: str


@dataclass(frozen=True, slots=True)
class CellResult:
    """What one cell printed and exported when it was last run."""

    hash: str
    stdout: str
    values: Mapping[str, Any]


def read_cells(tokens: Sequence[Token], *, path: str, first_line: int) -> tuple[list[Cell], list[Fault]]:
    """Return the cells of a lesson from top to bottom, and what is wrong with their first lines."""
    cells: list[Cell] = []
    faults: list[Fault] = []
    digest = hashlib.sha256()
    for token in tokens:
        if token.type != "fence" or token.map is None or "cell=" not in token.info:
            continue
        line = token.map[0] + first_line
        try:
            cells.append(_cell(token, line, digest, {cell.id for cell in cells}))
        except ValueError as error:
            faults.append(Fault(path, line, str(error), "Write ```python {cell=ID} exports=a,b tolerance=1e-3."))
    return cells, faults


def _cell(token: Token, line: int, digest: Any, used: set[str]) -> Cell:
    try:
        info = cell_info(token.info)
    except ValueError as error:
        raise ValueError(f"The tolerance of this cell is not a number: {token.info!r}.") from error
    if info is None or not _CELL_ID.match(info.id):
        raise ValueError(f"This cell has no usable id: {token.info!r}.")
    if info.id in used:
        raise ValueError(f"Two cells of this lesson have the id {info.id!r}.")
    if info.unknown:
        raise ValueError(f"This cell says {', '.join(info.unknown)}, which means nothing here.")
    digest.update(f"{token.content}\0{','.join(info.exports)}\0".encode())
    return Cell(info.id, token.content, line + 1, info.hidden, info.tolerance, info.exports, digest.hexdigest())


def read_results(path: Path, *, shown: str) -> dict[str, CellResult]:
    """Return the committed results of a lesson by cell id; empty when there is no file.

    Raises ContentError when the file cannot be read as results.
    """
    if not path.exists():
        return {}
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return {key: CellResult(cell["hash"], cell["stdout"], cell["values"]) for key, cell in cells.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        fault = Fault(shown, 1, "This is not a file of results.", "Delete it and run `make content`.")
        raise ContentError([fault]) from error


def stale(cells: Sequence[Cell], results: Mapping[str, CellResult], *, path: str) -> list[Fault]:
    """Return a fault for every cell whose results are missing or belong to other code."""
    faults = []
    for cell in cells:
        result = results.get(cell.id)
        if result is None:
            text = f"The cell {cell.id!r} has no results yet."
        elif result.hash != cell.hash:
            text = f"The results of cell {cell.id!r} are stale: it, or a cell above it, was changed since it ran."
        else:
            continue
        faults.append(Fault(path, cell.line, text, "Run `make content` and commit the results file."))
    return faults


def same(old: Any, new: Any, *, tolerance: float) -> bool:
    """Return whether two exported values agree: numbers within a relative (near 0: absolute) tolerance.

    >>> same([1.0, {"a": 2}], [1.0004, {"a": 2}], tolerance=1e-3)
    True
    """
    if isinstance(old, bool) or isinstance(new, bool):
        return old is new
    if isinstance(old, int | float) and isinstance(new, int | float):
        allowed = max(tolerance, DEFAULT_TOLERANCE)
        return math.isclose(old, new, rel_tol=allowed, abs_tol=allowed)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(same(a, b, tolerance=tolerance) for a, b in zip(old, new, strict=True))
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(same(old[key], new[key], tolerance=tolerance) for key in old)
    return bool(old == new)


def same_output(old: str, new: str, *, tolerance: float) -> bool:
    """Return whether two printed texts agree: the words exactly, the numbers within the tolerance.

    >>> same_output("loss 0.512", "loss 0.513", tolerance=1e-2)
    True
    """
    if old == new or tolerance <= 0:
        return old == new
    words = [" ".join(_NUMBER.sub("#", text).split()) for text in (old, new)]
    numbers = [[float(found.replace(",", "")) for found in _NUMBER.findall(text)] for text in (old, new)]
    return words[0] == words[1] and same(numbers[0], numbers[1], tolerance=tolerance)
