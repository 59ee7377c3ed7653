"""Contact sheets: what augmentation makes of an image, and what a data set looks like, as one picture."""

import io
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor

from nets import changes
from nets.augment import Pipeline
from nets.changes import Statistic
from nets.data import Data
from nets.raw import Bytes
from nets.recipes import Recipe

COLUMNS: Final = 6
ROWS: Final = 4
VARIANTS: Final = COLUMNS * ROWS
# Every tile is enlarged to about this side, so that single pixels can be seen.
TILE: Final = 96
GAP: Final = 6
PICTURES: Final = 40


def variants(data: Data, recipe: Recipe, *, number: int = 0, seed: int = 0) -> Tensor:
    """Return 24 variants of one training image as training would see them: (24, C, H, W) uint8.

    The very pipeline of a run makes them, normalising included, which is then taken back. Mixup blends the image
    with other ones of the set. The same seed makes the same variants, and torch's own generator is left alone.
    """
    image, label = data.train.images[number], data.train.labels[number]
    others = (number + 1 + torch.arange(VARIANTS, device=label.device)) % len(data.train)
    # Mixup takes the one before in the batch: the image and other ones by turns.
    images = torch.stack([data.train.images[others], image.expand(VARIANTS, *image.shape)], dim=1).flatten(0, 1)
    labels = torch.stack([data.train.labels[others], label.expand(VARIANTS)], dim=1).flatten(0, 1)
    dice = torch.Generator(device=label.device).manual_seed(seed)
    changed, _ = Pipeline(recipe, classes=len(data.classes))(images, labels, data.mean, data.std, dice)
    return restored(changed[1::2], mean=data.mean, std=data.std)


def restored(images: Tensor, *, mean: Statistic, std: Statistic) -> Tensor:
    """Take normalising back: float32 (N, C, H, W) to uint8 from 0 to 255."""
    pixels = images * changes.channelwise(std, images) + changes.channelwise(mean, images)
    return (pixels * 255).round().clamp(0, 255).to(torch.uint8)


def contact_sheet(data: Data, recipe: Recipe, *, number: int = 0, seed: int = 0) -> Image.Image:
    """Draw one training image, large and unchanged, beside 24 variants of it."""
    size = ROWS * _tile(data.shape[1]) + (ROWS - 1) * GAP
    whole = _enlarged(data.train.images[number].cpu().numpy(), side=size)
    grid = tiled(variants(data, recipe, number=number, seed=seed).cpu().numpy(), columns=COLUMNS)
    sheet = Image.new("RGB", (whole.width + 3 * GAP + grid.width, grid.height), "white")
    sheet.paste(whole, (GAP, GAP))
    sheet.paste(grid, (whole.width + 3 * GAP, 0))
    return sheet


def pictures(data: Data, *, most: int) -> bytes:
    """Return the first `most` validation images, unenlarged, side by side in rows of PICTURES, as one WebP file."""
    images = data.validation.images[:most].cpu().numpy()
    channels, height, width = data.shape
    rows = -(-len(images) // PICTURES)
    grid = np.zeros((rows * PICTURES, channels, height, width), dtype=np.uint8)
    grid[: len(images)] = images
    laid = grid.reshape(rows, PICTURES, channels, height, width).transpose(0, 3, 1, 4, 2)
    pixels = laid.reshape(rows * height, PICTURES * width, channels)
    whole = Image.fromarray(np.ascontiguousarray(pixels[..., 0] if channels == 1 else pixels))
    file = io.BytesIO()
    whole.convert("RGB").save(file, "WEBP", quality=80, method=4)
    return file.getvalue()


def tiled(images: Bytes, *, columns: int) -> Image.Image:
    """Lay images (N, C, H, W) uint8 out in rows on white, each enlarged without smoothing."""
    side = _tile(images.shape[2])
    rows = -(-len(images) // columns)
    sheet = Image.new("RGB", (columns * (side + GAP) + GAP, rows * (side + GAP) + GAP), "white")
    for number, image in enumerate(images):
        row, column = divmod(number, columns)
        sheet.paste(_enlarged(image, side=side), (GAP + column * (side + GAP), GAP + row * (side + GAP)))
    return sheet


def _tile(side: int) -> int:
    """Return the smallest multiple of `side` that reaches TILE, so that pixels stay squares of one size."""
    return side * -(-TILE // side)


def _enlarged(image: npt.NDArray[np.uint8], *, side: int) -> Image.Image:
    """Turn one image (1 or 3, H, W) into a picture `side` high."""
    pixels = image[0] if len(image) == 1 else np.ascontiguousarray(image.transpose(1, 2, 0))
    return Image.fromarray(pixels).convert("RGB").resize((side, side), Image.Resampling.NEAREST)
