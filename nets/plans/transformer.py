"""Vision transformers: patches as words (arXiv:2010.11929)."""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

from nets.layers import (
    Act,
    Dense,
    Layer,
    Norm,
    PatchEmbed,
    Residual,
    SelfAttention,
    Shape,
    Stack,
    TakeToken,
    named,
)

BY_LAYER: Final = Norm("layer")
WIDENING: Final = 4


def vit(classes: int, _shape: Shape, *, patch: int, width: int, depth: int, heads: int) -> Stack:
    """Return `depth` blocks of attention and two dense layers, each behind a norm, with shortcuts around both."""
    layers: list[Layer] = [PatchEmbed(width, patch=patch)]
    for _ in range(depth):
        layers += [
            Residual(named([BY_LAYER, SelfAttention(heads)])),
            Residual(named([BY_LAYER, Dense(WIDENING * width), Act("GELU"), Dense(width)])),
        ]
    return named([*layers, BY_LAYER, TakeToken(0), ("output", Dense(classes))])


PLANS: Final = MappingProxyType(
    {
        # The width, depth and heads of DeiT-Ti (Touvron et al. 2020, arXiv:2012.12877, table 1), patches for 32x32.
        "vit_tiny": partial(vit, patch=4, width=192, depth=12, heads=3),
        "vit_b_16": partial(vit, patch=16, width=768, depth=12, heads=12),
    }
)
INPUTS: Final[Mapping[str, Shape]] = MappingProxyType({"vit_tiny": (3, 32, 32), "vit_b_16": (3, 224, 224)})
