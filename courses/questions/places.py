"""Read the kinds that are answered with several numbers or a place: shape, pixel."""

from collections.abc import Sequence
from typing import Any

from courses.questions.source import QuestionSource, explained, otherwise

LARGEST_PICTURE = 16


def read_shape(source: QuestionSource) -> dict[str, Any]:
    """Return the data of `shape`: the shape of a tensor and the wrong shapes that have a name."""
    answer = _shape(source, "answer")
    wrong = []
    for index in range(source.items("wrong")):
        source.refuse_unknown({"value", "why", "tag"}, "wrong", index)
        value = _shape(source, "wrong", index, "value")
        if answer and value == answer:
            source.fault("This wrong shape is the right one.", "Correct one of the two.", "wrong", index, "value")
        wrong.append({"value": value, **explained(source, "wrong", index)})
    return {"answer": answer, "wrong": wrong, "otherwise": otherwise(source)}


def _shape(source: QuestionSource, *keys: Any) -> list[int]:
    value = source.value(*keys)
    if not isinstance(value, list) or not value or not all(_is_size(size) for size in value):
        source.fault(f"{'.'.join(map(str, keys))} is no shape.", "Write whole numbers: [8, 3, 224, 224].", *keys)
        return []
    return [int(size) for size in value]


def _is_size(size: Any) -> bool:
    return isinstance(size, int) and not isinstance(size, bool) and size >= 0


def read_pixel(source: QuestionSource) -> dict[str, Any]:
    """Return the data of `pixel`: a grey picture, the cells of which any is right, the wrong cells that have a name."""
    grid = source.value("picture", "grid")
    if not _is_grid(grid):
        source.fault(
            "The picture is no grid of grey values.",
            f"Give equal rows of whole numbers from 0 to 255, at most {LARGEST_PICTURE} by {LARGEST_PICTURE}.",
            "picture",
        )
        return {}
    answer = _cells(source, grid, "answer")
    wrong = []
    for index in range(source.items("wrong")):
        source.refuse_unknown({"cells", "why", "tag"}, "wrong", index)
        cells = _cells(source, grid, "wrong", index, "cells")
        if any(cell in answer for cell in cells):
            source.fault(
                "One of these wrong cells is right.", "Take it out of one of the two.", "wrong", index, "cells"
            )
        wrong.append({"cells": cells, **explained(source, "wrong", index)})
    return {"picture": {"grid": grid}, "answer": answer, "wrong": wrong, "otherwise": otherwise(source)}


def _is_grid(grid: Any) -> bool:
    return (
        isinstance(grid, list)
        and 0 < len(grid) <= LARGEST_PICTURE
        and all(isinstance(row, list) and 0 < len(row) <= LARGEST_PICTURE for row in grid)
        and len({len(row) for row in grid}) == 1
        and all(_is_size(value) and value <= 255 for row in grid for value in row)
    )


def _cells(source: QuestionSource, grid: Sequence[Sequence[int]], *keys: Any) -> list[list[int]]:
    cells = source.value(*keys)
    fits = isinstance(cells, list) and cells
    if not fits or not all(_is_cell(cell, grid) for cell in cells):
        source.fault("These are no cells of the picture.", "Write [[row, column], ...], counted from 0.", *keys)
        return []
    return [list(cell) for cell in cells]


def _is_cell(cell: Any, grid: Sequence[Sequence[int]]) -> bool:
    if not (isinstance(cell, list) and len(cell) == 2 and all(_is_size(part) for part in cell)):
        return False
    row, column = cell
    return bool(row < len(grid) and column < len(grid[0]))
