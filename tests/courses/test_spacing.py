"""When a missed idea comes back."""

from datetime import UTC, datetime, timedelta

from fsrs import Card, Rating, Scheduler
from hypothesis import given
from hypothesis import strategies as st

from courses.spacing import AHEAD, LONGEST_DAYS, Memory, after

START = datetime(2026, 3, 1, 18, tzinfo=UTC)


def days(answers: str) -> list[int]:
    """Answer on each day an idea is due: M misses it, R is right; return the days until it comes back each time."""
    memory: Memory | None = None
    at, found = START, []
    for answer in answers:
        memory = after(memory, right=answer == "R", at=at)
        found.append((memory.due_at - at).days)
        at = memory.due_at
    return found


def test_what_was_missed_comes_back_the_next_day_and_then_at_growing_distances() -> None:
    found = days("MRRRRRRR")
    assert found[0] == 1
    assert found == sorted(found)
    assert found[3] > 7
    assert found[-1] == LONGEST_DAYS


def test_missing_it_again_brings_it_back_within_days() -> None:
    assert days("MRRM") == [1, 2, 6, 1]
    assert days("MRRRRM")[-1] < 7


def test_the_same_answers_at_the_same_times_always_give_the_same_dates() -> None:
    assert days("MRMRRRMRRR") == days("MRMRRRMRRR")


def test_it_is_what_py_fsrs_says() -> None:
    scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    card, memory, at = Card(card_id=1, due=START), None, START
    for right in (False, True, True, False, True):
        card, _ = scheduler.review_card(card, Rating.Good if right else Rating.Again, at)
        memory = after(memory, right=right, at=at)
        assert (memory.stability, memory.difficulty, memory.due_at) == (card.stability, card.difficulty, card.due)
        at = card.due + timedelta(hours=3)


def test_coming_a_little_earlier_every_evening_is_in_time() -> None:
    memory, punctual = after(None, right=False, at=START), after(None, right=False, at=START)
    for _ in range(4):
        memory = after(memory, right=True, at=memory.due_at - timedelta(hours=1))
        punctual = after(punctual, right=True, at=punctual.due_at)
    assert memory == punctual


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 400 * 24)), min_size=1, max_size=30))
def test_an_idea_always_comes_back_and_never_before_the_next_day(answers: list[tuple[bool, int]]) -> None:
    memory, at = None, START
    for right, hours in answers:
        at += timedelta(hours=hours)
        memory = after(memory, right=right, at=at)
        assert timedelta(days=1) <= memory.due_at - at <= timedelta(days=LONGEST_DAYS) + AHEAD
        assert 1 <= memory.difficulty <= 10
        assert memory.stability > 0
