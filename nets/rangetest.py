"""Which learning rate to begin with: one short sweep from far too low to far too high (range test)."""

import math
from copy import deepcopy
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from nets.session import Session

# A loss this many times the lowest has left for good.
BLOWN_UP: Final = 4.0
# How much of the smoothed loss each new step is (a running mean over about 20 steps, once from either end).
NEWEST: Final = 0.1


@dataclass(frozen=True, slots=True)
class RangeTest:
    """What a sweep found: `rates` and the loss of the step at each, until it blew up; `smoothed` without its noise.

    `suggestion` is the rate at which the smoothed loss fell fastest for each doubling of the rate, or None when it
    never fell.
    """

    rates: list[float]
    losses: list[float]
    smoothed: list[float]
    suggestion: float | None


def range_test(session: Session, *, low: float = 1e-6, high: float = 10.0, steps: int = 100) -> RangeTest:
    """Make up to `steps` steps at rates from `low` to `high`, each a fixed factor above the last, and undo them all.

    After Smith 2017 (Cyclical learning rates for training neural networks, arXiv:1506.01186, section 3.3), in
    exponential steps. Weights, optimiser, counts and chance are afterwards to the bit what they were before. Raises
    ValueError for fewer than 10 steps or rates that do not rise.
    """
    if steps < 10 or not 0 < low < high:
        raise ValueError(f"A range test takes 10 steps or more, from a low rate to a higher; {steps, low, high} given.")
    before = deepcopy(session.state())
    try:
        rates, losses = _sweep(session, [low * (high / low) ** (step / (steps - 1)) for step in range(steps)])
    finally:
        session.restore(before)
    smoothed = _smoothed(losses)
    return RangeTest(rates, losses, smoothed, _steepest(rates, smoothed))


def _sweep(session: Session, rates: list[float]) -> tuple[list[float], list[float]]:
    """Return the rates that were tried and the loss of each step, before the step changed anything."""
    losses: list[float] = []
    for rate in rates:
        if session.is_epoch_done:
            session.turn()
        loss = float(session.advance(rate=rate).loss)
        if not math.isfinite(loss) or (losses and loss > BLOWN_UP * min(losses)):
            break
        losses.append(loss)
    return rates[: len(losses)], losses


def _steepest(rates: list[float], losses: list[float]) -> float | None:
    """Return the rate where a loss falls fastest over the logarithm of the rate; None when it never does.

    The rates are evenly apart on that scale, so the largest fall from one step to the next is the steepest place. What
    comes after the lowest point is no learning, however much it jumps.

    >>> _steepest([0.01, 0.1, 1.0, 10.0], [2.0, 2.0, 1.0, 3.0])
    1.0
    """
    falls = [before - after for before, after in pairwise(losses[: losses.index(min(losses)) + 1])]
    if not falls or max(falls) <= 0:
        return None
    return rates[falls.index(max(falls)) + 1]


def _smoothed(losses: list[float]) -> list[float]:
    """Return the mean of a running mean from the left and one from the right.

    Either alone lags: its steepest fall lies about 1 / NEWEST steps behind that of the loss, most of a power of ten in
    a sweep of 100 steps, so that its suggestion was too high. The lags of the two cancel each other.
    """
    left, right = _running(losses), _running(losses[::-1])[::-1]
    return [(one + other) / 2 for one, other in zip(left, right, strict=True)]


def _running(losses: list[float]) -> list[float]:
    """Return running means that forget, corrected for their beginning (Kingma and Ba 2015, section 3)."""
    smooth, mean = [], 0.0
    for place, loss in enumerate(losses, start=1):
        mean += NEWEST * (loss - mean)
        smooth.append(mean / (1 - (1 - NEWEST) ** place))
    return smooth
