"""Every architecture that a spec can name, one idea to a file; `nets.architectures` says what is where."""

import json
from collections.abc import Callable
from functools import partial
from importlib import import_module
from types import MappingProxyType
from typing import Final

from torch import nn

from nets import layers
from nets.architectures import ARCHITECTURES, DRAWN, Architecture
from nets.specs import TrainSpec
from nets.zoo import drawn, library

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


def build_for(spec: TrainSpec) -> nn.Module:
    """Make the network that `spec` asks for, drawn ones too, with fresh weights for its images and classes.

    `library.LibraryError` says what is missing for a network of another package.
    """
    data = spec.dataset
    if spec.arch == DRAWN:
        return drawn.build_stack(layers.parse(json.loads(spec.layers)), shape=data.shape)
    return build(spec.arch, shape=data.shape, classes=len(data.classes))
