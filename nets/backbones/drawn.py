"""A wide drawn set, made from a seed: invented characters, letters, shapes and textures. No digit is among them."""

import math
import random
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Point = tuple[float, float]
Strokes = list[list[Point]]
Painter = Callable[[random.Random], Image.Image]

SIDE: Final = 32
SHAPE: Final = (3, SIDE, SIDE)
_CANVAS: Final = 96
_MIDDLE: Final = _CANVAS / 2
_INVENTED: Final = 120
# Capitals, and the small letters that are no small capitals.
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt"
_SHAPES: Final = ("disc", "oval", "triangle", "square", "pentagon", "star", "cross", "heart", "moon", "arrow")
_TEXTURES: Final = ("stripes", "waves", "checks", "dots", "rings", "rays", "noise", "clouds", "bricks", "zigzag")
# The alphabet belongs to the set: another seed draws other pictures of the same characters.
_ALPHABET_SEED: Final = 1998


def classes() -> tuple[str, ...]:
    """Return the names of all classes, in the order of their labels."""
    invented = [f"invented {number}" for number in range(_INVENTED)]
    letters = [f"letter {letter}" for letter in _LETTERS]
    shapes = [f"{style} {name}" for name in _SHAPES for style in ("filled", "outlined")]
    return (*invented, *letters, *shapes, *_TEXTURES)


def draw(each: int, *, seed: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Draw `each` pictures of every class: images (N, 3, 32, 32) uint8 and labels (N,), class after class.

    The same seed draws the same pictures wherever Pillow, numpy and its font are of the same version.
    """
    painters = _painters()
    images = np.empty((len(painters) * each, 3, SIDE, SIDE), dtype=np.uint8)
    for place in range(len(images)):
        dice = random.Random(seed * 1_000_003 + place)  # noqa: S311 - pictures, no secrets
        images[place] = _coloured(painters[place // each](dice), dice=dice)
    return images, np.repeat(np.arange(len(painters)), each)


def _painters() -> list[Painter]:
    """Return one painter per class; each returns a canvas "L" with ink bright on black."""
    alphabet = random.Random(_ALPHABET_SEED)  # noqa: S311 - pictures, no secrets
    made: list[Painter] = [partial(_write, _invent(alphabet)) for _ in range(_INVENTED)]
    made += [partial(_print, letter) for letter in _LETTERS]
    made += [partial(_shape, name, is_filled=is_filled) for name in _SHAPES for is_filled in (True, False)]
    return made + [partial(_texture, name) for name in _TEXTURES]


def _invent(dice: random.Random) -> Strokes:
    """Make up a character: two to four strokes, straight or round, in a box from -1 to 1."""
    strokes = []
    for _ in range(dice.randint(2, 4)):
        x, y = dice.choice((-0.8, -0.4, 0.0, 0.4, 0.8)), dice.choice((-0.9, -0.45, 0.0, 0.45, 0.9))
        if dice.random() < 0.5:
            wide, tall = dice.uniform(0.25, 0.7), dice.uniform(0.25, 0.7)
            strokes.append(_arc(x / 2, y / 2, wide, tall, begin=dice.uniform(0, 6.28), sweep=dice.uniform(2.5, 6.28)))
        else:
            ends = [(dice.choice((-0.8, 0.0, 0.8)), dice.choice((-0.9, 0.0, 0.9))) for _ in range(dice.randint(1, 2))]
            strokes.append(_fine([(x, y), *ends]))
    return strokes


def _arc(x: float, y: float, wide: float, tall: float, *, begin: float, sweep: float) -> list[Point]:
    angles = [begin + sweep * index / 14 for index in range(15)]
    return [(x + wide * math.cos(angle), y + tall * math.sin(angle)) for angle in angles]


def _fine(corners: list[Point]) -> list[Point]:
    """Put points between the corners, so that a shaking hand bends straight lines too."""
    points = [corners[0]]
    for (x0, y0), (x1, y1) in pairwise(corners):
        points += [(x0 + (x1 - x0) * part / 6, y0 + (y1 - y0) * part / 6) for part in range(1, 7)]
    return points


def _write(strokes: Strokes, dice: random.Random) -> Image.Image:
    """Write a character with a pen, as a hand does: never twice the same."""
    ink = Image.new("L", (_CANVAS, _CANVAS))
    brush = ImageDraw.Draw(ink)
    size, pen = _CANVAS * dice.uniform(0.28, 0.42), _CANVAS * dice.uniform(0.03, 0.12)
    wide, tall = size * dice.uniform(0.75, 1.05), size * dice.uniform(0.85, 1.1)
    for stroke in strokes:
        shift_x, shift_y = dice.gauss(0, 0.06), dice.gauss(0, 0.06)
        phase, pace = dice.uniform(0, 6.28), dice.uniform(0.2, 0.6)
        points = []
        for index, (x, y) in enumerate(stroke):
            wave = 0.05 * math.sin(phase + pace * index)
            shaken_x, shaken_y = x + shift_x + wave + dice.gauss(0, 0.02), y + shift_y + wave + dice.gauss(0, 0.02)
            points.append((_MIDDLE + wide * shaken_x, _MIDDLE + tall * shaken_y))
        brush.line(points, fill=255, width=max(2, round(pen)), joint="curve")
        for x, y in (points[0], points[-1]):
            brush.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=255)
    return _turned(ink, dice=dice, turn=14)


def _print(letter: str, dice: random.Random) -> Image.Image:
    """Set a letter in the font that Pillow brings along, at some size, weight, slant and place."""
    ink = Image.new("L", (_CANVAS, _CANVAS))
    size = round(_CANVAS * dice.uniform(0.6, 1.0))
    weight = round(size * dice.uniform(0.0, 0.07))
    font = ImageFont.load_default(size)
    ImageDraw.Draw(ink).text(
        (_MIDDLE, _MIDDLE), letter, fill=255, font=font, anchor="mm", stroke_width=weight, stroke_fill=255
    )
    return _turned(ink, dice=dice, turn=14)


def _turned(ink: Image.Image, *, dice: random.Random, turn: float) -> Image.Image:
    """Turn by up to `turn` degrees, slant, and move the ink a little."""
    angle, slant = math.radians(dice.uniform(-turn, turn)), dice.uniform(-0.3, 0.3)
    cos, sin = math.cos(angle), math.sin(angle)
    x, y = _MIDDLE + dice.gauss(0, 3), _MIDDLE + dice.gauss(0, 3)
    across, along = (cos, slant * cos - sin), (sin, slant * sin + cos)
    matrix = (*across, _MIDDLE - across[0] * x - across[1] * y, *along, _MIDDLE - along[0] * x - along[1] * y)
    return ink.transform(ink.size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)


def _corners(name: str) -> list[Point]:
    """Return the outline of a shape within a circle of radius 1."""
    if name in ("triangle", "square", "pentagon", "star"):
        count = {"triangle": 3, "square": 4, "pentagon": 5, "star": 10}[name]
        radii = [0.42 if name == "star" and index % 2 else 1.0 for index in range(count)]
        angles = [2 * math.pi * index / count - math.pi / 2 for index in range(count)]
        return [
            (radius * math.cos(angle), radius * math.sin(angle)) for radius, angle in zip(radii, angles, strict=True)
        ]
    if name == "cross":
        arm = [(0.3, -1.0), (0.3, -0.3), (1.0, -0.3), (1.0, 0.3), (0.3, 0.3), (0.3, 1.0)]
        return [*arm, *((-x, -y) for x, y in arm)]
    if name == "arrow":
        return [(0.0, -1.0), (0.8, -0.1), (0.3, -0.1), (0.3, 1.0), (-0.3, 1.0), (-0.3, -0.1), (-0.8, -0.1)]
    angles = [2 * math.pi * index / 48 for index in range(48)]
    if name == "heart":
        return [
            (math.sin(a) ** 3, 0.15 - (13 * math.cos(a) - 5 * math.cos(2 * a) - 2 * math.cos(3 * a)) / 17)
            for a in angles
        ]
    stretch = 0.6 if name == "oval" else 1.0
    return [(math.cos(angle), stretch * math.sin(angle)) for angle in angles]


def _shape(name: str, dice: random.Random, *, is_filled: bool) -> Image.Image:
    """Draw a shape at some size, stretch and angle; an outlined moon is two circles."""
    ink = Image.new("L", (_CANVAS, _CANVAS))
    brush = ImageDraw.Draw(ink)
    size, pen = _CANVAS * dice.uniform(0.25, 0.45), max(2, round(_CANVAS * dice.uniform(0.02, 0.07)))
    wide, tall, turn = size * dice.uniform(0.8, 1.1), size * dice.uniform(0.8, 1.1), math.radians(dice.uniform(-18, 18))
    points = []
    for x, y in _corners(name):
        stretched_x, stretched_y = x * wide, y * tall
        points.append(
            (
                _MIDDLE + stretched_x * math.cos(turn) - stretched_y * math.sin(turn),
                _MIDDLE + stretched_x * math.sin(turn) + stretched_y * math.cos(turn),
            )
        )
    if is_filled:
        brush.polygon(points, fill=255)
    else:
        brush.line([*points, points[0], points[1]], fill=255, width=pen, joint="curve")
    if name == "moon":
        x, y, bite = _MIDDLE + wide * 0.55, _MIDDLE - tall * 0.1, size * 0.8
        brush.ellipse((x - bite, y - bite, x + bite, y + bite), fill=0, outline=0 if is_filled else 255, width=pen)
    return ink


def _texture(name: str, dice: random.Random) -> Image.Image:
    """Fill the canvas with a pattern of some pitch and angle."""
    rows, columns = np.mgrid[0:_CANVAS, 0:_CANVAS] - _MIDDLE
    angle, pitch, phase = dice.uniform(-0.5, 0.5), dice.uniform(10, 26), dice.uniform(0, 6.28)
    along = (columns * math.cos(angle) + rows * math.sin(angle)) * 2 * math.pi / pitch + phase
    across = (rows * math.cos(angle) - columns * math.sin(angle)) * 2 * math.pi / pitch + phase
    distance, direction = np.hypot(rows, columns) * 2 * math.pi / pitch, np.arctan2(rows, columns)
    grain = np.random.default_rng(dice.randrange(2**32)).normal(size=(_CANVAS, _CANVAS))
    levels: dict[str, Callable[[], npt.NDArray[np.float64]]] = {
        "stripes": lambda: np.sin(along),
        "waves": lambda: np.sin(along + 1.5 * np.sin(across / 2)),
        "checks": lambda: np.sin(along) * np.sin(across) * 4,
        "dots": lambda: (np.cos(along) + np.cos(across) - 1.1) * 3,
        "rings": lambda: np.sin(distance + phase),
        "rays": lambda: np.sin(direction * round(pitch / 3) + phase) * 3,
        "noise": lambda: grain,
        "clouds": lambda: _blurred(grain, radius=pitch / 3),
        "bricks": lambda: (
            np.minimum(np.cos(across), np.cos((along + np.pi * (np.floor(across / 6.283) % 2)) / 2)) * 3 + 2.2
        ),
        "zigzag": lambda: np.sin(across + 2 * np.abs((along / 3) % 2 - 1)) * 3,
    }
    level = levels[name]()
    return Image.fromarray(np.clip(127.5 + 127.5 * level, 0, 255).astype(np.uint8))


def _blurred(grain: npt.NDArray[np.float64], *, radius: float) -> npt.NDArray[np.float64]:
    """Return grain blurred and brought back to a spread of one."""
    seen = Image.fromarray(np.clip(grain * 50 + 127.5, 0, 255).astype(np.uint8)).filter(
        ImageFilter.GaussianBlur(radius)
    )
    soft = np.asarray(seen, dtype=np.float64)
    spread: npt.NDArray[np.float64] = (soft - soft.mean()) / (soft.std() + 1e-9)
    return spread


def _coloured(ink: Image.Image, *, dice: random.Random) -> npt.NDArray[np.uint8]:
    """Bring the ink to 32x32, sharp or coarse, and onto black, plain or noisy paper: (3, 32, 32) uint8."""
    coarse = dice.choice((SIDE, SIDE, 20, 14, 10, 8))
    small = ink.resize((coarse, coarse), Image.Resampling.BOX).resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    cover = np.asarray(small, dtype=np.float64)[None] / 255  # (1, 32, 32)
    if dice.random() < 0.5:
        # White on black at some strength: the form in which handwriting is served.
        return np.repeat(cover * dice.uniform(150, 255), 3, axis=0).astype(np.uint8)
    noise = np.random.default_rng(dice.randrange(2**32))
    colours = noise.uniform(0, 255, (2, 3, 1, 1))
    while np.abs(colours[0] - colours[1]).sum() < 160:
        colours = noise.uniform(0, 255, (2, 3, 1, 1))
    scene = colours[0] + (colours[1] - colours[0]) * cover + noise.normal(0, dice.uniform(0, 20), (3, SIDE, SIDE))
    seen: npt.NDArray[np.uint8] = np.clip(scene, 0, 255).astype(np.uint8)
    return seen
