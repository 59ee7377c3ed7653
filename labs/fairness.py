"""In which order and when will the waiting runs be served? The rule of `queueing`, played forward; no database."""

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

# Without any idea of how long runs take, every turn is as long as every other.
SOME_SECONDS: Final = 1.0
# Rounding must not leave a run with a sliver of a turn.
_TINY: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Waiting:
    """One queued run, as far as its place in the queue goes; runs come in the order in which they were queued.

    `seconds` is how long it still has to train, `limit` how many runs its owner may have running at once.
    """

    run: Hashable
    owner: Hashable
    has_priority: bool = False
    seconds: float = SOME_SECONDS
    limit: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Serving:
    """One running run: how long it still has to train, and how long it has held its device in this turn."""

    owner: Hashable
    has_priority: bool = False
    seconds: float = SOME_SECONDS
    held: float = 0.0
    limit: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Begin:
    """When a waiting run begins: after how many others, and in how many seconds."""

    ahead: int
    seconds: float


def forecast(
    waiting: Sequence[Waiting],
    *,
    running: Sequence[Serving],
    served: dict[Hashable, datetime | None],
    slots: int = 1,
    slice_seconds: float = math.inf,
) -> dict[Hashable, Begin]:
    """Return when each of the waiting runs begins when nothing else is submitted, in the order of their beginnings.

    `served` says when each owner was last served; `slots` is how many runs train at once, at least those that do.
    A run that has held its device for `slice_seconds` while another owner waits goes back behind that one.

    >>> queue = [Waiting("a1", "anna"), Waiting("a2", "anna"), Waiting("b1", "ben")]
    >>> list(forecast(queue, running=[], served={}))
    ['a1', 'b1', 'a2']
    >>> forecast([Waiting("b1", "ben")], running=[Serving("anna", seconds=3600)], served={}, slice_seconds=120)
    {'b1': Begin(ahead=0, seconds=120.0)}
    """
    play = _Play(waiting, running, served, slots=max(1, slots, len(running)), slice_seconds=slice_seconds)
    while len(play.begun) < len(waiting) and play.advance():
        pass
    return play.begun


@dataclass(slots=True)
class _Item:
    """One run in the play; `turn` is how long its present turn has lasted."""

    place: int
    run: Hashable
    owner: Hashable
    has_priority: bool
    left: float
    limit: int
    turn: float = 0.0


@dataclass(slots=True)
class _Play:
    """The queue, played forward from event to event."""

    waiting: list[_Item]
    busy: list[_Item]
    served: dict[Hashable, float]
    slots: int
    slice_seconds: float
    now: float = 0.0
    begun: dict[Hashable, Begin] = field(default_factory=dict)

    def __init__(
        self,
        waiting: Sequence[Waiting],
        running: Sequence[Serving],
        served: dict[Hashable, datetime | None],
        *,
        slots: int,
        slice_seconds: float,
    ) -> None:
        self.waiting = [
            _Item(place, one.run, one.owner, one.has_priority, max(_TINY, one.seconds), one.limit)
            for place, one in enumerate(waiting)
        ]
        self.busy = [
            _Item(place - len(running), None, one.owner, one.has_priority, max(_TINY, one.seconds), one.limit, one.held)
            for place, one in enumerate(running)
        ]
        known = sorted((when, owner) for owner, when in served.items() if when is not None)
        # Whoever was never served comes first; the present is 0.
        self.served = {owner: float(place - len(known)) for place, (_, owner) in enumerate(known)}
        self.slots, self.slice_seconds, self.now, self.begun = slots, slice_seconds, 0.0, {}

    def advance(self) -> bool:
        """Begin who can, then go to the next end of a turn; return whether anything can still happen."""
        while len(self.busy) < self.slots and (chosen := self._fairest()) is not None:
            self._begin(chosen)
        if not self.busy:
            return False
        step = min(min(item.left, self._slice_left(item)) for item in self.busy)
        self.now += step
        for item in self.busy:
            item.left -= step
            item.turn += step
            self.served[item.owner] = self.now
        self._end_turn()
        return True

    def _begin(self, item: _Item) -> None:
        self.waiting.remove(item)
        self.busy.append(item)
        item.turn = 0.0
        self.served[item.owner] = self.now
        if item.run is not None and item.run not in self.begun:
            self.begun[item.run] = Begin(len(self.begun), self.now)

    def _end_turn(self) -> None:
        """End one turn, of all that are due: the next of the waiting may keep the others where they are."""
        due = [item for item in self.busy if item.left <= _TINY or self._slice_left(item) <= _TINY]
        item = min(due, key=lambda one: (one.left > _TINY, -one.turn))
        self.busy.remove(item)
        if item.left > _TINY:
            self.waiting.append(item)

    def _slice_left(self, item: _Item) -> float:
        counts = Counter(one.owner for one in self.busy)
        has_rival = any(
            one.owner != item.owner
            and one.has_priority >= item.has_priority
            and counts[one.owner] < min(one.limit, counts[item.owner])
            for one in self.waiting
        )
        return max(0.0, self.slice_seconds - item.turn) if has_rival else math.inf

    def _fairest(self) -> _Item | None:
        counts = Counter(item.owner for item in self.busy)
        able = [item for item in self.waiting if counts[item.owner] < item.limit]
        return min(able, key=lambda item: self._rank(item, counts), default=None)

    def _rank(self, item: _Item, counts: Counter[Hashable]) -> tuple[bool, int, float, int]:
        return (not item.has_priority, counts[item.owner], self.served.get(item.owner, -math.inf), item.place)
