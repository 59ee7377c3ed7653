"""The sums of `learning` with one common mistake built in, to recognise it in an answer and explain it.

A mistake takes the same keywords as the function it gets wrong. Some ignore one of them: ignoring it is the mistake.
"""

import math

from nets.reference.learning import cosine_rate, decayed_weight, sgd_step, unit_weight_slope

__all__ = [
    "adam_first_step_as_sgd",
    "adam_first_step_uphill",
    "cosine_rate_in_a_straight_line",
    "cosine_rate_so_far",
    "decayed_weight_once",
    "decayed_weight_without_rate",
    "largest_stable_rate_halved",
    "largest_stable_rate_upside_down",
    "loss_as_distance",
    "loss_in_bits",
    "loss_in_tens",
    "momentum_two_steps_averaged",
    "momentum_two_steps_of_sgd",
    "sgd_step_uphill",
    "sgd_step_without_rate",
    "shared_weight_slope_averaged",
    "shared_weight_slope_of_last_place",
    "shared_weight_slope_of_sums",
    "slope_of_right_logit_turned",
    "slope_of_right_logit_without_target",
    "slope_of_share",
    "unit_weight_slope_of_bias",
    "unit_weight_slope_of_value",
    "unit_weight_slope_without_two",
    "warmed_up_rate_at_once",
    "warmed_up_rate_counted_down",
]


def loss_in_tens(*, share: float) -> float:
    """Take the logarithm to base 10."""
    return -math.log10(share)


def loss_in_bits(*, share: float) -> float:
    """Take the logarithm to base 2."""
    return -math.log2(share)


def loss_as_distance(*, share: float) -> float:
    """Take what is missing to 1."""
    return 1 - share


def slope_of_right_logit_without_target(*, share: float) -> float:
    """Forget to take y off."""
    return share


def slope_of_right_logit_turned(*, share: float) -> float:
    """Turn the sign: the step, not the slope."""
    return 1 - share


def slope_of_share(*, share: float) -> float:
    """Stop at the probability: the slope of -log p with p."""
    return -1 / share


def unit_weight_slope_without_two(*, weight: float, value: float, bias: float, target: float) -> float:
    """Forget the two of the square."""
    return unit_weight_slope(weight=weight, value=value, bias=bias, target=target) / 2


def unit_weight_slope_of_bias(*, weight: float, value: float, bias: float, target: float) -> float:
    """Stop at the sum: the last factor of the chain is missing."""
    return 2 * (weight * value + bias - target)


def unit_weight_slope_of_value(*, weight: float, value: float, bias: float, target: float) -> float:
    """Multiply by the weight: the slope of the input."""
    return 2 * (weight * value + bias - target) * weight


def shared_weight_slope_of_last_place(*, slope1: float, slope2: float, value1: float, value2: float) -> float:
    """Let the second place overwrite the first."""
    return slope2 * value2


def shared_weight_slope_averaged(*, slope1: float, slope2: float, value1: float, value2: float) -> float:
    """Average over the places."""
    return (slope1 * value1 + slope2 * value2) / 2


def shared_weight_slope_of_sums(*, slope1: float, slope2: float, value1: float, value2: float) -> float:
    """Add up first, multiply then."""
    return (slope1 + slope2) * (value1 + value2)


def sgd_step_uphill(*, weight: float, slope: float, rate: float) -> float:
    """Go with the slope."""
    return weight + rate * slope


def sgd_step_without_rate(*, weight: float, slope: float, rate: float) -> float:
    """Take the whole slope off."""
    return weight - slope


def momentum_two_steps_of_sgd(*, weight: float, slope: float, rate: float, momentum: float) -> float:
    """Forget the momentum."""
    return weight - 2 * rate * slope


def momentum_two_steps_averaged(*, weight: float, slope: float, rate: float, momentum: float) -> float:
    """Mix old and new, as a mean does: torch adds the new slope whole."""
    first = (1 - momentum) * slope
    second = momentum * first + (1 - momentum) * slope
    return weight - rate * (first + second)


def adam_first_step_as_sgd(*, weight: float, slope: float, rate: float) -> float:
    """Let the size of the slope decide how far the step goes."""
    return sgd_step(weight=weight, slope=slope, rate=rate)


def adam_first_step_uphill(*, weight: float, slope: float, rate: float) -> float:
    """Go with the slope."""
    return weight + math.copysign(rate, slope)


def decayed_weight_without_rate(*, weight: float, rate: float, decay: float, steps: int) -> float:
    """Let the decay act whole at each step."""
    return weight * (1 - decay) ** steps


def decayed_weight_once(*, weight: float, rate: float, decay: float, steps: int) -> float:
    """Decay once, however many steps there are."""
    return decayed_weight(weight=weight, rate=rate, decay=decay, steps=1)


def largest_stable_rate_halved(*, curvature: float) -> float:
    """Take the rate that lands on the floor in one step."""
    return 1 / curvature


def largest_stable_rate_upside_down(*, curvature: float) -> float:
    """Divide the wrong way."""
    return curvature / 2


def cosine_rate_in_a_straight_line(*, rate: float, done: float) -> float:
    """Fall evenly."""
    return rate * (1 - done)


def cosine_rate_so_far(*, rate: float, done: float) -> float:
    """Take what has been given up for what is left."""
    return rate - cosine_rate(rate=rate, done=done)


def warmed_up_rate_at_once(*, rate: float, step: int, warmup: int) -> float:
    """Skip the warm-up."""
    return rate


def warmed_up_rate_counted_down(*, rate: float, step: int, warmup: int) -> float:
    """Begin at the top and fall."""
    return rate * (1 - step / warmup)
