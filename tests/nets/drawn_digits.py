"""A hundred test digits, made from a font and from strokes, that no network was ever trained on."""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Point = tuple[float, float]
Stroke = Sequence[Point]

PEN_COLOURS = ((20, 20, 24), (24, 40, 120), (120, 20, 30), (60, 60, 60))


@dataclass(frozen=True, slots=True)
class Drawn:
    """One picture, the digit that it shows, and how it was made (for the report)."""

    image: Image.Image
    label: int
    kind: str


def arc(x: float, y: float, rx: float, ry: float, start: float, end: float) -> list[Point]:
    """Return points along an ellipse round (x, y); angles in degrees, 0 to the right, growing clockwise."""
    count = max(6, int(abs(end - start) / 12))
    angles = [math.radians(start + (end - start) * index / count) for index in range(count + 1)]
    return [(x + rx * math.cos(angle), y + ry * math.sin(angle)) for angle in angles]


# How hands write: one entry per way of writing, each a list of strokes in a box of 1 by 1, y downwards.
HANDS: dict[int, list[list[Stroke]]] = {
    0: [[arc(0.5, 0.5, 0.32, 0.48, -100, 262)], [arc(0.5, 0.5, 0.42, 0.46, -60, 300)]],
    1: [
        [[(0.3, 0.25), (0.55, 0.03), (0.55, 0.98)]],
        [[(0.35, 0.2), (0.55, 0.03), (0.52, 0.97)], [(0.3, 0.97), (0.75, 0.97)]],
    ],
    2: [
        [[*arc(0.5, 0.28, 0.32, 0.26, 190, 390), (0.2, 0.95), (0.85, 0.95)]],
        [[(0.2, 0.22), (0.4, 0.04), (0.68, 0.08), (0.78, 0.3), (0.55, 0.62), (0.18, 0.94), (0.5, 0.9), (0.86, 0.95)]],
    ],
    3: [
        [arc(0.45, 0.27, 0.3, 0.23, 200, 440) + arc(0.45, 0.73, 0.34, 0.24, 280, 520)],
        [[(0.2, 0.05), (0.75, 0.05), (0.45, 0.4), *arc(0.45, 0.68, 0.33, 0.28, 280, 510)]],
    ],
    4: [
        [[(0.62, 0.03), (0.15, 0.65), (0.88, 0.65)], [(0.65, 0.35), (0.65, 0.98)]],
        [[(0.25, 0.05), (0.2, 0.5), (0.8, 0.5)], [(0.72, 0.05), (0.68, 0.97)]],
    ],
    5: [
        [[(0.8, 0.05), (0.28, 0.05), (0.24, 0.45), *arc(0.46, 0.68, 0.33, 0.28, 230, 510)]],
        [
            [(0.25, 0.06), (0.23, 0.45), (0.5, 0.4), (0.75, 0.55), (0.74, 0.8), (0.5, 0.96), (0.2, 0.9)],
            [(0.25, 0.06), (0.8, 0.04)],
        ],
    ],
    6: [
        [[(0.7, 0.04), (0.38, 0.3), (0.22, 0.65), *arc(0.5, 0.72, 0.28, 0.24, 190, -170)]],
        [arc(0.75, 0.55, 0.52, 0.52, 265, 180) + arc(0.5, 0.72, 0.27, 0.25, 180, -190)],
    ],
    7: [
        [[(0.15, 0.06), (0.85, 0.06), (0.4, 0.97)]],
        [[(0.15, 0.08), (0.82, 0.05), (0.45, 0.97)], [(0.35, 0.5), (0.78, 0.48)]],
    ],
    8: [
        [arc(0.5, 0.26, 0.25, 0.22, 90, 450) + arc(0.5, 0.74, 0.32, 0.25, -90, 270)],
        [
            [
                (0.75, 0.15),
                (0.5, 0.03),
                (0.25, 0.2),
                (0.5, 0.45),
                (0.8, 0.72),
                (0.5, 0.97),
                (0.2, 0.74),
                (0.5, 0.46),
                (0.75, 0.15),
            ]
        ],
    ],
    9: [
        [[*arc(0.5, 0.28, 0.28, 0.25, 0, -350), (0.78, 0.3), (0.74, 0.65), (0.66, 0.98)]],
        [arc(0.48, 0.28, 0.28, 0.25, -10, -360) + arc(0.3, 0.45, 0.46, 0.5, -5, 85)],
    ],
}


def hundred(seed: int = 7) -> list[Drawn]:
    """Return ten pictures of each digit: four set in a font, six written in strokes."""
    dice = random.Random(seed)
    made = [from_font(digit, dice=dice) for digit in range(10) for _ in range(4)]
    return made + [from_strokes(digit, dice=dice) for digit in range(10) for _ in range(6)]


def from_font(digit: int, *, dice: random.Random) -> Drawn:
    """Set a digit in Pillow's own font, at some size, weight, slant and place."""
    size = dice.randint(40, 300)
    font = ImageFont.load_default(size)
    ink = Image.new("L", (size * 2, size * 2), 0)
    weight = round(size * dice.uniform(0.0, 0.05))
    ImageDraw.Draw(ink).text((size, size), str(digit), fill=255, font=font, anchor="mm", stroke_width=weight)
    return _on_paper(_slanted(ink, dice=dice), digit, "font", dice=dice)


def from_strokes(digit: int, *, dice: random.Random, hands: dict[int, list[list[Stroke]]] = HANDS) -> Drawn:
    """Write a digit with a pen: its strokes shaken, slanted and stretched, at some size and thickness."""
    size = dice.randint(60, 320)
    pen = max(2, round(size * dice.uniform(0.03, 0.14)))
    ink = Image.new("L", (size * 2, size * 2), 0)
    draw = ImageDraw.Draw(ink)
    wide, tall = size * dice.uniform(0.5, 0.9), size * dice.uniform(0.85, 1.1)
    for stroke in dice.choice(hands[digit]):
        points = [(size + (x - 0.5) * wide, size + (y - 0.5) * tall) for x, y in _shaken(stroke, dice=dice)]
        draw.line(points, fill=255, width=pen, joint="curve")
        for x, y in points:
            draw.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=255)
    return _on_paper(_slanted(ink, dice=dice), digit, "strokes", dice=dice)


def _shaken(stroke: Stroke, *, dice: random.Random) -> Iterator[Point]:
    """Move the points of a stroke by a slow wave and a little at random, as a hand does."""
    phase, pace = dice.uniform(0, 6.28), dice.uniform(0.2, 0.6)
    for index, (x, y) in enumerate(stroke):
        wave = 0.025 * math.sin(phase + pace * index)
        yield x + wave + dice.gauss(0, 0.012), y + wave / 2 + dice.gauss(0, 0.012)


def _slanted(ink: Image.Image, *, dice: random.Random) -> Image.Image:
    slant, middle = dice.uniform(-0.2, 0.3), ink.height / 2
    leaning = ink.transform(
        ink.size, Image.Transform.AFFINE, (1, slant, -slant * middle, 0, 1, 0), Image.Resampling.BILINEAR
    )
    return leaning.rotate(dice.uniform(-10, 10), Image.Resampling.BILINEAR)


def _on_paper(ink: Image.Image, digit: int, kind: str, *, dice: random.Random) -> Drawn:
    """Put the ink somewhere on a clean canvas or a photographed sheet, dark on light or light on dark."""
    left, top, right, bottom = ink.getbbox() or (0, 0, 1, 1)
    ink = ink.crop((left, top, right, bottom))
    room = max(ink.size)
    width, height = (round(room * dice.uniform(1.15, 2.2)) for _ in range(2))
    cover = Image.new("L", (max(width, ink.width + 4), max(height, ink.height + 4)), 0)
    cover.paste(ink, (dice.randint(1, cover.width - ink.width - 1), dice.randint(1, cover.height - ink.height - 1)))
    is_light = dice.random() < 0.5
    shade = "light" if is_light else "dark"
    if dice.random() < 0.5:
        colours = ("black", "white") if is_light else ("white", "black")
        picture = Image.new("RGB", cover.size, colours[0])
        picture.paste(Image.new("RGB", cover.size, colours[1]), mask=cover)
        return Drawn(picture, digit, f"{kind}, canvas, {shade} ink")
    return Drawn(_photo(cover, is_light=is_light, dice=dice), digit, f"{kind}, photo, {shade} ink")


def _photo(cover: Image.Image, *, is_light: bool, dice: random.Random) -> Image.Image:
    """Photograph the ink: uneven light, vignette, soft focus, noise, JPEG-like steps of brightness."""
    noise = np.random.default_rng(dice.randrange(2**32))
    height, width = cover.height, cover.width
    rows, columns = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    angle = dice.uniform(0, 6.28)
    light = 1 + dice.uniform(0.05, 0.3) * (rows * math.sin(angle) + columns * math.cos(angle))
    light -= dice.uniform(0.0, 0.15) * (rows**2 + columns**2)
    paper = 60.0 if is_light else 190.0
    inked = dice.uniform(190, 230) if is_light else float(np.mean(dice.choice(PEN_COLOURS)))
    soft = np.asarray(cover.filter(ImageFilter.GaussianBlur(dice.uniform(0.3, 1.5))), dtype=np.float64) / 255
    scene = (paper + (inked - paper) * soft) * light
    grain = noise.normal(0, dice.uniform(2, 9), (height, width, 1)) + noise.normal(0, 3, (height, width, 3))
    return Image.fromarray(np.clip(scene[..., None] + grain, 0, 255).astype(np.uint8))


def on_canvas(digit: int, *, side: int, dice: random.Random) -> Image.Image:
    """Write a digit as someone does in the drawing box: any pen, ink on paper or chalk on a board."""
    fine = Image.new("L", (side * 2, side * 2), 0)
    draw, pen = ImageDraw.Draw(fine), side * 2 * dice.uniform(0.02, 0.11)
    wide, tall = side * 2 * dice.uniform(0.3, 0.6), side * 2 * dice.uniform(0.45, 0.8)
    left, top = dice.uniform(0.08, 0.3) * side * 2, dice.uniform(0.06, 0.15) * side * 2
    for stroke in dice.choice(HANDS[digit]):
        points = [(left + x * wide, top + y * tall) for x, y in _shaken(stroke, dice=dice)]
        draw.line(points, fill=255, width=round(pen), joint="curve")
        for x, y in points:
            draw.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=255)
    paper, ink = (255, 16) if dice.random() < 0.5 else (16, 255)
    smooth = fine.resize((side, side), Image.Resampling.BOX)
    return Image.composite(Image.new("L", smooth.size, ink), Image.new("L", smooth.size, paper), smooth)
