"""Where a network finds evidence for a class: saliency, SmoothGrad, occlusion and Grad-CAM.

Every function takes normalised `images` (N, C, H, W) and a `class_index` from 0, judges the network in eval mode,
and leaves it as it was: modes, gradients and hooks. What such maps do not prove is said by Adebayo et al. 2018
(arXiv:1810.03292): some stay much the same when the network's weights are drawn anew.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nets.explain.maps import convolutions, named_layer, watching
from nets.modes import judged

AT_ONCE = 256


def input_gradient(model: nn.Module, images: Tensor, *, class_index: int) -> Tensor:
    """Return how the logit of a class answers to each value of its image: (N, C, H, W), with sign, unscaled."""
    with torch.enable_grad(), judged(model):
        images = images.detach().clone().requires_grad_()
        logits = model(images)  # (N, classes)
        (gradient,) = torch.autograd.grad(logits[:, class_index].sum(), images)  # (N, C, H, W)
    return gradient


def saliency(model: nn.Module, images: Tensor, *, class_index: int) -> Tensor:
    """Return how much each pixel matters for a class: (N, H, W) from 0 to 1, the highest of each image being 1.

    The absolute gradient of the class's logit, its largest over the channels (Simonyan, Vedaldi and Zisserman
    2013, arXiv:1312.6034, section 3).
    """
    return _shown(input_gradient(model, images, class_index=class_index))


def smooth_grad(
    model: nn.Module, images: Tensor, *, class_index: int, samples: int = 25, noise: float = 0.15, seed: int = 0
) -> Tensor:
    """Return saliency with less speckle: (N, H, W) from 0 to 1.

    The mean gradient over `samples` copies of each image with Gaussian noise, whose standard deviation is `noise`
    times the image's range (Smilkov et al. 2017, arXiv:1706.03825, section 3). The noise comes from `seed` alone:
    torch's own generator is left where it stands.
    """
    dice = torch.Generator(device=images.device).manual_seed(seed)
    spread = noise * (images.amax(dim=(1, 2, 3), keepdim=True) - images.amin(dim=(1, 2, 3), keepdim=True))
    total = torch.zeros_like(images)
    for _ in range(samples):
        shaken = images + spread * torch.randn(images.shape, generator=dice, dtype=images.dtype, device=images.device)
        total += input_gradient(model, shaken, class_index=class_index)
    return _shown(total / samples)


@torch.no_grad()
def occlusion(
    model: nn.Module, images: Tensor, *, class_index: int, side: int = 8, stride: int = 4, fill: float = 0.0
) -> Tensor:
    """Return what covering each place costs: the fall of the class's probability, (N, rows, columns), -1 to 1.

    A square of `side` pixels goes over the image in steps of `stride`, inside the edges (Zeiler and Fergus 2014,
    arXiv:1311.2901, section 4.2). `fill` is in normalised values: 0 is the mean colour of the data set. Raises
    ValueError for a square that is larger than the image, or for a stride under 1.
    """
    height, width = images.shape[2:]
    if not (1 <= side <= min(height, width) and stride >= 1):
        raise ValueError(
            f"A square must be from 1 to {min(height, width)} pixels and its stride 1 or more; "
            f"{side} and {stride} were given."
        )
    tops, lefts = range(0, height - side + 1, stride), range(0, width - side + 1, stride)
    covers = torch.zeros(len(tops) * len(lefts), 1, height, width, dtype=torch.bool, device=images.device)
    for number, (top, left) in enumerate((top, left) for top in tops for left in lefts):
        covers[number, :, top : top + side, left : left + side] = True
    with judged(model):
        before = model(images).softmax(dim=1)[:, class_index]  # (N,)
        after = torch.stack([_covered(model, image, covers, fill=fill)[:, class_index] for image in images])
    falls: Tensor = before[:, None] - after  # (N, places)
    return falls.reshape(len(images), len(tops), len(lefts))


def grad_cam(model: nn.Module, images: Tensor, *, class_index: int, layer: str | None = None) -> Tensor:
    """Return where `model` finds evidence for a class: (N, H, W) float32 from 0 to 1, at the images' size.

    `layer` is the name of any layer that puts out maps, by default the last of `convolutions`. The maps of the
    layer are weighted by the mean gradient of the class's logit, summed, and cut off at zero (Selvaraju et al.
    2017, arXiv:1610.02391, equations 1 and 2). All zeros mean that nothing speaks for the class. Raises KeyError
    for a name that no layer has, and for a layer without maps.
    """
    names = convolutions(model)
    name = names[-1] if layer is None else layer
    with torch.enable_grad(), judged(model), watching(named_layer(model, name)) as watched:
        # Through the images there is a gradient even where every weight is frozen.
        logits = model(images.detach().clone().requires_grad_())  # (N, classes)
        if watched.maps.dim() != 4:
            raise KeyError(f"Grad-CAM needs a layer that puts out maps, as {', '.join(names)} do; {name!r} was given.")
        (gradient,) = torch.autograd.grad(logits[:, class_index].sum(), watched.maps)  # (N, K, h, w)
    weights = gradient.mean(dim=(2, 3), keepdim=True)  # (N, K, 1, 1)
    heat = F.relu((weights * watched.maps.detach()).sum(dim=1, keepdim=True))  # (N, 1, h, w)
    return _scaled(F.interpolate(heat, size=images.shape[2:], mode="bilinear", align_corners=False)[:, 0])


def _covered(model: nn.Module, image: Tensor, covers: Tensor, *, fill: float) -> Tensor:
    """Return the probabilities (places, classes) of one image (C, H, W) under each of `covers` (places, 1, H, W)."""
    parts = torch.split(covers, AT_ONCE)
    return torch.cat([model(image.masked_fill(part, fill)).softmax(dim=1) for part in parts])


def _shown(gradient: Tensor) -> Tensor:
    """Turn gradients (N, C, H, W) into maps (N, H, W) from 0 to 1."""
    return _scaled(gradient.abs().amax(dim=1))


def _scaled(heat: Tensor) -> Tensor:
    """Bring each map of (N, H, W) to a highest value of 1; a map of zeros stays so."""
    highest = heat.amax(dim=(1, 2), keepdim=True)
    return heat / highest.clamp_min(torch.finfo(heat.dtype).tiny)
