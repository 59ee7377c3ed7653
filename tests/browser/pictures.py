"""Draw a digit into the page as a hand would, and photograph one as a bad camera would."""

import io
import random
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Page

# A seven: along the top, then down to the left. Corners as shares of the drawing box.
SEVEN: Final = ((0.25, 0.2), (0.75, 0.2), (0.62, 0.42), (0.5, 0.62), (0.42, 0.85))
# A one with nothing but its stem would be a bar; this is how many people write a three.
THREE: Final = (
    (0.3, 0.22), (0.5, 0.14), (0.68, 0.24), (0.62, 0.4),
    (0.46, 0.47), (0.64, 0.54), (0.7, 0.7), (0.55, 0.84), (0.3, 0.78),
)  # fmt: skip


def draw_with_mouse(page: Page, corners: tuple[tuple[float, float], ...]) -> None:
    """Draw one stroke into the drawing box."""
    canvas = page.locator("draw-box canvas")
    canvas.wait_for()
    box = canvas.bounding_box()
    assert box is not None
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=8)
    page.mouse.up()


def photograph(folder: Path, corners: tuple[tuple[float, float], ...], *, light_on_dark: bool) -> Path:
    """Return a JPEG of the stroke on unevenly lit, noisy paper (or chalk on a board)."""
    dice = random.Random(4)
    side = 640
    ink, paper = (225, 55) if light_on_dark else (60, 205)
    image = Image.new("L", (side, side), paper)
    shade = Image.linear_gradient("L").resize((side, side)).point(lambda value: int(value * 0.25))
    image = Image.eval(Image.blend(image, shade, 0.2), int)
    ImageDraw.Draw(image).line([(side * x, side * y) for x, y in corners], fill=ink, width=38, joint="curve")
    noise = Image.frombytes("L", (side, side), dice.randbytes(side * side))
    image = Image.blend(image.filter(ImageFilter.GaussianBlur(2)), noise, 0.06)
    path = folder / ("board.jpg" if light_on_dark else "paper.jpg")
    data = io.BytesIO()
    image.convert("RGB").save(data, "JPEG", quality=80)
    path.write_bytes(data.getvalue())
    return path
