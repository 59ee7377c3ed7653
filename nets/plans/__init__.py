"""Every architecture by formula, without torch: a name, and a function from classes and input shape to its layers."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from nets.layers import Shape, Stack
from nets.plans import course, early, efficientnet, mobilenet, residual, transformer, vgg

Plan = Callable[[int, Shape], Stack]

PLANS: Final[Mapping[str, Plan]] = MappingProxyType(
    {
        **course.PLANS,
        **early.PLANS,
        **vgg.PLANS,
        **residual.PLANS,
        **mobilenet.PLANS,
        **efficientnet.PLANS,
        **transformer.PLANS,
    }
)

# The shape (C, H, W) that each architecture was made for; most take others too.
INPUTS: Final[Mapping[str, Shape]] = MappingProxyType(
    {
        **course.INPUTS,
        **early.INPUTS,
        **vgg.INPUTS,
        **residual.INPUTS,
        **mobilenet.INPUTS,
        **efficientnet.INPUTS,
        **transformer.INPUTS,
    }
)


def plan(arch: str, *, shape: Shape, classes: int) -> Stack:
    """Return the layers of `arch` for images of `shape` (C, H, W); raises KeyError for an unknown architecture."""
    return PLANS[arch](classes, shape)
