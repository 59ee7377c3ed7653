"""MobileNet-V3, small and large: inverted bottlenecks found by search (arXiv:1905.02244, tables 1 and 2)."""

from collections.abc import Mapping
from functools import partial
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
    named,
)

# kernel, expanded channels, output channels, gate, activation, stride: one row of the table each.
Row = tuple[int, int, int, bool, str, int]
SMALL: Final[tuple[Row, ...]] = (
    (3, 16, 16, True, "ReLU", 2),
    (3, 72, 24, False, "ReLU", 2),
    (3, 88, 24, False, "ReLU", 1),
    (5, 96, 40, True, "Hardswish", 2),
    (5, 240, 40, True, "Hardswish", 1),
    (5, 240, 40, True, "Hardswish", 1),
    (5, 120, 48, True, "Hardswish", 1),
    (5, 144, 48, True, "Hardswish", 1),
    (5, 288, 96, True, "Hardswish", 2),
    (5, 576, 96, True, "Hardswish", 1),
    (5, 576, 96, True, "Hardswish", 1),
)
LARGE: Final[tuple[Row, ...]] = (
    (3, 16, 16, False, "ReLU", 1),
    (3, 64, 24, False, "ReLU", 2),
    (3, 72, 24, False, "ReLU", 1),
    (5, 72, 40, True, "ReLU", 2),
    (5, 120, 40, True, "ReLU", 1),
    (5, 120, 40, True, "ReLU", 1),
    (3, 240, 80, False, "Hardswish", 2),
    (3, 200, 80, False, "Hardswish", 1),
    (3, 184, 80, False, "Hardswish", 1),
    (3, 184, 80, False, "Hardswish", 1),
    (3, 480, 112, True, "Hardswish", 1),
    (3, 672, 112, True, "Hardswish", 1),
    (5, 672, 160, True, "Hardswish", 2),
    (5, 960, 160, True, "Hardswish", 1),
    (5, 960, 160, True, "Hardswish", 1),
)


def mobilenet_v3(classes: int, _shape: Shape, *, rows: tuple[Row, ...], hidden: int) -> Stack:
    """Return the network whose bottlenecks are `rows`, with `hidden` units before the last layer."""
    layers = _conv_norm(16, kernel=3, stride=2, act="Hardswish")
    reached = 16
    for row in rows:
        layers += _bottleneck(reached, row)
        reached = row[2]
    layers += [*_conv_norm(6 * reached, kernel=1, act="Hardswish"), AdaptivePool(1)]
    head = (Dense(hidden), Act("Hardswish"), Dropout(0.2))
    return named([*layers, ("flatten", Flatten()), *head, ("output", Dense(classes))])


def _bottleneck(reached: int, row: Row) -> list[Layer]:
    """Widen, look around in each channel alone, gate, narrow; with a shortcut where the shape stays."""
    kernel, expanded, out, has_gate, act, stride = row
    body: list[Layer] = _conv_norm(expanded, kernel=1, act=act) if expanded != reached else []
    body += _conv_norm(expanded, kernel=kernel, stride=stride, groups=expanded, act=act)
    body += [_gate(expanded)] if has_gate else []
    body += [Conv(out, kernel=1, bias=False), Norm()]
    return [Residual(named(body))] if stride == 1 and reached == out else body


def _gate(channels: int) -> Gate:
    """A quarter of the channels in the middle, as a multiple of eight (section 5.3)."""
    squeezed = divisible(channels / 4)
    act = (Act("ReLU"), Conv(channels, kernel=1), Act("Hardsigmoid"))
    return Gate(named([AdaptivePool(1), Conv(squeezed, kernel=1), *act]))


def divisible(channels: float, *, by: int = 8) -> int:
    """Return the multiple of `by` nearest to `channels`, never more than a tenth below it.

    From the authors' code; hardware likes such widths.

    >>> [divisible(channels) for channels in (4, 18, 30, 44)]
    [8, 24, 32, 48]
    """
    nearest = max(by, int(channels + by / 2) // by * by)
    return nearest if nearest >= 0.9 * channels else nearest + by


def _conv_norm(out: int, *, kernel: int, act: str, stride: int = 1, groups: int = 1) -> list[Layer]:
    conv = Conv(out, kernel=kernel, stride=stride, padding=kernel // 2, groups=groups, bias=False)
    return [conv, Norm(), Act(act)]


PLANS: Final = MappingProxyType(
    {
        "mobilenet_v3_small": partial(mobilenet_v3, rows=SMALL, hidden=1024),
        "mobilenet_v3_large": partial(mobilenet_v3, rows=LARGE, hidden=1280),
    }
)
INPUTS: Final[Mapping[str, Shape]] = MappingProxyType(dict.fromkeys(PLANS, (3, 224, 224)))
