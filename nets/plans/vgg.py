"""VGG: nothing but 3x3 kernels, in blocks that halve space and double channels (arXiv:1409.1556, table 1)."""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

from nets.layers import Act, AdaptivePool, Conv, Dense, Dropout, Flatten, Layer, Norm, Pool, Shape, Stack, named

WIDTHS: Final = (64, 128, 256, 512, 512)
# How many convolutions each of the five blocks has: columns A, B, D and E of the table.
DEPTHS: Final[Mapping[int, tuple[int, ...]]] = MappingProxyType(
    {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
)


def vgg(classes: int, _shape: Shape, *, depth: int, is_normed: bool) -> Stack:
    """Return VGG with `depth` layers that learn; batch norm, where asked for, came after the paper."""
    after: list[Layer] = [Norm(), Act("ReLU")] if is_normed else [Act("ReLU")]
    layers: list[Layer] = []
    for width, convolutions in zip(WIDTHS, DEPTHS[depth], strict=True):
        for _ in range(convolutions):
            layers += [Conv(width, kernel=3, padding=1), *after]
        layers.append(Pool("max", kernel=2, stride=2))
    hidden = [layer for _ in range(2) for layer in (Dense(4096), Act("ReLU"), Dropout(0.5))]
    return named([*layers, AdaptivePool(7), ("flatten", Flatten()), *hidden, ("output", Dense(classes))])


PLANS: Final = MappingProxyType(
    {
        f"vgg{depth}{suffix}": partial(vgg, depth=depth, is_normed=bool(suffix))
        for suffix in ("", "_bn")
        for depth in DEPTHS
    }
)
INPUTS: Final[Mapping[str, Shape]] = MappingProxyType(dict.fromkeys(PLANS, (3, 224, 224)))
