"""Draw prerequisites as rails beside the list of lessons: one lane per open end, curves where lessons join. Pure.

Each lesson is a row. A lane runs down from a lesson to every later lesson that requires it, as in the history graph of
a version control system, so the list and the graph are one thing and it works at any width.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from courses.unlocking import Node

LANE_WIDTH = 14
# Height of the fixed part of a row, from its upper border to the middle of its dot, in the same units as LANE_WIDTH.
HEAD_HEIGHT = 32


@dataclass(frozen=True, slots=True)
class Rail:
    """The piece of the graph beside one lesson, as SVG paths in a box `width` wide.

    `head` is drawn from the row's upper border to its dot, `tail` from there on down; `tail` is 100 high and is
    stretched to the row. `x` is the middle of the dot.
    """

    x: int
    width: int
    head: str
    tail: str


EMPTY = Rail(0, 0, "", "")


def rails(nodes: Sequence[Node]) -> tuple[Rail, ...]:
    """Return the rail of every lesson, in the order of the course.

    >>> [rail.x for rail in rails([Node("a", (), 5), Node("b", ("a",), 5), Node("c", ("a",), 5)])]
    [7, 21, 7]
    """
    known = {node.id for node in nodes}
    left = {node.id: sum(node.id in other.requires for other in nodes) for node in nodes}
    lanes: list[str | None] = []
    placed = []
    for node in nodes:
        before = list(lanes)
        requires = [each for each in node.requires if each in known and each in before]
        for each in requires:
            left[each] -= 1
        lane = _lane(lanes, requires, left)
        joins = [before.index(each) for each in requires]
        for index, source in enumerate(lanes):
            if source is not None and left[source] == 0:
                lanes[index] = None
        _set(lanes, lane, node.id if left[node.id] else None)
        placed.append((lane, before, joins, list(lanes)))
    width = LANE_WIDTH * max((len(after) for *_, after in placed), default=1)
    return tuple(_rail(lane, before, joins, after, width) for lane, before, joins, after in placed)


def _lane(lanes: Sequence[str | None], requires: Sequence[str], left: dict[str, int]) -> int:
    """Choose the lane of a lesson: that of a prerequisite which ends here, else the first free one."""
    ending = [index for index, source in enumerate(lanes) if source in requires and left[str(source)] == 0]
    free = [index for index, source in enumerate(lanes) if source is None]
    return min(ending) if ending else min([*free, len(lanes)])


def _set(lanes: list[str | None], lane: int, source: str | None) -> None:
    lanes += [None] * (lane + 1 - len(lanes))
    lanes[lane] = source


def _rail(
    lane: int, before: Sequence[str | None], joins: Sequence[int], after: Sequence[str | None], width: int
) -> Rail:
    x = _middle(lane)
    passing = [index for index, source in enumerate(before) if source is not None and source in after]
    straight = "".join(f"M{_middle(index)} 0V{HEAD_HEIGHT}" for index in passing)
    tail = "".join(f"M{_middle(index)} 0V100" for index, source in enumerate(after) if source is not None)
    return Rail(x, width, straight + "".join(_curve(_middle(index), x) for index in joins), tail)


def _curve(start: int, end: int) -> str:
    """Return the path from the upper border at `start` to the dot at `end`."""
    if start == end:
        return f"M{start} 0V{HEAD_HEIGHT}"
    half = HEAD_HEIGHT // 2
    return f"M{start} 0C{start} {half} {end} {half} {end} {HEAD_HEIGHT}"


def _middle(lane: int) -> int:
    return lane * LANE_WIDTH + LANE_WIDTH // 2
