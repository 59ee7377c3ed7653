"""What lies open in a network: the filters it holds and the maps that it makes of a picture."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from nets.modes import judged


@dataclass(slots=True)
class Watched:
    """What one layer put out in the last forward pass: `maps` (N, C, H, W), with their gradient history."""

    maps: Tensor = field(default_factory=lambda: torch.empty(0))


@contextmanager
def watching(layer: nn.Module) -> Iterator[Watched]:
    """Keep what `layer` puts out while the block runs; the hook is gone afterwards, whatever happens.

    A layer that runs several times in one pass is seen as it ran last.
    """
    watched = Watched()

    def keep(_layer: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:
        watched.maps = output
        # A ReLU that works in place would write over what is kept: it gets a copy instead.
        return output.clone()

    handle = layer.register_forward_hook(keep)
    try:
        yield watched
    finally:
        handle.remove()


def convolutions(model: nn.Module) -> list[str]:
    """Return the names of the convolutions of `model`, from input to output."""
    return [name for name, layer in model.named_modules() if isinstance(layer, nn.Conv2d)]


def filters(model: nn.Module, *, layer: str | None = None) -> Tensor:
    """Return a copy of the weights of a convolution, by default the first: (K, C / groups, h, w).

    The first layer's filters can be read as pictures of what they answer to (Zeiler and Fergus 2014,
    arXiv:1311.2901, section 4). Raises KeyError for a layer that is no convolution of this network.
    """
    names = convolutions(model)
    name = layer if layer is not None or not names else names[0]
    if name not in names:
        raise KeyError(f"Filters are held by {', '.join(names) or 'no layer'}; {name!r} was given.")
    weight: Tensor = model.get_submodule(name).get_parameter("weight")
    return weight.detach().clone()


@torch.no_grad()
def feature_maps(model: nn.Module, images: Tensor, *, layer: str) -> Tensor:
    """Return what `layer` makes of normalised `images` (N, C, H, W): maps (N, K, h, w), or units (N, K).

    Raises KeyError for a name that no layer of this network has.
    """
    with judged(model), watching(named_layer(model, layer)) as watched:
        model(images)
    return watched.maps.clone()


def named_layer(model: nn.Module, name: str) -> nn.Module:
    """Return the layer `name`, at any depth; raises KeyError, with the names that there are, for any other."""
    layers = dict(model.named_modules())
    if not name or name not in layers:
        raise KeyError(f"The layers of this network are {', '.join(key for key in layers if key)}; {name!r} was given.")
    layer: nn.Module = layers[name]
    return layer
