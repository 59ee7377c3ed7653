"""The changes that augmentation is made of: one batched operation each, with its own random amounts per image.

Every function takes images (N, C, H, W), uint8 from 0 to 255 or float32 from 0 to 1, on any device, and leaves
them as they were. Moves and covers keep the dtype; whatever blends pixels returns float32 from 0 to 1. Chance
comes from `generator`, and from torch's own where none is given, so that a checkpoint can restore it.
"""

from math import log, pi, radians
from typing import Final

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

Statistic = float | tuple[float, ...]

# What red, green and blue weigh in grey (ITU-R BT.601), rounded as torchvision does.
GREY: Final = (0.2989, 0.587, 0.114)
# From RGB to brightness and two axes of colour (YIQ of NTSC): a turn in the last two changes the hue alone.
YIQ: Final = ((0.299, 0.587, 0.114), (0.5959, -0.2746, -0.3213), (0.2115, -0.5227, 0.3112))
# As torchvision does, a part of the right area is tried this often before the middle is taken.
TRIES: Final = 10


def flip(images: Tensor, *, probability: float, generator: Generator | None = None) -> Tensor:
    """Mirror each image left to right with `probability`."""
    mirrored = _uniform(images, 0.0, 1.0, generator) < probability  # (N,)
    return _mirrored(images)[mirrored.long(), _rows(images)]  # (N, C, H, W)


def crop(images: Tensor, *, padding: int, generator: Generator | None = None) -> Tensor:
    """Move each image by up to `padding` pixels each way; black comes in."""
    return _windows(F.pad(images, (padding,) * 4)[None], images, padding=padding, generator=generator)


def flip_crop(images: Tensor, *, probability: float, padding: int, generator: Generator | None = None) -> Tensor:
    """Do `flip`, then `crop`, and copy every pixel once instead of twice."""
    mirrored = _uniform(images, 0.0, 1.0, generator) < probability  # (N,)
    both = _mirrored(F.pad(images, (padding,) * 4))  # (2, N, C, H + 2p, W + 2p)
    return _windows(both, images, padding=padding, generator=generator, which=mirrored.long())


def rotate(images: Tensor, *, degrees: float, generator: Generator | None = None) -> Tensor:
    """Turn each image about its middle by up to `degrees` either way; black comes in at the corners."""
    return warp(images, turn=_uniform(images, -radians(degrees), radians(degrees), generator))


def affine(
    images: Tensor,
    *,
    degrees: float,
    translate: float,
    scale: tuple[float, float],
    shear: float,
    generator: Generator | None = None,
) -> Tensor:
    """Turn, size, slant and move each image; `translate` is a share of the side, moves are not rounded to pixels."""
    return warp(
        images,
        turn=_uniform(images, -radians(degrees), radians(degrees), generator),
        size=_uniform(images, *scale, generator),
        slant=_uniform(images, -radians(shear), radians(shear), generator),
        right=_uniform(images, -translate, translate, generator) * images.shape[3],
        down=_uniform(images, -translate, translate, generator) * images.shape[2],
    )


def warp(
    images: Tensor,
    *,
    turn: Tensor,
    size: Tensor | None = None,
    slant: Tensor | None = None,
    right: Tensor | None = None,
    down: Tensor | None = None,
) -> Tensor:
    """Slant, size and turn each image about its middle, then move it: `turn` clockwise and `slant` in radians (N,).

    `right` and `down` are in pixels, (N,). Values between pixels are bilinear, outside is black. The same map
    as torchvision's `affine` with a slant along x.
    """
    height, width = images.shape[2:]
    one, zero = torch.ones_like(turn), torch.zeros_like(turn)
    size, slant = one if size is None else size, zero if slant is None else slant
    right, down = zero if right is None else right, zero if down is None else down
    # Each output pixel asks where it came from: the inverse of move * turn * size * slant.
    lean, cos, sin = slant.tan(), turn.cos() / size, turn.sin() / size
    across = torch.stack([cos - lean * sin, (sin + lean * cos) * (height / width)], dim=1)  # (N, 2)
    along = torch.stack([-sin * (width / height), cos], dim=1)  # (N, 2)
    moved = torch.stack([right * (2 / width), down * (2 / height)], dim=1)  # (N, 2), in half sides
    linear = torch.stack([across, along], dim=1)  # (N, 2, 2)
    places = _places(torch.cat([linear, -linear @ moved[:, :, None]], dim=2), images)
    return F.grid_sample(as_float(images), places, align_corners=False)  # (N, C, H, W)


def resized_crop(
    images: Tensor, *, scale: tuple[float, float], ratio: tuple[float, float], generator: Generator | None = None
) -> Tensor:
    """Enlarge a part of each image, of a random area and shape, to the full size (Szegedy et al., arXiv:1409.4842)."""
    left, top, width, height = parts(images, scale=scale, ratio=ratio, generator=generator)
    return enlarge(images, left=left, top=top, width=width, height=height)


def parts(
    images: Tensor, *, scale: tuple[float, float], ratio: tuple[float, float], generator: Generator | None = None
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Draw left, top, width and height of a part for each image, each (N,) in whole pixels as float32.

    The share of the area is uniform over `scale`, the logarithm of width by height over that of `ratio`. Of TRIES
    draws the first that fits is taken; where none fits, the largest middle part with a ratio in bounds.
    """
    rows, columns = images.shape[2:]
    dice = torch.empty(TRIES, len(images), device=images.device)
    area = dice.uniform_(*scale, generator=generator) * (rows * columns)  # (TRIES, N)
    shape = torch.empty_like(area).uniform_(log(ratio[0]), log(ratio[1]), generator=generator).exp()
    wide, tall = (area * shape).sqrt().round(), (area / shape).sqrt().round()
    fits = (wide >= 1) & (wide <= columns) & (tall >= 1) & (tall <= rows)  # (TRIES, N)
    first = fits.int().argmax(dim=0, keepdim=True)  # (1, N)
    found = fits.any(dim=0)
    middle_wide = min(columns, round(rows * ratio[1])) if columns / rows > ratio[1] else columns
    middle_tall = min(rows, round(columns / ratio[0])) if columns / rows < ratio[0] else rows
    width = torch.where(found, wide.gather(0, first)[0], float(middle_wide))
    height = torch.where(found, tall.gather(0, first)[0], float(middle_tall))
    across, down = _uniform(images, 0.0, 1.0, generator), _uniform(images, 0.0, 1.0, generator)
    left = torch.where(found, (across * (columns - width + 1)).floor(), ((columns - width) / 2).round())
    top = torch.where(found, (down * (rows - height + 1)).floor(), ((rows - height) / 2).round())
    return left, top, width, height


def enlarge(images: Tensor, *, left: Tensor, top: Tensor, width: Tensor, height: Tensor) -> Tensor:
    """Fill each picture with a part of itself, (N,) each in pixels; bilinear, and nothing beyond the part shines in."""
    rows, columns = images.shape[2:]
    zero = torch.zeros_like(left)
    across = torch.stack([width / columns, zero, (2 * left + width) / columns - 1], dim=1)
    along = torch.stack([zero, height / rows, (2 * top + height) / rows - 1], dim=1)
    places = _places(torch.stack([across, along], dim=1), images)  # (N, H, W, 2), from -1 to 1
    # The middles of the outermost pixels of each part.
    first = torch.stack([(2 * left + 1) / columns - 1, (2 * top + 1) / rows - 1], dim=1)[:, None, None]
    last = torch.stack([(2 * (left + width) - 1) / columns - 1, (2 * (top + height) - 1) / rows - 1], dim=1)
    places = torch.minimum(torch.maximum(places, first), last[:, None, None])
    return F.grid_sample(as_float(images), places, align_corners=False)  # (N, C, H, W)


def colour(
    images: Tensor,
    *,
    brightness: float,
    contrast: float,
    saturation: float,
    hue: float,
    generator: Generator | None = None,
) -> Tensor:
    """Change brightness, contrast, saturation and hue by factors uniform about 1, the hue by a part of a full turn."""
    factors = [_uniform(images, 1 - most, 1 + most, generator) for most in (brightness, contrast, saturation)]
    turn = _uniform(images, -hue * 2 * pi, hue * 2 * pi, generator) if hue else None
    return recolour(images, brightness=factors[0], contrast=factors[1], saturation=factors[2], turn=turn)


def recolour(
    images: Tensor, *, brightness: Tensor, contrast: Tensor, saturation: Tensor, turn: Tensor | None = None
) -> Tensor:
    """Change colours by given factors (N,) and a turn of the hue in radians (N,), in two passes over the pixels.

    All four changes are linear in the pixels, so they are one 3x3 matrix and one offset per image, clamped once
    at the end; torchvision clamps after each. The hue turns in the plane of YIQ, not in HSV.
    """
    pixels = as_float(images).flatten(2)  # (N, C, H * W)
    channels = pixels.shape[1]
    weights = pixels.new_tensor(GREY if channels == 3 else [1 / channels] * channels)  # (C,)
    level = (pixels.mean(dim=2) @ weights)[:, None, None]  # (N, 1, 1), the mean grey
    light, spread, depth = (factor[:, None, None] for factor in (brightness, contrast, saturation))
    same = torch.eye(channels, device=pixels.device) if turn is None or channels != 3 else _hue(turn)
    matrix = light * spread * (depth * same + (1 - depth) * weights)  # (N, C, C)
    offset = ((1 - spread) * light * level).expand(-1, channels, 1)
    return torch.baddbmm(offset, matrix, pixels).clamp_(0.0, 1.0).view_as(images)


def noise(images: Tensor, *, std: float, generator: Generator | None = None) -> Tensor:
    """Add normal noise to every value; what leaves 0 to 1 is cut off."""
    added = torch.randn(images.shape, device=images.device, generator=generator)
    return added.mul_(std).add_(as_float(images)).clamp_(0.0, 1.0)


def cutout(images: Tensor, *, size: int, fill: Statistic = 0.0, generator: Generator | None = None) -> Tensor:
    """Cover a square of side `size` about a random pixel of each image (DeVries and Taylor, arXiv:1708.04552).

    The square may hang over the edge. `fill`, from 0 to 1, is one value or one per channel.
    """
    rows, columns = (_inside(images, side, size=size, generator=generator) for side in images.shape[2:])
    covered = rows[:, None, :, None] & columns[:, None, None, :]  # (N, 1, H, W)
    value = channelwise(fill, images)
    return torch.where(covered, (value * 255).round().to(torch.uint8) if _is_bytes(images) else value, images)


def mixup(images: Tensor, *, alpha: float, generator: Generator | None = None) -> tuple[Tensor, Tensor]:
    """Blend each image with the one before it in the batch (Zhang et al., arXiv:1710.09412).

    Returns the blends and the share (N,) that each image keeps; labels are blended alike. The share is the greater
    part of a Beta(alpha, alpha) draw: partners are random, so blends come out as in the paper, and each image stays
    mostly itself.
    """
    sides = torch.full((len(images), 2), alpha, device=images.device)
    share = torch._sample_dirichlet(sides, generator=generator).amax(dim=1)  # (N,), from 0.5 to 1
    pixels = as_float(images)
    return torch.lerp(pixels.roll(1, 0), pixels, share[:, None, None, None]), share


def blended(labels: Tensor, *, share: Tensor, classes: int) -> Tensor:
    """Return the share of each class (N, classes) in images that `mixup` blended with `share` (N,) of their own."""
    # one_hot of torch.nn.functional would read the labels back to check them.
    targets = (labels[:, None] == torch.arange(classes, device=labels.device)).float()  # (N, classes)
    return torch.lerp(targets.roll(1, 0), targets, share[:, None])


def as_float(images: Tensor) -> Tensor:
    """Return float32 from 0 to 1; floats come back as they are."""
    return images.float().div_(255) if _is_bytes(images) else images


def normalise(images: Tensor, *, mean: Statistic, std: Statistic) -> Tensor:
    """Return (images / 255 - mean) / std as float32, or (images - mean) / std of floats from 0 to 1."""
    if isinstance(mean, float) and isinstance(std, float):
        return (as_float(images) - mean) / std
    full = 255.0 if _is_bytes(images) else 1.0
    shift, scale = channelwise(mean, images), 1 / channelwise(std, images)
    return torch.addcmul(-shift * scale, images.float(), scale / full)


def channelwise(values: Statistic, images: Tensor) -> Tensor:
    """Return one value, or one per channel, as float32 (1, C or 1, 1, 1) beside the images."""
    listed = [values] if isinstance(values, float) else list(values)
    return torch.tensor(listed, dtype=torch.float32).view(1, -1, 1, 1).to(images.device, non_blocking=True)


def _uniform(images: Tensor, low: float, high: float, generator: Generator | None) -> Tensor:
    return torch.empty(len(images), device=images.device).uniform_(low, high, generator=generator)  # (N,)


def _rows(images: Tensor) -> Tensor:
    return torch.arange(len(images), device=images.device)


def _mirrored(images: Tensor) -> Tensor:
    return torch.stack([images, images.flip(3)])  # (2, N, C, H, W)


def _windows(
    padded: Tensor, images: Tensor, *, padding: int, generator: Generator | None, which: Tensor | None = None
) -> Tensor:
    """Cut a window of the images' size out of each padded one, (1 or 2, N, C, H + 2p, W + 2p)."""
    count, _, height, width = images.shape
    every = padded.unfold(3, height, 1).unfold(4, width, 1)  # (1 or 2, N, C, 2p + 1, 2p + 1, H, W), a view
    down, across = torch.randint(2 * padding + 1, (2, count), device=images.device, generator=generator)
    chosen = torch.zeros_like(down) if which is None else which
    return every[chosen, _rows(images), :, down, across]  # (N, C, H, W)


def _places(theta: Tensor, images: Tensor) -> Tensor:
    return F.affine_grid(theta, list(images.shape), align_corners=False)  # (N, H, W, 2)


def _inside(images: Tensor, side: int, *, size: int, generator: Generator | None) -> Tensor:
    """Say for each image which of `side` lines lie within `size` about a random one: (N, side)."""
    centres = torch.randint(side, (len(images), 1), device=images.device, generator=generator)
    distance = torch.arange(side, device=images.device) - centres + size // 2
    return (distance >= 0) & (distance < size)


def _hue(turn: Tensor) -> Tensor:
    """Return the matrices (N, 3, 3) that turn the hue of RGB by `turn` radians and keep its brightness."""
    there = torch.tensor(YIQ)
    # An inverse is checked, which would wait for another device than this.
    back, there = there.inverse().to(turn.device, non_blocking=True), there.to(turn.device, non_blocking=True)
    one, zero, cos, sin = torch.ones_like(turn), torch.zeros_like(turn), turn.cos(), turn.sin()
    spin = torch.stack([one, zero, zero, zero, cos, sin, zero, -sin, cos], dim=1).view(-1, 3, 3)
    return back @ spin @ there


def _is_bytes(images: Tensor) -> bool:
    return images.dtype == torch.uint8
