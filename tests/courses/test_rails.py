"""The rails of the course map draw every prerequisite once and never confuse two lessons."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.rails import HEAD_HEIGHT, LANE_WIDTH, Rail, rails
from courses.unlocking import Node

ENDS = re.compile(r"M(\d+) 0(?:V\d+|C[\d ]+?(\d+) \d+(?=M|$))")


def graph(*requires: tuple[int, ...]) -> list[Node]:
    """Return lessons named by their place, each with the places that it requires."""
    return [Node(str(place), tuple(str(each) for each in needed), 10) for place, needed in enumerate(requires)]


@st.composite
def courses(draw: st.DrawFn) -> list[Node]:
    """Make any course in which a lesson requires earlier ones."""
    size = draw(st.integers(min_value=1, max_value=24))
    return graph(
        *(tuple(sorted(draw(st.sets(st.integers(0, at - 1), max_size=3)))) if at else () for at in range(size))
    )


def arriving(rail: Rail) -> list[int]:
    """Return where the lines that end in the row's dot come from."""
    starts = []
    for start, end in ENDS.findall(rail.head):
        if int(end or start) == rail.x:
            starts.append(int(start))
    return starts


def leaving(rail: Rail) -> set[int]:
    return {int(x) for x in re.findall(r"M(\d+) 0V100", rail.tail)}


@given(courses())
def test_each_prerequisite_reaches_its_lesson_by_a_line_of_its_own(nodes: list[Node]) -> None:
    where: dict[str, int] = {}
    for node, rail in zip(nodes, rails(nodes), strict=True):
        assert sorted(arriving(rail)) == sorted(where[each] for each in node.requires)
        where[node.id] = rail.x


@given(courses())
def test_lines_go_on_from_row_to_row_without_a_gap(nodes: list[Node]) -> None:
    before: set[int] = set()
    for rail in rails(nodes):
        starts = {int(x) for x in re.findall(r"M(\d+) 0[VC]", rail.head)}
        assert starts == before
        before = leaving(rail)
    assert before == set()


@given(courses())
def test_nothing_is_drawn_outside_the_box(nodes: list[Node]) -> None:
    for rail in rails(nodes):
        assert 0 < rail.x < rail.width
        assert all(0 < x < rail.width for x in leaving(rail))


def test_a_chain_stays_in_one_lane() -> None:
    assert {rail.x for rail in rails(graph((), (0,), (1,)))} == {LANE_WIDTH // 2}


def test_a_fork_takes_a_second_lane_and_a_join_gives_it_back() -> None:
    fork = rails(graph((), (0,), (0,), (1, 2)))
    assert [rail.x for rail in fork] == [7, 21, 7, 7]
    assert fork[3].tail == ""


def test_a_prerequisite_that_is_not_in_the_course_is_left_out() -> None:
    (rail,) = rails([Node("a", ("elsewhere",), 5)])
    assert rail.head == ""
    assert rail.tail == ""


@pytest.mark.parametrize("count", [0, 1])
def test_tiny_courses_are_drawn(count: int) -> None:
    assert len(rails(graph(*[()] * count))) == count


def test_a_head_ends_at_the_dot() -> None:
    assert rails(graph((), (0,)))[1].head.endswith(f"V{HEAD_HEIGHT}")
