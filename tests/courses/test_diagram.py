"""The drawing of the course: every prerequisite is one line, no line runs through a box or along another's."""

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.diagram import BOX_HEIGHT, BOX_WIDTH, COLUMNS, Box, Diagram, diagram

Segment = tuple[tuple[float, float], tuple[float, float]]
NUMBER = r"-?[\d.]+"


@st.composite
def drawings(draw: st.DrawFn) -> tuple[dict[str, list[str]], Diagram]:
    """Draw any course of up to four sections in which a lesson requires earlier ones."""
    sizes = draw(st.lists(st.integers(1, 11), min_size=1, max_size=4))
    ids = [str(number) for number in range(sum(sizes))]
    requires = {
        id_: draw(st.lists(st.sampled_from(ids[:at]), max_size=3, unique=True)) if at else []
        for at, id_ in enumerate(ids)
    }
    left = iter(ids)
    sections = [(f"Section {at}", list(itertools.islice(left, size))) for at, size in enumerate(sizes)]
    return requires, diagram(sections, requires=requires, titles={id_: f"Lesson {id_}" for id_ in ids})


def segments(path: str) -> list[Segment]:
    """Return the straight pieces of a path, corners filled out, without the arrow head."""
    line = path.split("m")[0]
    straight = re.sub(rf"L{NUMBER} {NUMBER}Q({NUMBER} {NUMBER}) {NUMBER} {NUMBER}", r"L\1", line)
    points: list[tuple[float, float]] = []
    for command, text in re.findall(rf"([MLH])((?:{NUMBER} ?)+)", straight):
        numbers = [float(each) for each in text.split()]
        points.append((numbers[0], points[-1][1]) if command == "H" else (numbers[0], numbers[1]))
    return list(itertools.pairwise(points))


def crosses(segment: Segment, box: Box) -> bool:
    """Return whether a segment touches the inside of a box."""
    (x1, y1), (x2, y2) = segment
    return (
        max(x1, x2) > box.x + 0.5
        and min(x1, x2) < box.x + BOX_WIDTH - 0.5
        and max(y1, y2) > box.y + 0.5
        and min(y1, y2) < box.y + BOX_HEIGHT - 0.5
    )


def overlap(one: Segment, other: Segment) -> bool:
    """Return whether two segments run along each other."""
    for along, across in ((0, 1), (1, 0)):
        ends = [sorted(point[along] for point in segment) for segment in (one, other)]
        on_one_line = len({point[across] for point in (*one, *other)}) == 1
        if on_one_line and min(ends[0][1], ends[1][1]) - max(ends[0][0], ends[1][0]) > 0.5:
            return True
    return False


@settings(deadline=None)
@given(drawings())
def test_every_prerequisite_is_one_line(drawn: tuple[dict[str, list[str]], Diagram]) -> None:
    requires, drawing = drawn
    wanted = sorted((source, target) for target, sources in requires.items() for source in sources)
    assert sorted((line.source, line.target) for line in drawing.lines) == wanted


@settings(deadline=None)
@given(drawings())
def test_lines_are_at_right_angles_inside_the_drawing_and_round_the_boxes(
    drawn: tuple[dict[str, list[str]], Diagram],
) -> None:
    _, drawing = drawn
    for line in drawing.lines:
        for segment in segments(line.path):
            (x1, y1), (x2, y2) = segment
            assert x1 == x2 or y1 == y2
            assert all(0 <= x <= drawing.width and 0 <= y <= drawing.height for x, y in segment)
            assert not [box.id for box in drawing.boxes if crosses(segment, box)], line


@settings(deadline=None)
@given(drawings())
def test_lines_of_two_lessons_never_run_along_each_other(drawn: tuple[dict[str, list[str]], Diagram]) -> None:
    _, drawing = drawn
    pieces = [(line, segment) for line in drawing.lines for segment in segments(line.path)]
    for (line, one), (other, two) in itertools.combinations(pieces, 2):
        if line.source != other.source:
            assert not overlap(one, two), (line, other)


@settings(deadline=None)
@given(drawings())
def test_lines_begin_at_their_source_and_end_at_their_target(drawn: tuple[dict[str, list[str]], Diagram]) -> None:
    _, drawing = drawn
    boxes = {box.id: box for box in drawing.boxes}
    for line in drawing.lines:
        source, target, pieces = boxes[line.source], boxes[line.target], segments(line.path)
        (x, y), (to_x, to_y) = pieces[0][0], pieces[-1][1]
        assert (x == source.x + BOX_WIDTH) or (y == source.y + BOX_HEIGHT)
        assert (to_x == target.x) or (to_y == target.y)


def test_a_long_section_goes_on_in_the_next_row_under_one_title() -> None:
    ids = [str(number) for number in range(COLUMNS + 1)]
    drawing = diagram([("Seeing", ids)], requires={}, titles=dict.fromkeys(ids, "A"))
    assert [band.title for band in drawing.bands] == ["Seeing"]
    assert drawing.boxes[-1].x == drawing.boxes[0].x
    assert drawing.boxes[-1].y > drawing.boxes[0].y + BOX_HEIGHT


def test_titles_are_broken_and_cut_so_that_they_fit() -> None:
    long = "Convolutions with groups, dilation, stride, padding and much else besides"
    (box,) = diagram([("Seeing", ["a"])], requires={}, titles={"a": long}).boxes
    assert len(box.title) == 3
    assert all(len(line) <= 14 for line in box.title)
    assert box.title[-1].endswith("…")


@pytest.mark.parametrize("sections", [[], [("Seeing", [])]])
def test_nothing_to_draw_draws_nothing(sections: list[tuple[str, list[str]]]) -> None:
    drawing = diagram(sections, requires={}, titles={})
    assert (drawing.boxes, drawing.lines) == ((), ())
