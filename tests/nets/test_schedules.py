"""Each schedule is the one that torch knows by its name."""

import math
import warnings
from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.optim import SGD, Optimizer
from torch.optim.lr_scheduler import CosineAnnealingLR, LRScheduler, MultiStepLR, OneCycleLR

from nets.schedules import share
from nets.specs import BOUNDS, Choice

Making = Callable[[Optimizer, int], LRScheduler]

# The factors of MultiStepLR are those of the paper that `share` cites: at a half and at three quarters.
TORCH: dict[str, Making] = {
    "cosine": lambda optimiser, steps: CosineAnnealingLR(optimiser, T_max=steps),
    "step": lambda optimiser, steps: MultiStepLR(optimiser, [math.ceil(steps / 2), math.ceil(3 * steps / 4)]),
    "one_cycle": lambda optimiser, steps: OneCycleLR(optimiser, 1.0, total_steps=steps, cycle_momentum=False),
}


@pytest.mark.parametrize("steps", [4, 10, 37, 400])
@pytest.mark.parametrize("schedule", TORCH)
def test_every_step_takes_the_rate_of_torchs_scheduler(schedule: str, steps: int) -> None:
    optimiser = SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = TORCH[schedule](optimiser, steps)
    for position in range(steps):
        expected = optimiser.param_groups[0]["lr"]
        assert share(schedule, position=position, steps=steps) == pytest.approx(expected, rel=1e-9, abs=1e-12)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the order of steps is torch's worry, there is nothing to train here
            if position < steps - 1:
                scheduler.step()


schedules = BOUNDS["schedule"]
assert isinstance(schedules, Choice)


@settings(deadline=None)
@given(st.sampled_from(schedules.allowed), st.integers(1, 500), st.floats(0.0, 0.5))
def test_every_share_is_above_nothing_and_at_most_the_whole(schedule: str, steps: int, warmup: float) -> None:
    shares = [share(schedule, position=position, steps=steps, warmup=warmup) for position in range(steps)]
    assert all(0 < value <= 1 for value in shares)


def test_a_warm_up_climbs_evenly_and_leaves_the_rest_to_the_schedule() -> None:
    shares = [share("cosine", position=position, steps=100, warmup=0.2) for position in range(100)]
    assert shares[:20] == [pytest.approx((place + 1) / 21) for place in range(20)]
    assert shares[20:] == [share("cosine", position=position, steps=80) for position in range(80)]
