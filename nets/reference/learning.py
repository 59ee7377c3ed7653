"""Compute what training computes: losses, slopes by the chain rule, and the steps that optimisers take."""

import math

__all__ = [
    "adam_first_step",
    "cosine_rate",
    "decayed_weight",
    "largest_stable_rate",
    "loss_of_share",
    "momentum_two_steps",
    "sgd_step",
    "shared_weight_slope",
    "slope_of_right_logit",
    "unit_weight_slope",
    "warmed_up_rate",
]

ADAM_EPSILON = 1e-8


def loss_of_share(*, share: float) -> float:
    """Return the cross-entropy of an image whose right class got this probability.

    >>> round(loss_of_share(share=0.5), 4)
    0.6931
    """
    return -math.log(share)


def slope_of_right_logit(*, share: float) -> float:
    """Return how the cross-entropy changes with the right class's logit, when softmax gave it this probability.

    >>> slope_of_right_logit(share=0.75)
    -0.25
    """
    return share - 1


def unit_weight_slope(*, weight: float, value: float, bias: float, target: float) -> float:
    """Return how (w x + b - t) squared changes with w.

    >>> unit_weight_slope(weight=2, value=3, bias=1, target=5)
    12
    """
    return 2 * (weight * value + bias - target) * value


def shared_weight_slope(*, slope1: float, slope2: float, value1: float, value2: float) -> float:
    """Return the slope of a weight that a filter used at two places, on two pixels.

    >>> shared_weight_slope(slope1=2, slope2=-1, value1=3, value2=4)
    2
    """
    return slope1 * value1 + slope2 * value2


def sgd_step(*, weight: float, slope: float, rate: float) -> float:
    """Return the weight after one step of gradient descent.

    >>> sgd_step(weight=1.0, slope=2.0, rate=0.25)
    0.5
    """
    return weight - rate * slope


def momentum_two_steps(*, weight: float, slope: float, rate: float, momentum: float) -> float:
    """Return the weight after two steps with momentum, by torch's rule, where the slope is the same at both.

    >>> momentum_two_steps(weight=1.0, slope=1.0, rate=0.25, momentum=0.5)
    0.375
    """
    first = slope
    second = momentum * first + slope
    return weight - rate * first - rate * second


def adam_first_step(*, weight: float, slope: float, rate: float) -> float:
    """Return the weight after Adam's first step: both averages are corrected to the slope itself.

    >>> round(adam_first_step(weight=1.0, slope=300.0, rate=0.25), 6)
    0.75
    """
    return weight - rate * slope / (abs(slope) + ADAM_EPSILON)


def decayed_weight(*, weight: float, rate: float, decay: float, steps: int) -> float:
    """Return a weight without any slope after some steps of AdamW: decay alone pulls it towards 0.

    >>> decayed_weight(weight=1.0, rate=0.5, decay=0.5, steps=2)
    0.5625
    """
    return weight * (1 - rate * decay) ** steps


def largest_stable_rate(*, curvature: float) -> float:
    """Return the rate above which gradient descent on half the curvature times x squared runs away.

    >>> largest_stable_rate(curvature=4)
    0.5
    """
    return 2 / curvature


def cosine_rate(*, rate: float, done: float) -> float:
    """Return what a cosine schedule has left of the rate after a share (0-1) of the run.

    >>> round(cosine_rate(rate=0.5, done=0.5), 6)
    0.25
    """
    return rate * (1 + math.cos(math.pi * done)) / 2


def warmed_up_rate(*, rate: float, step: int, warmup: int) -> float:
    """Return the rate of a step (counted from 1) of a warm-up in a straight line that reaches `rate` at its last step.

    >>> warmed_up_rate(rate=0.5, step=1, warmup=4)
    0.125
    """
    return rate * min(1.0, step / warmup)
