"""Which lessons are open, done or locked, and the shortest way into a locked one. Pure, for one learner or a class.

A lesson is open when it requires nothing, when everything it requires is done, or when a grant says so. A grant stays:
prerequisites that are added later shut nobody out. Only an instructor's newer row shuts a lesson again; one that is
done stays readable whatever happens.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """How one lesson stands for one learner."""

    DONE = "done"
    OPEN = "open"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Node:
    """One lesson as far as unlocking is concerned."""

    id: str
    requires: Sequence[str]
    minutes: int


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of one learner: lessons done, and what the latest grant of each lesson says."""

    done: AbstractSet[str] = field(default_factory=frozenset)
    grants: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Way:
    """What leads into a locked lesson: the lessons to complete first, in order, and their minutes together.

    `shut` says that an instructor shut the lesson: no way leads in until they open it.
    """

    lessons: tuple[str, ...]
    minutes: int
    shut: bool = False


def states(nodes: Sequence[Node], record: Record) -> dict[str, State]:
    """Return the state of every lesson."""
    return {node.id: _state(node, record) for node in nodes}


def _state(node: Node, record: Record) -> State:
    if node.id in record.done:
        return State.DONE
    granted = record.grants.get(node.id)
    if granted is not None:
        return State.OPEN if granted else State.LOCKED
    return State.OPEN if all(required in record.done for required in node.requires) else State.LOCKED


def way_in(nodes: Sequence[Node], record: Record, lesson: str) -> Way:
    """Return the shortest way into a lesson: everything it rests on that is not done, in the order of the course."""
    by_id = {node.id: node for node in nodes}
    needed: set[str] = set()
    waiting = [lesson]
    while waiting:
        node = by_id.get(waiting.pop())
        if node is None or (node.id != lesson and _state(node, record) is State.OPEN):
            continue  # an open lesson can be taken at once, whatever it rests on
        new = [each for each in node.requires if each not in record.done and each not in needed]
        needed.update(new)
        waiting += new
    ordered = tuple(node.id for node in nodes if node.id in needed)
    return Way(ordered, sum(by_id[each].minutes for each in ordered), shut=record.grants.get(lesson) is False)


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a locked lesson is: the first lesson to complete, how many, and their minutes together."""

    first: str
    count: int
    minutes: int


def distances(nodes: Sequence[Node], record: Record) -> dict[str, Distance]:
    """Return how far each locked lesson is, as `way_in` counts it, for a whole course in one pass.

    Lessons still needed are the bits of a whole number, so that hundreds of them are joined at once. Lessons that
    nothing leads into (shut by an instructor, or behind what is no longer there) are left out.
    """
    places = {node.id: at for at, node in enumerate(nodes)}
    known = states(nodes, record)
    masks: dict[int, int] = {}
    for at, node in enumerate(nodes):
        masks[node.minutes] = masks.get(node.minutes, 0) | 1 << at
    needed: dict[str, int] = {}
    for node in nodes:
        if known[node.id] is State.LOCKED:
            wanted = [each for each in node.requires if each in places and each not in record.done]
            needed[node.id] = _joined(wanted, places, needed)
    return {
        id_: Distance(
            first=nodes[(bits & -bits).bit_length() - 1].id,
            count=bits.bit_count(),
            minutes=sum(minutes * (bits & mask).bit_count() for minutes, mask in masks.items()),
        )
        for id_, bits in needed.items()
        if bits and record.grants.get(id_) is not False
    }


def _joined(wanted: Sequence[str], places: Mapping[str, int], needed: Mapping[str, int]) -> int:
    bits = 0
    for each in wanted:
        bits |= 1 << places[each] | needed.get(each, 0)
    return bits


def opened_by(nodes: Sequence[Node], record: Record, completed: str) -> list[str]:
    """Return the lessons that completing one more lesson opens."""
    before = states(nodes, record)
    after = states(nodes, Record(record.done | {completed}, record.grants))
    return [node.id for node in nodes if before[node.id] is State.LOCKED and after[node.id] is State.OPEN]
