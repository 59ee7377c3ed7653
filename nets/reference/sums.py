"""Compute what layers compute, on plain lists of numbers."""

import math
from collections.abc import Sequence

__all__ = [
    "byte_sum",
    "centre_surround_answer",
    "cross_correlate",
    "cross_entropy",
    "max_pool",
    "mean_and_deviation",
    "neuron_output",
    "normalised",
    "relu",
    "sigmoid",
    "sobel_on_step",
    "softmax",
    "unit_value",
    "weighted_sum",
    "window_sum",
]

Grid = Sequence[Sequence[float]]


def unit_value(*, value: int) -> float:
    """Bring a byte (0-255) to the range 0-1.

    >>> unit_value(value=51)
    0.2
    """
    return value / 255


def byte_sum(*, first: int, second: int) -> int:
    """Add two bytes as uint8 does: past 255 it starts again at 0.

    >>> byte_sum(first=200, second=100)
    44
    """
    return (first + second) % 256


def normalised(*, value: float, mean: float, deviation: float) -> float:
    """Return how many standard deviations a value lies above the mean.

    >>> normalised(value=0.75, mean=0.5, deviation=0.25)
    1.0
    """
    return (value - mean) / deviation


def mean_and_deviation(values: Sequence[float]) -> tuple[float, float]:
    """Return the mean and the standard deviation (divided by n, not n - 1) of all values together.

    >>> mean_and_deviation([0.0, 0.0, 1.0, 1.0])
    (0.5, 0.5)
    """
    mean = math.fsum(values) / len(values)
    return mean, math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))


def weighted_sum(*, values: Sequence[float], weights: Sequence[float], bias: float = 0.0) -> float:
    """Multiply each value by its weight, add up, add the bias.

    Raises ValueError when there is not exactly one weight per value.

    >>> weighted_sum(values=[1, 0, 1], weights=[2, 5, -1], bias=0.5)
    1.5
    """
    return math.fsum(value * weight for value, weight in zip(values, weights, strict=True)) + bias


def relu(z: float) -> float:
    """Keep what is positive, put 0 for the rest.

    >>> relu(-2.0), relu(3.0)
    (0.0, 3.0)
    """
    return max(0.0, z)


def sigmoid(z: float) -> float:
    """Squeeze any number into 0-1, with 0 going to one half.

    >>> sigmoid(0.0)
    0.5
    """
    if z >= 0:
        return 1 / (1 + math.exp(-z))
    grown = math.exp(z)  # for negative z this form cannot overflow
    return grown / (1 + grown)


def neuron_output(*, x1: float, x2: float, w1: float, w2: float, bias: float) -> float:
    """Return the output of one unit with two inputs and ReLU.

    >>> neuron_output(x1=2, x2=3, w1=1, w2=-1, bias=4)
    3.0
    """
    return relu(weighted_sum(values=[x1, x2], weights=[w1, w2], bias=bias))


def softmax(logits: Sequence[float]) -> list[float]:
    """Turn scores into probabilities; the largest score is taken off first so that no power overflows.

    >>> softmax([0.0, 0.0])
    [0.5, 0.5]
    """
    largest = max(logits)
    powers = [math.exp(score - largest) for score in logits]
    total = math.fsum(powers)
    return [power / total for power in powers]


def cross_entropy(logits: Sequence[float], *, target: int) -> float:
    """Return minus the natural logarithm of the probability that softmax gives the right class.

    >>> round(cross_entropy([0.0, 0.0], target=1), 4)
    0.6931
    """
    largest = max(logits)
    log_total = largest + math.log(math.fsum(math.exp(score - largest) for score in logits))
    return log_total - logits[target]


def cross_correlate(image: Grid, *, kernel: Grid) -> list[list[float]]:
    """Slide a kernel over a picture and return the weighted sum at every place where it fits (stride 1, no padding).

    This is what deep-learning libraries call convolution: the kernel is not turned round.

    >>> cross_correlate([[1, 2], [3, 4]], kernel=[[1, 0], [0, 1]])
    [[5.0]]
    """
    high, wide = len(kernel), len(kernel[0])
    weights = [weight for row in kernel for weight in row]
    return [
        [
            weighted_sum(
                values=[v for row in image[top : top + high] for v in row[left : left + wide]], weights=weights
            )
            for left in range(len(image[0]) - wide + 1)
        ]
        for top in range(len(image) - high + 1)
    ]


def max_pool(image: Grid, *, kernel: int) -> list[list[float]]:
    """Keep the largest value of each window; windows do not overlap and an incomplete one at the edge is left out.

    >>> max_pool([[1, 5], [3, 2]], kernel=2)
    [[5]]
    """
    rows, columns = len(image) // kernel, len(image[0]) // kernel
    return [
        [
            max(image[r * kernel + i][c * kernel + j] for i in range(kernel) for j in range(kernel))
            for c in range(columns)
        ]
        for r in range(rows)
    ]


def window_sum(
    *, p11: float, p12: float, p21: float, p22: float, k11: float, k12: float, k21: float, k22: float
) -> float:
    """Return what a 2x2 kernel answers on a 2x2 window; names hold row and column, p for pixels, k for the kernel.

    >>> window_sum(p11=1, p12=2, p21=3, p22=4, k11=1, k12=0, k21=0, k22=-1)
    -3.0
    """
    return weighted_sum(values=[p11, p12, p21, p22], weights=[k11, k12, k21, k22])


def centre_surround_answer(*, centre: float, value: float) -> float:
    """Return what a 3x3 kernel, `centre` inside and -1 round it, answers on a flat area of brightness `value`.

    >>> centre_surround_answer(centre=9, value=50)
    50.0
    """
    return weighted_sum(values=[value] * 9, weights=[centre] + [-1] * 8)


def sobel_on_step(*, left: float, right: float) -> float:
    """Return the answer of Sobel's rows (-1 0 1), (-2 0 2), (-1 0 1) where a step from `left` to `right` runs down.

    >>> sobel_on_step(left=10, right=20)
    40.0
    """
    window = [[left, (left + right) / 2, right]] * 3
    return cross_correlate(window, kernel=[[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])[0][0]
