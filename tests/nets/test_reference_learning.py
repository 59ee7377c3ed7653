"""What the reference says of losses, slopes and steps agrees with torch."""

import inspect
import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from nets import reference, schedules
from nets.reference import learning, learning_mistakes

# The first call into torch may be slow on a busy machine; the time of one example says nothing here.
settings.register_profile("learning", deadline=None)
settings.load_profile("learning")

shares = st.floats(0.01, 0.99)
numbers = st.floats(-5, 5)
rates = st.floats(1e-3, 1.0)


def leaf(value: float) -> torch.Tensor:
    return torch.tensor(value, dtype=torch.float64, requires_grad=True)


def slope(weight: torch.Tensor) -> float:
    assert weight.grad is not None
    return float(weight.grad)


def after(
    kind: Callable[..., torch.optim.Optimizer], weight: float, gradient: float, *, steps: int, **more: float
) -> float:
    """Take steps with a slope that stays the same."""
    parameter = leaf(weight)
    optimiser = kind([parameter], **more)
    for _ in range(steps):
        parameter.grad = torch.full_like(parameter, gradient)
        optimiser.step()
    return float(parameter.detach())


@given(share=shares)
def test_loss_and_slope_of_the_right_class_agree_with_torch(share: float) -> None:
    logits = torch.tensor([math.log(share), math.log(1 - share)], dtype=torch.float64, requires_grad=True)
    loss = functional.cross_entropy(logits, torch.tensor(0))
    loss.backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None
    assert reference.loss_of_share(share=share) == pytest.approx(loss.item())
    assert reference.slope_of_right_logit(share=share) == pytest.approx(float(logits.grad[0]))


@given(weight=numbers, value=numbers, bias=numbers, target=numbers)
def test_the_slope_of_a_unit_s_weight_agrees_with_torch(
    weight: float, value: float, bias: float, target: float
) -> None:
    w = leaf(weight)
    ((w * value + bias - target) ** 2).backward()  # type: ignore[no-untyped-call]
    asked = {"weight": weight, "value": value, "bias": bias, "target": target}
    assert reference.unit_weight_slope(**asked) == pytest.approx(slope(w))


@given(slope1=numbers, slope2=numbers, value1=numbers, value2=numbers)
def test_the_slope_of_a_shared_weight_agrees_with_torch(
    slope1: float, slope2: float, value1: float, value2: float
) -> None:
    kernel = torch.zeros(1, 1, 1, dtype=torch.float64, requires_grad=True)
    pixels = torch.tensor([[[value1, value2]]], dtype=torch.float64)
    functional.conv1d(pixels, kernel).backward(torch.tensor([[[slope1, slope2]]], dtype=torch.float64))  # type: ignore[no-untyped-call]
    asked = {"slope1": slope1, "slope2": slope2, "value1": value1, "value2": value2}
    assert reference.shared_weight_slope(**asked) == pytest.approx(slope(kernel), abs=1e-9)


@given(weight=numbers, gradient=numbers, rate=rates, momentum=st.floats(0, 0.99))
def test_steps_of_sgd_agree_with_torch(weight: float, gradient: float, rate: float, momentum: float) -> None:
    asked = {"weight": weight, "slope": gradient, "rate": rate}
    assert reference.sgd_step(**asked) == pytest.approx(after(torch.optim.SGD, weight, gradient, steps=1, lr=rate))
    twice = after(torch.optim.SGD, weight, gradient, steps=2, lr=rate, momentum=momentum)
    assert reference.momentum_two_steps(**asked, momentum=momentum) == pytest.approx(twice)


@given(weight=numbers, gradient=st.floats(0.01, 100), rate=rates)
def test_the_first_step_of_adam_agrees_with_torch(weight: float, gradient: float, rate: float) -> None:
    expected = after(torch.optim.Adam, weight, -gradient, steps=1, lr=rate)
    assert reference.adam_first_step(weight=weight, slope=-gradient, rate=rate) == pytest.approx(expected)


@given(weight=numbers, rate=rates, decay=st.floats(0, 0.5), steps=st.integers(1, 5))
def test_decay_agrees_with_torch(weight: float, rate: float, decay: float, steps: int) -> None:
    expected = after(torch.optim.AdamW, weight, 0.0, steps=steps, lr=rate, weight_decay=decay)
    found = reference.decayed_weight(weight=weight, rate=rate, decay=decay, steps=steps)
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(("times", "is_stable"), [(0.99, True), (1.01, False)])
def test_the_largest_stable_rate_parts_falling_from_running_away(times: float, is_stable: bool) -> None:
    rate, place = reference.largest_stable_rate(curvature=4) * times, 1.0
    for _ in range(100):
        place -= rate * 4 * place
    assert (abs(place) < 1) is is_stable


@pytest.mark.parametrize("done", [0.0, 0.25, 0.5, 0.75])
def test_the_cosine_is_that_of_the_course_s_runs(done: float) -> None:
    expected = schedules.share("cosine", position=round(done * 100), steps=100)
    assert reference.cosine_rate(rate=1.0, done=done) == pytest.approx(expected)


@pytest.mark.parametrize("name", learning_mistakes.__all__)
def test_a_mistake_takes_the_keywords_of_a_right_function(name: str) -> None:
    asked = set(inspect.signature(getattr(learning_mistakes, name)).parameters)
    right = [set(inspect.signature(getattr(learning, each)).parameters) for each in learning.__all__]
    assert asked in right
