"""From a picture of a digit to the pixels that the networks were trained on: one path for every source.

The digits data set was made by NIST's form-reading programs (Garris et al., NISTIR 5469): each digit was
fitted to a box 20 wide and 32 high, strokes were thinned or thickened to a usual amount of ink, and the
32x32 bitmap was counted in blocks of 4x4. `digit` repeats those steps, so that a network sees drawings,
uploads and photos in the form that it knows. numpy and Pillow only.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from nets.paper import ink_of

Bytes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

SIDE: Final = 32
CELL: Final = 4
CELL_FULL: Final = CELL * CELL
# The box and the ink that the data set's own digits have: 20 of 32 columns, 19.5 of 64 cells, measured over all.
BOX_WIDTH: Final = 20
USUAL_INK: Final = 19.5 * CELL_FULL
# Strokes are thickened and thinned at this height, where one pixel is a third of the bitmap's.
WORK_HEIGHT: Final = 96
MOST_THICKENING: Final = 10
MOST_THINNING: Final = 6
# Narrower than this when 32 high, a digit is no fuller one squeezed but a stroke, and stays narrow.
NARROW: Final = 14


class Step(NamedTuple):
    """One stage of the preparation, to show: `pixels` is (H, W) uint8, ink bright on black from stage 2 on."""

    name: str
    caption: str
    pixels: Bytes


class Prepared(NamedTuple):
    """What the network sees, (32, 32) uint8 with ink bright on black, and how it came about."""

    pixels: Bytes
    steps: tuple[Step, ...]


def digit(image: Image.Image) -> Prepared:
    """Bring a picture of one digit, dark on light or light on dark, to the data set's own form.

    Takes any mode and size; raises `nets.paper.NoInk` when nothing stands out from the paper.
    """
    grey, contrast, ink = ink_of(image)
    bitmap = _usual_thickness(ink)
    counts = cells(bitmap)
    pixels = serve(counts)
    return Prepared(
        pixels,
        (
            Step("grey", "Your picture without colour.", grey),
            Step("contrast", "The paper taken away, so that only what differs from it is bright.", contrast),
            Step("ink", "What counts as ink.", _bright(ink)),
            Step(
                "bitmap",
                "Cut out, fitted to 20 by 32, strokes brought to the usual thickness.",
                _bright(bitmap),
            ),
            Step("cells", "Ink counted in blocks of 4 by 4, as the data set was made.", _cells_as_grey(counts)),
            Step("served", "What the network sees.", pixels),
        ),
    )


def cells(bitmap: Mask) -> Bytes:
    """Count the ink of a (32, 32) bitmap in blocks of 4x4: (8, 8) uint8 from 0 to 16."""
    blocks = bitmap.reshape(SIDE // CELL, CELL, SIDE // CELL, CELL)
    counts: Bytes = blocks.sum(axis=(1, 3)).astype(np.uint8)
    return counts


def serve(counts: Bytes) -> Bytes:
    """Enlarge one digit's cells, (8, 8) from 0 to 16, to (32, 32) uint8 as the data set serves them."""
    return np.asarray(Image.fromarray(_cells_as_grey(counts)).resize((SIDE, SIDE), Image.Resampling.BILINEAR))


def _cells_as_grey(counts: Bytes) -> Bytes:
    grey: Bytes = np.rint(counts.astype(np.float64) * 255 / CELL_FULL).astype(np.uint8)
    return grey


def _bright(mask: Mask) -> Bytes:
    bright: Bytes = mask.astype(np.uint8) * np.uint8(255)
    return bright


def _usual_thickness(ink: Mask) -> Mask:
    """Fit the ink to the data set's box, with the strokes grown or shrunk to come closest to the usual ink."""
    return min((_fitted(mask) for mask in _thicknesses(ink)), key=lambda bitmap: abs(bitmap.sum() - USUAL_INK))


def _thicknesses(ink: Mask) -> Iterator[Mask]:
    """Yield the ink at WORK_HEIGHT as it is, then with strokes ever thicker, and ever thinner while it is whole."""
    tall = _resized(_cropped(ink), height=WORK_HEIGHT, width=_work_width(ink))
    yield tall
    grown = np.pad(tall, MOST_THICKENING)
    for number in range(MOST_THICKENING):
        # A cross and a square in turn grow a stroke nearly as a disc would.
        grown = _grown(grown, corners=number % 2 == 1)
        yield grown
    paper = np.pad(~tall, 1, constant_values=True)
    for number in range(1, MOST_THINNING + 1):
        paper = _grown(paper, corners=True)
        if paper.all() or not _is_whole(_cropped(~paper).shape, was=tall.shape, thinned=number):
            return
        yield ~paper


def _grown(mask: Mask, *, corners: bool) -> Mask:
    """Grow a mask by one pixel up, down, left and right, and over corners where asked."""
    tall = mask.copy()
    tall[1:] |= mask[:-1]
    tall[:-1] |= mask[1:]
    wide = tall.copy() if corners else mask.copy()
    source = tall if corners else mask
    wide[:, 1:] |= source[:, :-1]
    wide[:, :-1] |= source[:, 1:]
    grown: Mask = wide | tall
    return grown


def _is_whole(shape: tuple[int, ...], *, was: tuple[int, ...], thinned: int) -> bool:
    """Say whether thinned ink still reaches as far as it did: a lost end makes another digit."""
    return all(now >= before - 2 * thinned - 2 for now, before in zip(shape, was, strict=True))


def _work_width(ink: Mask) -> int:
    """Return how wide the ink is to be when WORK_HEIGHT high."""
    height, width = _cropped(ink).shape
    return max(1, round(float(WORK_HEIGHT * width / height)))


def _fitted(mask: Mask) -> Mask:
    """Scale the ink to the full height and to BOX_WIDTH, a narrow digit only in proportion, and centre it."""
    inked = _cropped(mask)
    height, width = inked.shape
    natural = SIDE * width / height
    fitted_width = BOX_WIDTH if natural >= NARROW else max(3, round(natural * BOX_WIDTH / NARROW))
    scaled = _resized(inked, height=SIDE, width=fitted_width)
    left = (SIDE - fitted_width) // 2
    return np.pad(scaled, ((0, 0), (left, SIDE - fitted_width - left)))


def _resized(mask: Mask, *, height: int, width: int) -> Mask:
    scaled = Image.fromarray(_bright(mask)).resize((width, height), Image.Resampling.BOX)
    return np.asarray(scaled) > 127


def _cropped(mask: Mask) -> Mask:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
