"""The beginning of a branch's record: what its parent said up to the branch point, copied under attempt 0.

A copy and not a reference: page, socket, CSV and goals read a branch like any other run, whatever becomes of its
parent. The branch's own first attempt says `resumed` at that step, so that these points count.
"""

from collections.abc import Iterator
from typing import Final

from labs import following
from labs.models import Chunk, Run
from nets import events
from nets.events import COLUMNS, Event

INHERITED: Final = frozenset({"epoch", "snapshot", "rate_changed", "diagnosis"})
POINTS_IN_A_CHUNK: Final = 2000
EVENTS_IN_A_CHUNK: Final = 100


def copy_beginning(branch: Run, *, parent: Run, step: int) -> None:
    """Write the parent's events up to `step` as the first chunks of a branch that was just made."""
    pieces = list(_pieces(following.all_events(parent), step=step))
    Chunk.objects.bulk_create(
        Chunk(run=branch, seq=seq, attempt=0, events=piece) for seq, piece in enumerate(pieces, start=1)
    )
    branch.last_seq = len(pieces)
    branch.save(update_fields=["last_seq"])


def _pieces(said: list[Event], *, step: int) -> Iterator[list[Event]]:
    """Cut what counts up to `step` into chunks that frames can carry: points first, then everything else."""
    points = events.columns(said)
    count = sum(number <= step for number in points["step"])
    for begin in range(0, count, POINTS_IN_A_CHUNK):
        end = min(begin + POINTS_IN_A_CHUNK, count)
        yield [events.steps(**{name: points[name][begin:end] for name in COLUMNS})]
    rest = [event for event in said if event["type"] in INHERITED and event["step"] <= step]
    yield from _some(rest)


def _some(said: list[Event]) -> Iterator[list[Event]]:
    for begin in range(0, len(said), EVENTS_IN_A_CHUNK):
        yield said[begin : begin + EVENTS_IN_A_CHUNK]
