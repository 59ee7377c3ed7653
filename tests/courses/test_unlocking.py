"""What is open, done or locked, and the shortest way in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.unlocking import Distance, Node, Record, State, Way, distances, opened_by, states, way_in

#  a > b > d, c > d; d > e. Minutes differ so that sums tell which were counted.
NODES = (Node("a", (), 1), Node("b", ("a",), 2), Node("c", (), 4), Node("d", ("b", "c"), 8), Node("e", ("d",), 16))


def test_what_requires_nothing_is_open() -> None:
    assert states(NODES, Record()) == {
        "a": State.OPEN,
        "b": State.LOCKED,
        "c": State.OPEN,
        "d": State.LOCKED,
        "e": State.LOCKED,
    }


def test_a_lesson_opens_when_all_it_requires_is_done() -> None:
    assert states(NODES, Record(frozenset("ab")))["d"] is State.LOCKED
    assert states(NODES, Record(frozenset("abc")))["d"] is State.OPEN


def test_a_grant_stays_whatever_is_required_later() -> None:
    assert states(NODES, Record(grants={"e": True}))["e"] is State.OPEN


def test_an_instructors_newer_row_shuts_a_lesson() -> None:
    assert states(NODES, Record(frozenset("a"), {"b": False}))["b"] is State.LOCKED
    assert states(NODES, Record(grants={"a": False}))["a"] is State.LOCKED


def test_what_is_done_stays_readable() -> None:
    assert states(NODES, Record(frozenset("a"), {"a": False}))["a"] is State.DONE


def test_the_way_in_names_all_that_is_missing_in_the_order_of_the_course() -> None:
    assert way_in(NODES, Record(), "e") == Way(("a", "b", "c", "d"), 15)
    assert way_in(NODES, Record(frozenset("a")), "d") == Way(("b", "c"), 6)


def test_the_way_in_does_not_go_behind_an_open_lesson() -> None:
    assert way_in(NODES, Record(grants={"d": True}), "e") == Way(("d",), 8)


def test_no_way_leads_into_a_lesson_that_was_shut() -> None:
    assert way_in(NODES, Record(grants={"a": False}), "a").shut


@pytest.mark.parametrize(
    ("done", "completed", "opens"), [("", "a", ["b"]), ("ab", "c", ["d"]), ("a", "c", []), ("", "c", [])]
)
def test_completing_a_lesson_opens_what_follows(done: str, completed: str, opens: list[str]) -> None:
    assert opened_by(NODES, Record(frozenset(done)), completed) == opens


def test_completing_a_lesson_does_not_open_what_was_shut() -> None:
    assert opened_by(NODES, Record(grants={"b": False}), "a") == []


@st.composite
def courses(draw: st.DrawFn) -> tuple[list[Node], Record]:
    """Draw any course, and a learner who has done and been granted some of it."""
    ids = [str(number) for number in range(draw(st.integers(1, 20)))]
    nodes = [
        Node(
            id_, draw(st.lists(st.sampled_from([*ids[:at], "gone"]), max_size=3, unique=True)), draw(st.integers(1, 9))
        )
        for at, id_ in enumerate(ids)
    ]
    done = draw(st.sets(st.sampled_from(ids)))
    return nodes, Record(frozenset(done), draw(st.dictionaries(st.sampled_from(ids), st.booleans(), max_size=5)))


@given(courses())
def test_distances_count_what_the_way_in_counts(course: tuple[list[Node], Record]) -> None:
    nodes, record = course
    found = distances(nodes, record)
    for node in nodes:
        way = way_in(nodes, record, node.id)
        expected = Distance(way.lessons[0], len(way.lessons), way.minutes) if way.lessons and not way.shut else None
        is_locked = states(nodes, record)[node.id] is State.LOCKED
        assert found.get(node.id) == (expected if is_locked else None)
