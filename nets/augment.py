"""Random changes of training images, so that a network meets more ways to show the same thing."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from nets import changes
from nets.changes import Statistic
from nets.recipes import Recipe

_CHANGES: Final[Mapping[str, Callable[..., Tensor]]] = MappingProxyType(
    {
        "light": lambda images, generator: light(changes.as_float(images), generator),
        "flip": changes.flip,
        "crop": changes.crop,
        "flip_crop": changes.flip_crop,
        "rotate": changes.rotate,
        "affine": changes.affine,
        "resized_crop": changes.resized_crop,
        "colour": changes.colour,
        "noise": changes.noise,
        "cutout": changes.cutout,
    }
)


class Pipeline:
    """A recipe as one function from a batch as it is stored to a batch as a network takes it in training."""

    def __init__(self, recipe: Recipe, *, classes: int) -> None:
        self.recipe = recipe
        self._classes = classes
        self._blend: dict[str, Any] | None = next(
            (dict(step.settings) for step in recipe.steps if step.kind == "mixup"), None
        )
        self._steps = tuple((step.kind, dict(step.settings)) for step in recipe.changes)

    def __call__(
        self, images: Tensor, labels: Tensor, mean: Statistic, std: Statistic, generator: Generator | None = None
    ) -> tuple[Tensor, Tensor]:
        """Change, then normalise images (N, C, H, W) uint8, or float32 from 0 to 1; the originals stay as they are.

        Returns float32 images and the targets for cross-entropy: the labels (N,), or where the recipe has mixup
        the share of each class (N, classes) float32. All chance comes from `generator`, or from torch's own.
        """
        for kind, settings in self._steps:
            fill = {"fill": mean} if kind == "cutout" else {}
            images = _CHANGES[kind](images, generator=generator, **settings, **fill)
        if self._blend is None:
            return changes.normalise(images, mean=mean, std=std), labels
        images, share = changes.mixup(images, generator=generator, **self._blend)
        targets = changes.blended(labels, share=share, classes=self._classes)
        return changes.normalise(images, mean=mean, std=std), targets


def light(images: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Turn, scale, slant, stretch and move each image (N, C, H, W) a little, each by its own random amounts.

    Takes and returns float32 in which 0 is empty paper, on any device. One affine map per image, in the sense
    of Simard, Steinkraus and Platt 2003 (Best practices for convolutional neural networks, section 2).
    """
    count = len(images)

    def between(low: float, high: float) -> Tensor:
        return torch.empty(count, device=images.device).uniform_(low, high, generator=generator)  # (N,)

    turn = between(-0.26, 0.26)  # radians, 15 degrees each way
    slant = between(-0.5, 0.5)  # how far the top leans for each unit of height
    wide, tall = between(0.85, 1.2), between(0.85, 1.2)
    right, down = between(-0.12, 0.12), between(-0.12, 0.12)  # 1 is half a side: 2 pixels of 32
    cos, sin = turn.cos(), turn.sin()
    across = torch.stack([wide * cos, wide * (slant * cos - sin), right], dim=1)  # (N, 3)
    along = torch.stack([tall * sin, tall * (slant * sin + cos), down], dim=1)  # (N, 3)
    places = F.affine_grid(torch.stack([across, along], dim=1), list(images.shape), align_corners=False)  # (N, H, W, 2)
    return F.grid_sample(images, places, align_corners=False)  # (N, C, H, W)
