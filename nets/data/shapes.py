"""Ten shapes, drawn by a program: how hard they are to tell apart is one number, and where they are is known.

Beside the label, every image has a box (x0, y0, x1, y1), a mask, and five keypoints (x, y): the middle of the box
and the topmost, rightmost, lowest and leftmost points of the outline (the extreme points of Papadopoulos et al.,
arXiv:1708.02750). Places are in pixels from the upper left corner of the image.
"""

from collections.abc import Mapping
from math import cos, pi, sin
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from nets.catalog import DATASETS
from nets.raw import Bytes, Raw

Floats = npt.NDArray[np.float32]
Points = list[tuple[float, float]]

# Shapes are drawn this many times too large, so that their edges are smooth.
FINE: Final = 4
KEYPOINTS: Final = ("middle", "top", "right", "bottom", "left")
USUAL_DIFFICULTY: Final = 0.5


def read() -> Raw:
    """Return the data set `shapes`: 4,000 images (N, 3, 32, 32) of medium difficulty, always the same ones."""
    return draw(DATASETS["shapes"].images, difficulty=USUAL_DIFFICULTY, seed=0)


def draw(count: int, *, difficulty: float, seed: int, side: int = 32) -> Raw:
    """Draw `count` images (N, 3, side, side), as many of each shape as can be; the same arguments, the same images.

    `difficulty` goes from 0 (upright, large, in the middle, strong colours on plain paper) to 1 (any turn, size
    and place, weak colours, clutter and noise). Beside: boxes (N, 4) and keypoints (N, 5, 2) float32, masks
    (N, side, side) uint8 of 0 and 1. Raises ValueError for a difficulty outside 0 to 1.
    """
    if not 0 <= difficulty <= 1:
        raise ValueError(f"The difficulty must be a number from 0 to 1; {difficulty} was given.")
    dice = np.random.default_rng(seed)
    labels = dice.permutation(np.arange(count) % len(OUTLINES))
    outlines = list(OUTLINES.values())
    inked = np.empty((count, side, side), dtype=np.uint8)
    clutter = np.zeros((count, side, side), dtype=np.uint8)
    boxes, keypoints = np.empty((count, 4), dtype=np.float32), np.empty((count, 5, 2), dtype=np.float32)
    for number, label in enumerate(labels):
        fine = _shape(outlines[label], difficulty=difficulty, dice=dice, side=side * FINE)
        boxes[number], keypoints[number] = _places(np.asarray(fine))
        inked[number] = np.asarray(fine.reduce(FINE))
        clutter[number] = np.asarray(_clutter(difficulty, dice=dice, side=side * FINE).reduce(FINE))
    images = _coloured(inked, clutter, difficulty=difficulty, dice=dice)
    beside: dict[str, npt.NDArray[Any]] = {
        "boxes": boxes,
        "masks": (inked > 127).astype(np.uint8),
        "keypoints": keypoints,
    }
    return Raw(images, labels.astype(np.int64), MappingProxyType(beside))


def _round(radius: float, *, right: float = 0.0) -> Points:
    angles = (2 * pi * step / 48 for step in range(48))
    return [(right + radius * cos(angle), radius * sin(angle)) for angle in angles]


def _corners(count: int, *, inner: float | None = None) -> Points:
    """Return a regular polygon with one corner on top, or a star whose inner corners lie at radius `inner`."""
    radii = [1.0] * count if inner is None else [1.0, inner] * count
    angles = (2 * pi * step / len(radii) - pi / 2 for step in range(len(radii)))
    return [(radius * cos(angle), radius * sin(angle)) for radius, angle in zip(radii, angles, strict=True)]


def _heart() -> Points:
    """Return a heart, point down: a well-known sum of sines and cosines, 17 wide and 17 high to each side."""
    angles = [2 * pi * step / 48 for step in range(48)]
    highs = [13 * cos(a) - 5 * cos(2 * a) - 2 * cos(3 * a) - cos(4 * a) for a in angles]
    return [(sin(a) ** 3 * 16 / 17, -(high + 2.5) / 17) for a, high in zip(angles, highs, strict=True)]


_HALF: Final[Points] = [(-0.3, -1), (0.3, -1), (0.3, -0.3), (1, -0.3), (1, 0.3), (0.3, 0.3)]
_CROSS: Final[Points] = [*_HALF, *((-x, -y) for x, y in _HALF)]
_ARROW: Final[Points] = [(0, -1), (0.8, -0.1), (0.28, -0.1), (0.28, 1), (-0.28, 1), (-0.28, -0.1), (-0.8, -0.1)]

# What is filled and what is cut out of it again; the unit is half the size, y grows downwards.
OUTLINES: Final[Mapping[str, tuple[Points, ...]]] = MappingProxyType(
    {
        "circle": (_round(0.95),),
        "ring": (_round(1.0), _round(0.55)),
        "crescent": (_round(1.0), _round(0.85, right=0.5)),
        "triangle": (_corners(3),),
        "square": ([(-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8)],),
        "pentagon": (_corners(5),),
        "star": (_corners(5, inner=0.42),),
        "cross": (_CROSS,),
        "heart": (_heart(),),
        "arrow": (_ARROW,),
    }
)


def _shape(outline: tuple[Points, ...], *, difficulty: float, dice: np.random.Generator, side: int) -> Image.Image:
    """Draw one shape in white on black, as large as `side` allows; it never leaves the picture."""
    radius = side * (0.38 - dice.uniform(0.0, 0.2) * difficulty)
    turn, stretch = dice.uniform(-pi, pi) * difficulty, 1 - dice.uniform(0, 0.25) * difficulty
    room = max(0.0, side / 2 - radius * 1.05 - FINE) * difficulty
    right, down = side / 2 + dice.uniform(-room, room, size=2)
    canvas = Image.new("L", (side, side))
    pen = ImageDraw.Draw(canvas)
    for points, ink in zip(outline, (255, 0), strict=False):
        turned = [
            (
                right + radius * (x * stretch * cos(turn) - y * sin(turn)),
                down + radius * (x * stretch * sin(turn) + y * cos(turn)),
            )
            for x, y in points
        ]
        pen.polygon(turned, fill=ink)
    return canvas


def _clutter(difficulty: float, *, dice: np.random.Generator, side: int) -> Image.Image:
    """Draw a few strokes and dots that mean nothing, up to eight at the greatest difficulty."""
    canvas = Image.new("L", (side, side))
    pen = ImageDraw.Draw(canvas)
    for _ in range(int(dice.integers(0, 1 + round(8 * difficulty)))):
        x, y, dx, dy = dice.uniform(-0.15, 1.0, size=4) * side
        if dice.random() < 0.5:
            pen.line((x, y, x + (dx - side / 3) * 0.5, y + (dy - side / 3) * 0.5), fill=255, width=FINE)
        else:
            pen.ellipse((x, y, x + side * 0.08, y + side * 0.08), fill=255)
    return canvas


def _places(fine: Bytes) -> tuple[Floats, Floats]:
    """Return box and keypoints of what is white in a picture drawn FINE times too large."""
    rows, columns = np.flatnonzero(fine.any(axis=1)), np.flatnonzero(fine.any(axis=0))
    top, bottom, left, right = rows[0], rows[-1], columns[0], columns[-1]

    def middle(line: Bytes) -> float:
        """Return the middle of the white pixel of a line that lies amid all of them."""
        inked = np.flatnonzero(line)
        return float(inked[len(inked) // 2]) + 0.5

    box = np.array([left, top, right + 1, bottom + 1], dtype=np.float32) / np.float32(FINE)
    points = [
        (middle(fine[top]), top),
        (right + 1, middle(fine[:, right])),
        (middle(fine[bottom]), bottom + 1),
        (left, middle(fine[:, left])),
    ]
    centre = (box[:2] + box[2:]) / 2
    return box, np.concatenate([centre[None], np.array(points, dtype=np.float32) / np.float32(FINE)])


def _coloured(inked: Bytes, clutter: Bytes, *, difficulty: float, dice: np.random.Generator) -> Bytes:
    """Lay clutter and shapes over paper, (N, side, side) each: (N, 3, side, side) uint8, paper in one hue or two."""
    count, side = inked.shape[:2]
    paper, ink = _colours(count, contrast=0.55 - 0.35 * difficulty, dice=dice)
    shade = dice.uniform(-0.3, 0.3, size=(count, 3, 2)).astype(np.float32) * difficulty
    ramp = np.linspace(-0.5, 0.5, side, dtype=np.float32)
    slope = shade[..., :1, None] * ramp[:, None] + shade[..., 1:, None] * ramp  # (N, 3, side, side)
    images = paper[..., None, None] + slope
    dirt = dice.uniform(0, 1, size=(count, 3)).astype(np.float32)[..., None, None]
    images += (dirt - images) * (clutter[:, None] / np.float32(255)) * np.float32(0.8)
    images += (ink[..., None, None] - images) * (inked[:, None] / np.float32(255))
    images += dice.standard_normal(images.shape, dtype=np.float32) * np.float32(0.12 * difficulty)
    pixels: Bytes = (images.clip(0, 1) * 255).round().astype(np.uint8)
    return pixels


def _colours(count: int, *, contrast: float, dice: np.random.Generator) -> tuple[Floats, Floats]:
    """Draw colours (N, 3) of paper and ink, which differ in their mean by at least `contrast`."""
    paper = dice.uniform(0.05, 0.95, size=(count, 3)).astype(np.float32)
    ink = dice.uniform(0.05, 0.95, size=(count, 3)).astype(np.float32)
    apart = ink.mean(axis=1) - paper.mean(axis=1)
    lacking = np.maximum(0, contrast - np.abs(apart)) * np.where(apart < 0, -1, 1)
    # Half of what is lacking is taken from each; where a colour is full, clipping leaves a little less.
    paper, ink = paper - lacking[:, None] / 2, ink + lacking[:, None] / 2
    return paper.clip(0, 1).astype(np.float32), ink.clip(0, 1).astype(np.float32)
