"""Every architecture that a spec can name, one file each."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from torch import nn

from nets.zoo.lenet5 import LeNet5
from nets.zoo.threeblock import ThreeBlock

ZOO: Final = MappingProxyType[str, Callable[[tuple[int, int, int], int], nn.Module]](
    {"lenet5": LeNet5, "threeblock": ThreeBlock}
)


def build(arch: str, *, shape: tuple[int, int, int], classes: int) -> nn.Module:
    """Make the network `arch` with fresh weights for images of `shape` (C, H, W); KeyError for an unknown name."""
    return ZOO[arch](shape, classes)
