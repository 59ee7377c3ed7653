"""Runs at several learning rates are read as a teacher would read them."""

import pytest

from labs.rates import Tried, reading


def ends(*said: tuple[float, float | None]) -> list[Tried]:
    """Return runs by rate and accuracy; without an accuracy the run diverged."""
    pairs = zip("ABCDEFGH", said, strict=False)
    return [Tried(letter, rate, accuracy, has_diverged=accuracy is None) for letter, (rate, accuracy) in pairs]


def test_too_low_right_and_too_high_are_named_lowest_first() -> None:
    low, right, high, advice = reading(ends((0.3, None), (0.03, 0.97), (0.003, 0.8)), classes=10)
    assert low.startswith("C, at 0.003, reached 80.0\xa0%.")
    assert low.endswith("too low.")
    assert right == "B, at 0.03, came furthest: 97.0\xa0%."
    assert high.startswith("A, at 0.3, diverged.")
    assert high.endswith("too high.")
    assert advice.startswith("The good rates lie in between")


def test_a_network_left_at_a_guess_was_given_too_high_a_rate() -> None:
    found = reading(ends((0.003, 0.9), (0.03, 0.97), (0.3, 0.1)), classes=10)
    assert "no better than a guess" in found[2]


def test_a_rate_too_high_to_settle_is_told_from_one_that_diverged() -> None:
    found = reading(ends((0.003, 0.9), (0.03, 0.97), (0.3, 0.6)), classes=10)
    assert "too long to settle" in found[2]


def test_ends_that_lie_close_together_are_not_told_apart() -> None:
    found = reading(ends((0.003, 0.9), (0.03, 0.97), (0.1, 0.96)), classes=10)
    assert "that much is chance" in found[2]
    assert found[-1].startswith("The highest of these rates is a good one")


@pytest.mark.parametrize(
    ("accuracies", "begins"),
    [((0.97, 0.9, None), "The lowest"), ((0.5, 0.9, 0.97), "The highest"), ((0.97, 0.96, 0.97), "All of these")],
)
def test_the_advice_says_where_to_look_next(accuracies: tuple[float | None, ...], begins: str) -> None:
    found = reading(ends(*zip((0.001, 0.01, 0.1), accuracies, strict=True)), classes=10)
    assert found[-1].startswith(begins)


def test_runs_that_go_on_say_nothing_yet() -> None:
    tried = [*ends((0.003, 0.9), (0.03, 0.97)), Tried("C", 0.3, None, has_diverged=False)]
    assert reading(tried, classes=10) == []


def test_where_nothing_learned_the_way_on_is_a_range_test() -> None:
    assert "Run a range test" in reading(ends((1.0, None), (3.0, None), (9.0, 0.1)), classes=10)[0]
