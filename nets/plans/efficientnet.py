"""EfficientNet B0 to B7: one network, made deeper, wider and finer by one formula (arXiv:1905.11946)."""

from collections.abc import Mapping
from functools import partial
from math import ceil
from types import MappingProxyType
from typing import Final

from nets.layers import (
    Act,
    AdaptivePool,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Gate,
    Layer,
    Norm,
    Residual,
    Shape,
    Stack,
    StochasticDepth,
    named,
)
from nets.plans.mobilenet import divisible

# expansion, kernel, stride of the first block, channels in, channels out, blocks: table 1 of the paper (B0).
STAGES: Final = (
    (1, 3, 1, 32, 16, 1),
    (6, 3, 2, 16, 24, 2),
    (6, 5, 2, 24, 40, 2),
    (6, 3, 2, 40, 80, 3),
    (6, 5, 1, 80, 112, 3),
    (6, 5, 2, 112, 192, 4),
    (6, 3, 1, 192, 320, 1),
)
# width, depth, side of the input in pixels, dropout: the released settings of B0 to B7, rounded from the formula
# width 1.1^phi, depth 1.2^phi, side 224 x 1.15^phi.
SCALES: Final = (
    (1.0, 1.0, 224, 0.2),
    (1.0, 1.1, 240, 0.2),
    (1.1, 1.2, 260, 0.3),
    (1.2, 1.4, 300, 0.3),
    (1.4, 1.8, 380, 0.4),
    (1.6, 2.2, 456, 0.4),
    (1.8, 2.6, 528, 0.5),
    (2.0, 3.1, 600, 0.5),
)
DROPPED_BLOCKS: Final = 0.2


def efficientnet(classes: int, _shape: Shape, *, width: float, depth: float, dropout: float) -> Stack:
    """Return the network whose channels are `width` and whose stages are `depth` times those of B0."""
    layers = _conv_norm(divisible(32 * width), kernel=3, stride=2)
    total = sum(ceil(count * depth) for *_, count in STAGES)
    done = 0
    for expansion, kernel, first_stride, start, end, count in STAGES:
        out = divisible(end * width)
        for block in range(ceil(count * depth)):
            reached = out if block else divisible(start * width)
            stride = 1 if block else first_stride
            # Later blocks are left out more often: from never to nearly one in five.
            p = DROPPED_BLOCKS * done / total
            layers += _block(reached, out, expanded=reached * expansion, kernel=kernel, stride=stride, dropped=p)
            done += 1
    layers += [*_conv_norm(4 * divisible(320 * width), kernel=1), AdaptivePool(1)]
    return named([*layers, ("flatten", Flatten()), Dropout(dropout), ("output", Dense(classes))])


def _block(reached: int, out: int, *, expanded: int, kernel: int, stride: int, dropped: float) -> list[Layer]:
    """Widen, look around in each channel alone, gate, narrow; with a shortcut where the shape stays."""
    body: list[Layer] = _conv_norm(expanded, kernel=1) if expanded != reached else []
    body += _conv_norm(expanded, kernel=kernel, stride=stride, groups=expanded)
    body += [_gate(expanded, squeezed=max(1, reached // 4)), Conv(out, kernel=1, bias=False), Norm()]
    if stride != 1 or reached != out:
        return body
    return [Residual(named([*body, StochasticDepth(dropped)]))]


def _gate(channels: int, *, squeezed: int) -> Gate:
    act = (Act("SiLU"), Conv(channels, kernel=1), Act("Sigmoid"))
    return Gate(named([AdaptivePool(1), Conv(squeezed, kernel=1), *act]))


def _conv_norm(out: int, *, kernel: int, stride: int = 1, groups: int = 1) -> list[Layer]:
    conv = Conv(out, kernel=kernel, stride=stride, padding=kernel // 2, groups=groups, bias=False)
    return [conv, Norm(), Act("SiLU")]


PLANS: Final = MappingProxyType(
    {
        f"efficientnet_b{step}": partial(efficientnet, width=width, depth=depth, dropout=dropout)
        for step, (width, depth, _, dropout) in enumerate(SCALES)
    }
)
INPUTS: Final[Mapping[str, Shape]] = MappingProxyType(
    {f"efficientnet_b{step}": (3, side, side) for step, (_, _, side, _) in enumerate(SCALES)}
)
