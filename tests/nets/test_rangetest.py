"""The arithmetic of the range test: what is suggested for a curve whose steepest place is known."""

import math
import random

import pytest

from nets.rangetest import _smoothed, _steepest

LOW, HIGH, STEPS = 1e-6, 10.0, 100


def sweep(turn: float, *, noise: float) -> tuple[list[float], list[float]]:
    """Return rates and losses that fall from 2.3 to 0.3, fastest at the rate `turn`, and rise again past 20 of it."""
    draw = random.Random(0)
    rates = [LOW * (HIGH / LOW) ** (step / (STEPS - 1)) for step in range(STEPS)]
    falls = [2 / (1 + math.exp(-4 * math.log10(rate / turn))) for rate in rates]
    rises = [max(0.0, math.log10(rate / (20 * turn))) for rate in rates]
    return rates, [2.3 - fall + rise + draw.gauss(0, noise) for fall, rise in zip(falls, rises, strict=True)]


@pytest.mark.parametrize("turn", [1e-4, 1e-3, 1e-2])
@pytest.mark.parametrize("noise", [0.0, 0.03])
def test_the_suggestion_is_where_the_curve_is_steepest_and_does_not_lag_behind(turn: float, noise: float) -> None:
    rates, losses = sweep(turn, noise=noise)
    found = _steepest(rates, _smoothed(losses))
    assert found is not None
    assert turn / 2 < found < turn * 2


def test_smoothing_is_the_same_from_either_end() -> None:
    _, losses = sweep(1e-3, noise=0.1)
    assert _smoothed(losses[::-1]) == pytest.approx(_smoothed(losses)[::-1])


def test_a_loss_that_never_falls_suggests_nothing() -> None:
    assert _steepest([0.1, 0.2, 0.4], [1.0, 1.0, 2.0]) is None
    assert _steepest([0.1], [1.0]) is None
