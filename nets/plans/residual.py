"""Residual networks for CIFAR and ImageNet (arXiv:1512.03385), their plain twins, and a fast one of nine layers."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

from nets.layers import (
    Act,
    AdaptivePool,
    Conv,
    Dense,
    Flatten,
    Layer,
    Norm,
    Pool,
    Residual,
    Shape,
    Stack,
    Widen,
    named,
)

RELU: Final = Act("ReLU")
# Blocks in each of four stages, and whether they are bottlenecks: table 1 of the paper.
STAGES: Final[Mapping[int, tuple[tuple[int, ...], bool]]] = MappingProxyType(
    {
        18: ((2, 2, 2, 2), False),
        34: ((3, 4, 6, 3), False),
        50: ((3, 4, 6, 3), True),
        101: ((3, 4, 23, 3), True),
        152: ((3, 8, 36, 3), True),
    }
)
BOTTLENECK_WIDENING: Final = 4


def small(classes: int, _shape: Shape, *, depth: int, has_shortcuts: bool) -> Stack:
    """Return the network of section 4.2: 6n + 2 layers of 16, 32 and 64 filters, with shortcuts or without.

    Shortcuts learn nothing (option A, as there): where the width doubles, every second pixel and zeros beside it.
    A plain network and its residual twin therefore have the same number of parameters.
    """
    layers = [*_conv_norm(16), RELU]
    for stage, width in enumerate((16, 32, 64)):
        for block in range((depth - 2) // 6):
            stride = 2 if stage and not block else 1
            body = (*_conv_norm(width, stride=stride), RELU, *_conv_norm(width))
            shortcut = named([Widen(width, stride=2)]) if stride == 2 else ()
            layers += [Residual(named(body), shortcut)] if has_shortcuts else body
            layers.append(RELU)
    return named([*layers, *_head(classes)])


def large(classes: int, _shape: Shape, *, depth: int) -> Stack:
    """Return the network of table 1; a 1x1 convolution is the shortcut where the shape changes (option B).

    A bottleneck takes its stride in the 3x3 convolution, as torchvision's does; the paper has it in the first 1x1.
    """
    blocks, is_bottleneck = STAGES[depth]
    layers = [*_conv_norm(64, kernel=7, stride=2), RELU, Pool("max", kernel=3, stride=2, padding=1)]
    reached = 64
    for stage, count in enumerate(blocks):
        width = 64 * 2**stage
        out = width * BOTTLENECK_WIDENING if is_bottleneck else width
        for block in range(count):
            stride = 2 if stage and not block else 1
            body = _bottleneck(width, out, stride) if is_bottleneck else _basic(width, stride)
            changes = stride != 1 or reached != out
            shortcut = named(_conv_norm(out, kernel=1, stride=stride)) if changes else ()
            layers += [Residual(named(body), shortcut), RELU]
            reached = out
    return named([*layers, *_head(classes)])


def resnet9(classes: int, _shape: Shape) -> Stack:
    """Return the fast network of Page 2018, "How to train your ResNet": 64, 128, 256, 512 filters, two shortcuts."""
    halved = Pool("max", kernel=2, stride=2)
    layers = [*_conv_norm(64), RELU]
    for width, has_block in ((128, True), (256, False), (512, True)):
        layers += [*_conv_norm(width), RELU, halved]
        if has_block:
            layers.append(Residual(named([*_conv_norm(width), RELU, *_conv_norm(width), RELU])))
    highest = AdaptivePool(1, "max")
    return named([*layers, highest, ("flatten", Flatten()), ("output", Dense(classes, bias=False))])


def small_resnet(classes: int, _shape: Shape) -> Stack:
    """Return the course's backbone: a stem of 32, pooling, and one basic block each of 32, 64 and 128 filters."""
    layers = [*_conv_norm(32), RELU, Pool("max", kernel=2, stride=2)]
    for width, stride in ((32, 1), (64, 2), (128, 2)):
        shortcut = named(_conv_norm(width, kernel=1, stride=stride)) if stride != 1 else ()
        layers += [Residual(named(_basic(width, stride)), shortcut), RELU]
    return named([*layers, *_head(classes)])


def _conv_norm(out: int, *, kernel: int = 3, stride: int = 1) -> list[Layer]:
    """A convolution that keeps the size but for its stride; the norm's shift stands in for a bias."""
    return [Conv(out, kernel=kernel, stride=stride, padding=kernel // 2, bias=False), Norm()]


def _basic(width: int, stride: int) -> list[Layer]:
    return [*_conv_norm(width, stride=stride), RELU, *_conv_norm(width)]


def _bottleneck(width: int, out: int, stride: int) -> list[Layer]:
    narrow = [*_conv_norm(width, kernel=1), RELU, *_conv_norm(width, stride=stride), RELU]
    return [*narrow, *_conv_norm(out, kernel=1)]


def _head(classes: int) -> list[Layer | tuple[str, Layer]]:
    return [AdaptivePool(1), ("flatten", Flatten()), ("output", Dense(classes))]


_SMALL: Final = (20, 32, 56)
PLANS: Final[Mapping[str, Callable[[int, Shape], Stack]]] = MappingProxyType(
    {
        **{f"plain{depth}": partial(small, depth=depth, has_shortcuts=False) for depth in _SMALL},
        **{f"resnet{depth}": partial(small, depth=depth, has_shortcuts=True) for depth in _SMALL},
        **{f"resnet{depth}": partial(large, depth=depth) for depth in STAGES},
        "resnet9": resnet9,
        "small_resnet": small_resnet,
    }
)
INPUTS: Final[Mapping[str, Shape]] = MappingProxyType(
    {
        **dict.fromkeys(PLANS, (3, 32, 32)),
        **{f"resnet{depth}": (3, 224, 224) for depth in STAGES},
    }
)
