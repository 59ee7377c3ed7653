"""Every architecture that a spec can name, one idea to a file; `nets.architectures` says what is where."""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from types import MappingProxyType
from typing import Final

from torch import nn

from nets.architectures import ARCHITECTURES, Architecture
from nets.zoo import library

Constructor = Callable[[tuple[int, int, int], int], nn.Module]


def _constructor(network: Architecture) -> Constructor:
    """Return the class of `network` with its options filled in."""
    module = import_module(f"nets.zoo.{network.file}")
    return partial(getattr(module, network.network), **network.options)


ZOO: Final = MappingProxyType[str, Constructor]({name: _constructor(entry) for name, entry in ARCHITECTURES.items()})


def build(arch: str, *, shape: tuple[int, int, int], classes: int) -> nn.Module:
    """Make the network `arch` with fresh weights for images of `shape` (C, H, W).

    A name like "torchvision/resnet18" is made by that package: `library.LibraryError` says what is missing.
    KeyError for any other unknown name.
    """
    if "/" in arch:
        return library.build(arch, shape=shape, classes=classes)
    return ZOO[arch](shape, classes)
