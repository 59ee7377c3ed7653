"""A run's points as a table that a spreadsheet can open; no database."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from nets import events
from nets.events import Event

METRICS: Final = (
    *("run", "step", "loss", "accuracy", "learning_rate"),
    *("epoch", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy", "seconds"),
)
_EPOCH: Final = ("epoch", "train_loss", "train_metric", "validation_loss", "validation_metric", "seconds")
# What makes a spreadsheet take a text for a formula (OWASP, "CSV injection").
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def metrics(said: Sequence[Event], *, run: str) -> Iterator[str]:
    """Yield the lines of a CSV: one for each step, with the epoch's numbers where a step closes one.

    `run` names the run in every line, so that tables of several runs can be put together.
    """
    closed = {event["step"]: [event[name] for name in _EPOCH] for event in said if event["type"] == "epoch"}
    points = events.columns(said)
    yield _line(METRICS)
    for row in zip(*(points[name] for name in events.COLUMNS), strict=True):
        yield _line([run, *row, *closed.pop(row[0], [])])
    # An epoch whose last step was thinned out or never told still has its numbers.
    for step, numbers in closed.items():
        yield _line([run, step, None, None, None, *numbers])


def _line(cells: Iterable[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow([safe(cell) for cell in cells])
    return buffer.getvalue()


def safe(cell: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula: a text that looks like one gets an apostrophe.

    >>> safe("=1+1"), safe(-0.5), safe("LeNet-5")
    ("'=1+1", -0.5, 'LeNet-5')
    """
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" \n").startswith(_FORMULA) else cell
