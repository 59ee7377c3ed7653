"""Run the cells of lessons, each lesson in a process of its own, and keep or compare what they print.

Worker side: the cells need torch. The web process never calls this.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from courses.cell_runner import MARK
from courses.content_cells import Cell, CellResult, same, same_output
from courses.content_files import LessonFile
from courses.faults import ContentError, Fault

LESSON_SECONDS = 600
# One thread and a fixed hash seed: the same numbers on every machine, as far as torch allows.
_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of running a lesson: results by cell id, and the files below `base` that its cells used."""

    results: dict[str, CellResult]
    used: tuple[str, ...] = ()


def run_lesson(lesson: LessonFile, *, base: Path) -> Ran:
    """Run every cell of a lesson from top to bottom in one fresh namespace, in the folder `base`.

    Raises ContentError with file and line when a cell fails, prints past the limit or takes too long.
    """
    if not lesson.cells:
        return Ran({})
    answer = _answer(lesson, base)
    if "error" in answer:
        error = answer["error"]
        raise ContentError([Fault(lesson.path, error["line"], error["text"], "Correct the cell and run it again.")])
    cells = answer["cells"]
    found = {
        each.id: CellResult(each.hash, cells[each.id]["stdout"], cells[each.id]["values"]) for each in lesson.cells
    }
    return Ran(found, tuple(answer["used"]))


def _answer(lesson: LessonFile, base: Path) -> dict[str, Any]:
    cells = [{"id": c.id, "code": c.code, "line": c.line, "exports": c.exports} for c in lesson.cells]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "courses.cell_runner"],
            input=json.dumps({"path": lesson.path, "cells": cells}),
            capture_output=True,
            text=True,
            timeout=LESSON_SECONDS,
            cwd=base,
            env={**os.environ, **_ENVIRONMENT, "PYTHONPATH": str(base)},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _failed(lesson, f"Its cells took longer than {LESSON_SECONDS} s.") from error
    if MARK not in done.stdout:
        raise _failed(lesson, f"Its cells ended the process ({done.returncode}): {done.stderr.strip()[-300:]}")
    return dict(json.loads(done.stdout.rpartition(MARK)[2]))


def _failed(lesson: LessonFile, text: str) -> ContentError:
    return ContentError([Fault(lesson.path, lesson.cells[0].line, text, "Make the cells smaller.")])


def write_results(lesson: LessonFile, results: dict[str, CellResult], *, path: Path) -> bool:
    """Write a lesson's results file; returns whether it changed. A lesson without cells has no file."""
    if not results:
        existed = path.exists()
        path.unlink(missing_ok=True)
        return existed
    cells = {key: {"hash": r.hash, "stdout": r.stdout, "values": r.values} for key, r in results.items()}
    text = json.dumps({"lesson": lesson.id, "cells": cells}, indent=1, ensure_ascii=False) + "\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.write_text(text, encoding="utf-8")
    return True


def settled(lesson: LessonFile, fresh: dict[str, CellResult]) -> dict[str, CellResult]:
    """Return the results to keep: the committed ones where code and, within the tolerance, numbers are unchanged."""
    return {cell.id: _settled(cell, lesson.results.get(cell.id), fresh[cell.id]) for cell in lesson.cells}


def _settled(cell: Cell, old: CellResult | None, new: CellResult) -> CellResult:
    return old if old is not None and old.hash == new.hash and not _differences(cell, old, new) else new


def compare(lesson: LessonFile, fresh: dict[str, CellResult]) -> list[Fault]:
    """Return a fault for everything in the committed results that a fresh run does not confirm."""
    faults = []
    for cell in lesson.cells:
        old = lesson.results.get(cell.id)
        texts = ["It has no committed result."] if old is None else _differences(cell, old, fresh[cell.id])
        faults += [Fault(lesson.path, cell.line, f"Cell {cell.id!r}: {text}", _REMEDY) for text in texts]
    return faults


_REMEDY = "Find out why, or run `make content`; give the cell a tolerance if it may vary."


def _differences(cell: Cell, old: CellResult, new: CellResult) -> Sequence[str]:
    texts = []
    if not same_output(old.stdout, new.stdout, tolerance=cell.tolerance):
        texts.append(f"It printed {new.stdout.strip()[:80]!r}, committed is {old.stdout.strip()[:80]!r}.")
    for name in sorted({*old.values, *new.values}):
        before, after = old.values.get(name), new.values.get(name)
        if not same(before, after, tolerance=cell.tolerance):
            texts.append(f"{name} came out as {str(after)[:60]}, committed is {str(before)[:60]}.")
    return texts
