"""Draw the course: a box for each lesson in rows by section, a line from each lesson to those that need it.

Pure arithmetic, in units of one CSS pixel, so that the server sends a finished SVG and nothing moves once it is there.
Lines run in the space between the boxes, at right angles: along a *channel* above a row, or down a *gutter* left of a
column. Each lesson has a track of its own in every channel and gutter that its lines use, so that two never lie on each
other.
"""

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

COLUMNS = 8
BOX_WIDTH, BOX_HEIGHT = 120, 78
GUTTER, MARGIN = 28, 24
TITLE_HEIGHT, TRACK, PADDING = 30, 7, 10
LINE_CHARACTERS, MOST_LINES = 14, 3
RADIUS = 6
# How far from the middle of a box its line leaves below, and how far apart lines arrive above.
EXIT, ENTRY = 20, 11

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """One lesson: where its box begins, and its title in lines that fit."""

    id: str
    x: int
    y: int
    title: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """The line from a lesson to one that needs it, as an SVG path with its arrow head."""

    source: str
    target: str
    path: str


@dataclass(frozen=True, slots=True)
class Band:
    """The title of one section above its first row."""

    title: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Diagram:
    """The whole drawing."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class _Leg:
    """One straight piece of an edge, in a channel or a gutter, from one place to another along it."""

    lane: tuple[str, int]
    source: str
    start: float
    end: float


def diagram(
    sections: Sequence[tuple[str, Sequence[str]]], *, requires: Mapping[str, Sequence[str]], titles: Mapping[str, str]
) -> Diagram:
    """Return the drawing of a course: its sections with their lessons in order, and what each lesson requires."""
    rows = [(title, row) for name, ids in sections for title, row in _rows(name, ids)]
    places = {id_: (at, column) for at, (_, row) in enumerate(rows) for column, id_ in enumerate(row)}
    edges = [(a, b) for b in places for a in requires.get(b, ()) if a in places]
    tracks = _tracks(edges, places)
    tops, bottom = _tops([title for title, _ in rows], tracks)
    drawing = _Drawing(places, tops, tracks, _entries(edges, places))
    columns = max((len(row) for _, row in rows), default=0)
    return Diagram(
        width=2 * MARGIN + columns * BOX_WIDTH + max(columns - 1, 0) * GUTTER,
        height=bottom,
        boxes=tuple(Box(id_, _left(c), tops[r], _wrapped(titles[id_])) for id_, (r, c) in places.items()),
        lines=tuple(Line(a, b, drawing.path(a, b)) for a, b in edges),
        bands=tuple(_bands([title for title, _ in rows], tops, tracks)),
    )


def _rows(title: str, ids: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the rows of one section; only the first carries its title."""
    for start in range(0, len(ids), COLUMNS):
        yield (title if start == 0 else "", ids[start : start + COLUMNS])


def _wrapped(title: str) -> tuple[str, ...]:
    wrapped = textwrap.wrap(
        title, LINE_CHARACTERS, max_lines=MOST_LINES, placeholder="…", break_long_words=False, break_on_hyphens=False
    )
    return tuple(wrapped)


def _left(column: int) -> int:
    return MARGIN + column * (BOX_WIDTH + GUTTER)


def _legs(source: str, target: str, places: Mapping[str, tuple[int, int]]) -> list[_Leg]:
    """Return the pieces of an edge between leaving one box and arriving at the other; none for its neighbour."""
    (row, column), (to_row, to_column) = places[source], places[target]
    if to_row == row and to_column == column + 1:
        return []
    if to_row == row + 1:
        return [_Leg(("channel", to_row), source, *sorted((column + 0.6, to_column + 0.4)))]
    if to_row > row:
        gutter = to_column + (column > to_column)
        return [
            _Leg(("channel", row + 1), source, *sorted((column + 0.6, float(gutter)))),
            _Leg(("gutter", gutter), source, row + 1, to_row),
            _Leg(("channel", to_row), source, *sorted((float(gutter), to_column + 0.4))),
        ]
    return [
        _Leg(("gutter", column + 1), source, *sorted((to_row, row + 0.5))),
        _Leg(("channel", to_row), source, *sorted((column + 1.0, to_column + 0.4))),
    ]


Tracks = dict[tuple[str, int], dict[str, int]]


def _tracks(edges: Iterable[tuple[str, str]], places: Mapping[str, tuple[int, int]]) -> Tracks:
    """Give each lesson a track in every lane that its lines use; lessons that do not meet there may share one."""
    spans: dict[tuple[str, int], dict[str, tuple[float, float]]] = {}
    for source, target in edges:
        for leg in _legs(source, target, places):
            lane = spans.setdefault(leg.lane, {})
            start, end = lane.get(source, (leg.start, leg.end))
            lane[source] = (min(start, leg.start), max(end, leg.end))
    return {lane: _shared(spans_of) for lane, spans_of in spans.items()}


def _shared(spans: Mapping[str, tuple[float, float]]) -> dict[str, int]:
    ends: list[float] = []
    tracks = {}
    for source, (start, end) in sorted(spans.items(), key=lambda item: item[1]):
        free = next((at for at, last in enumerate(ends) if last < start), len(ends))
        ends[free:] = [end, *ends[free + 1 :]]
        tracks[source] = free
    return tracks


def _count(tracks: Tracks, lane: tuple[str, int]) -> int:
    return max(tracks.get(lane, {}).values(), default=-1) + 1


def _tops(titles: Sequence[str], tracks: Tracks) -> tuple[list[int], int]:
    """Return where each row begins, and where the last one ends."""
    tops, y = [], 0
    for row, title in enumerate(titles):
        y += (TITLE_HEIGHT if title else 0) + 2 * PADDING + _count(tracks, ("channel", row)) * TRACK
        tops.append(y)
        y += BOX_HEIGHT
    return tops, y + 2


def _bands(titles: Sequence[str], tops: Sequence[int], tracks: Tracks) -> Iterator[Band]:
    for row, title in enumerate(titles):
        if title:
            above = 2 * PADDING + _count(tracks, ("channel", row)) * TRACK
            yield Band(title, MARGIN, tops[row] - above - 4)


def _entries(edges: Sequence[tuple[str, str]], places: Mapping[str, tuple[int, int]]) -> dict[tuple[str, str], float]:
    """Return how far from the middle of its target each line from above arrives, the leftmost source first."""
    arriving: dict[str, list[str]] = {}
    for source, target in edges:
        if _legs(source, target, places):
            arriving.setdefault(target, []).append(source)
    offsets = {}
    for target, sources in arriving.items():
        for at, source in enumerate(sorted(sources, key=lambda each: places[each][1])):
            offsets[source, target] = -EXIT / 2 + (at - (len(sources) - 1) / 2) * ENTRY
    return offsets


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What is known of the places when paths are drawn."""

    places: Mapping[str, tuple[int, int]]
    tops: Sequence[int]
    tracks: Tracks
    entries: Mapping[tuple[str, str], float]

    def path(self, source: str, target: str) -> str:
        """Return the path of one edge."""
        (row, column), (to_row, to_column) = self.places[source], self.places[target]
        legs = _legs(source, target, self.places)
        if not legs:
            middle = self.tops[row] + BOX_HEIGHT // 2
            return f"M{_left(column) + BOX_WIDTH} {middle}H{_left(to_column)}m-5 -4l5 4l-5 4"
        arrive = _left(to_column) + BOX_WIDTH / 2 + self.entries[source, target]
        corners = [self._across(leg) for leg in legs]
        if to_row > row:
            points: list[Point] = [(_left(column) + BOX_WIDTH / 2 + EXIT, self.tops[row] + BOX_HEIGHT)]
        else:
            points = [(_left(column) + BOX_WIDTH, self.tops[row] + BOX_HEIGHT / 2)]
        for leg, across in zip(legs, corners, strict=True):
            x, y = points[-1]
            points.append((x, across) if leg.lane[0] == "channel" else (across, y))
        points += [(arrive, points[-1][1]), (arrive, self.tops[to_row])]
        return f"{_rounded(points)}m-4 -5l4 5l4 -5"

    def _across(self, leg: _Leg) -> float:
        """Return the y of a channel's track, or the x of a gutter's."""
        kind, number = leg.lane
        track, count = self.tracks[leg.lane][leg.source], _count(self.tracks, leg.lane)
        if kind == "channel":
            return self.tops[number] - PADDING - (count - track - 0.5) * TRACK
        step = min(TRACK, (GUTTER - 10) / count)
        return _left(number) - GUTTER / 2 + (track - (count - 1) / 2) * step


def _rounded(points: Sequence[Point]) -> str:
    """Return a path through points that lie at right angles, its corners rounded.

    >>> _rounded([(0, 0), (0, 20), (30, 20)])
    'M0 0L0 14Q0 20 6 20L30 20'
    """
    corners = [point for at, point in enumerate(points) if at == 0 or point != points[at - 1]]
    path = f"M{corners[0][0]:g} {corners[0][1]:g}"
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        (x1, y1), (x2, y2) = _towards(corner, before), _towards(corner, after)
        path += f"L{x1:g} {y1:g}Q{corner[0]:g} {corner[1]:g} {x2:g} {y2:g}"
    return path + f"L{corners[-1][0]:g} {corners[-1][1]:g}"


def _towards(corner: Point, other: Point) -> Point:
    """Return the point at most RADIUS from a corner towards another, never past the middle between them."""
    (x, y), (to_x, to_y) = corner, other
    length = abs(to_x - x) + abs(to_y - y)
    share = min(RADIUS, length / 2) / length
    return x + (to_x - x) * share, y + (to_y - y) * share
