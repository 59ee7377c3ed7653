"""What the benchmarks of the stream make of their measurements."""

import pytest

from benchmarks import drawn, waiting


def test_the_newest_drawn_point_grows_old_until_the_next_is_drawn() -> None:
    assert drawn.ages([(1000.0, 990.0), (1030.0, 1025.0), (1040.0, 1040.0)]) == [10.0, 20.0, 30.0, 5.0]


def test_one_drawing_alone_has_no_age() -> None:
    assert drawn.ages([(1000.0, 990.0)]) == []


@pytest.mark.parametrize(("turns", "is_met"), [([2, 3, 2], True), ([1, 3, 2], False)])
def test_nobody_may_have_had_two_turns_more_than_another(turns: list[int], is_met: bool) -> None:
    assert waiting.figure(([20.0, 24.5, 20.1], turns, [4.0, 5.0])).is_met is is_met
