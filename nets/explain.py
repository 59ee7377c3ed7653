"""Where a network looked: Grad-CAM."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(slots=True)
class Watched:
    """What one layer put out in the last forward pass: `maps` (N, C, H, W), with their gradient history."""

    maps: Tensor = field(default_factory=lambda: torch.empty(0))


def convolutions(model: nn.Module) -> list[str]:
    """Return the names of the layers that Grad-CAM can be asked for, from input to output."""
    return [name for name, layer in model.named_modules() if isinstance(layer, nn.Conv2d)]


@contextmanager
def watching(layer: nn.Module) -> Iterator[Watched]:
    """Keep what `layer` puts out while the block runs; the hook is gone afterwards, whatever happens."""
    watched = Watched()

    def keep(_layer: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> None:
        watched.maps = output

    handle = layer.register_forward_hook(keep)
    try:
        yield watched
    finally:
        handle.remove()


def grad_cam(model: nn.Module, images: Tensor, *, class_index: int, layer: str | None = None) -> Tensor:
    """Return where `model` finds evidence for a class: (N, H, W) float32 from 0 to 1, at the images' size.

    `images` are normalised, (N, C, H, W). `layer` is a name from `convolutions`, by default the last one. The
    maps of the layer are weighted by the mean gradient of the class's logit, summed, and cut off at zero
    (Selvaraju et al. 2017, arXiv:1610.02391, equations 1 and 2). All zeros mean that nothing speaks for the
    class. Raises KeyError for a layer that is no convolution of this network.
    """
    names = convolutions(model)
    name = names[-1] if layer is None else layer
    if name not in names:
        raise KeyError(f"Grad-CAM needs one of the layers {', '.join(names)}; {name!r} was given.")
    model.eval()
    with torch.enable_grad(), watching(model.get_submodule(name)) as watched:
        logits = model(images)  # (N, classes)
        (gradient,) = torch.autograd.grad(logits[:, class_index].sum(), watched.maps)  # (N, K, h, w)
    weights = gradient.mean(dim=(2, 3), keepdim=True)  # (N, K, 1, 1)
    heat = F.relu((weights * watched.maps.detach()).sum(dim=1, keepdim=True))  # (N, 1, h, w)
    heat = F.interpolate(heat, size=images.shape[2:], mode="bilinear", align_corners=False)[:, 0]  # (N, H, W)
    highest = heat.amax(dim=(1, 2), keepdim=True)
    return heat / highest.clamp_min(torch.finfo(heat.dtype).tiny)
