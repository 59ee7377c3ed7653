"""In which order will the waiting runs be served? The rule of `queueing`, played forward; no database."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """One queued run, as far as its place in the queue goes; runs come in the order in which they were queued."""

    run: Hashable
    owner: Hashable
    has_priority: bool = False


def order(
    waiting: Sequence[Waiting], *, running: Sequence[Hashable], served: dict[Hashable, datetime | None]
) -> list[Hashable]:
    """Return the runs in the order in which they will be claimed when nothing else is submitted.

    `running` holds the owners of the runs that are being served, the first to end first; `served` says when each
    owner was last served. Each turn the first of the running ends and the fairest of the waiting begins.

    >>> queue = [Waiting("a1", "anna"), Waiting("a2", "anna"), Waiting("b1", "ben")]
    >>> order(queue, running=[], served={})
    ['a1', 'b1', 'a2']
    """
    left, busy = list(waiting), list(running)
    turn_of = {owner: turn for turn, owner in enumerate(_by_time(served))}
    slots = max(1, len(busy))
    ordered: list[Hashable] = []
    while left:
        if len(busy) >= slots:
            turn_of[busy.pop(0)] = len(turn_of) + len(ordered)
        counts = Counter(busy)
        place = min(range(len(left)), key=lambda index: (*_rank(left[index], counts, turn_of), index))
        chosen = left.pop(place)
        busy.append(chosen.owner)
        turn_of[chosen.owner] = len(turn_of) + len(ordered)
        ordered.append(chosen.run)
    return ordered


def _rank(item: Waiting, counts: Counter[Hashable], turn_of: dict[Hashable, int]) -> tuple[bool, int, int]:
    return (not item.has_priority, counts[item.owner], turn_of.get(item.owner, -1))


def _by_time(served: dict[Hashable, datetime | None]) -> list[Hashable]:
    known = [(when, owner) for owner, when in served.items() if when is not None]
    return [owner for _, owner in sorted(known, key=lambda pair: pair[0])]
