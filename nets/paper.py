"""Find ink on paper: what stands out from a background that may be uneven, noisy, light or dark."""

from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

Bytes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

WORK_SIDE: Final = 160
# Grey levels by which ink must differ from the paper, and how many times the paper's own noise.
LEAST_CONTRAST: Final = 12.0
LEAST_NOISES: Final = 4.0
# The paper is fitted to every so many pixels; coprime to any usual width, so that no column is left out.
EVERY: Final = 7
# Parts smaller than this share of the largest one are specks.
SPECK_SHARE: Final = 0.04


class NoInk(ValueError):
    """A picture on which nothing stands out from the paper."""

    def __init__(self) -> None:
        super().__init__("Nothing stands out from the paper: draw one digit, large, or take a closer photo of one.")


def ink_of(image: Image.Image) -> tuple[Bytes, Bytes, Mask]:
    """Return the picture in grey, how far each pixel differs from its paper, and which pixels are ink.

    All three are (H, W), at most WORK_SIDE on the longer side. Raises NoInk when there is none.
    """
    grey = _grey(image)
    pixels = np.asarray(grey, dtype=np.float64)
    difference = np.asarray(grey.filter(ImageFilter.GaussianBlur(0.7)), dtype=np.float64) - _paper(pixels)
    # Paper's noise falls to both sides alike, ink to one: the third power tells which.
    sign = 1.0 if np.sum(difference**3) >= 0 else -1.0
    contrast = np.clip(difference * sign, 0, None)
    noise = 1.4826 * float(np.median(np.abs(difference)))
    level = max(_between(contrast), LEAST_CONTRAST, LEAST_NOISES * noise)
    ink = _without_specks(contrast > level)
    shown = np.rint(contrast * (255 / max(contrast.max(), 1.0))).astype(np.uint8)
    return np.asarray(grey), shown, ink


def _grey(image: Image.Image) -> Image.Image:
    """Return a greyscale picture of at most WORK_SIDE; see-through parts become paper of the other brightness."""
    if "A" in image.getbands() or "transparency" in image.info:
        layered = image.convert("RGBA")
        pixels = np.asarray(layered, dtype=np.float64)
        cover = pixels[..., 3]
        drawn = pixels[..., :3].mean(axis=2)[cover > 127]
        paper = 255 if drawn.size == 0 or drawn.mean() < 128 else 0
        flat = Image.new("RGBA", layered.size, (paper, paper, paper, 255))
        image = Image.alpha_composite(flat, layered)
    grey = image.convert("L")
    scale = WORK_SIDE / max(grey.size)
    size = (max(1, round(grey.width * scale)), max(1, round(grey.height * scale)))
    return grey.resize(size, Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR)


def _paper(pixels: Floats) -> Floats:
    """Fit a smooth surface of second degree to the paper; weights fall with the square of the distance from it."""
    height, width = pixels.shape
    rows, columns = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    terms = np.stack([np.ones_like(rows), rows, columns, rows * columns, rows**2, columns**2], axis=-1).reshape(-1, 6)
    values = pixels.ravel()
    surface = np.full_like(values, _edge(pixels))
    some = slice(None, None, EVERY)
    for _ in range(12):
        weights = 1 / np.maximum(np.abs(values[some] - surface[some]), 2.0) ** 2
        weighted = terms[some] * weights[:, None]
        surface = terms @ np.linalg.lstsq(weighted.T @ terms[some], weighted.T @ values[some], rcond=None)[0]
    return surface.reshape(height, width)


def _edge(pixels: Floats) -> float:
    """Return the usual brightness along the border, which is paper unless the ink runs over it."""
    return float(np.median(np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])))


def _between(contrast: Floats) -> float:
    """Return the level that best parts dark from bright (Otsu 1979, IEEE Trans. SMC 9(1))."""
    counts, edges = np.histogram(contrast, bins=128)
    centres = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    sums = np.cumsum(counts * centres)
    above = below[-1] - below
    # Where one side is empty its sum is 0 as well, and so is the spread.
    spread = below * above * (sums / np.maximum(below, 1) - (sums[-1] - sums) / np.maximum(above, 1)) ** 2
    return float(edges[1:][int(np.argmax(spread))])


def _without_specks(ink: Mask) -> Mask:
    """Keep the parts that make up the digit; raises NoInk when there is none."""
    parts = _parts(ink)
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    if sizes.size < 2 or sizes.max() < 8:
        raise NoInk
    return np.isin(parts, np.flatnonzero(sizes >= max(8.0, SPECK_SHARE * sizes.max())))


def _parts(ink: Mask) -> npt.NDArray[np.int64]:
    """Number the connected parts of the ink, corners touching included; 0 is paper.

    Each row is cut into runs, and a run is joined to the runs that it touches in the row above.
    """
    parent: list[int] = [0]
    labels = np.zeros(ink.shape, dtype=np.int64)
    above: list[tuple[int, int, int]] = []
    for number, runs in enumerate(_runs(ink)):
        here = []
        for start, end in runs:
            parent.append(len(parent))
            label = len(parent) - 1
            for other, left, right in above:
                if left <= end and start <= right:
                    parent[_root(parent, label)] = _root(parent, other)
            here.append((label, start, end))
            labels[number, start:end] = label
        above = here
    roots = [_root(parent, label) for label in range(len(parent))]
    numbers: npt.NDArray[np.int64] = np.unique(roots, return_inverse=True)[1]
    return numbers[labels]


def _runs(ink: Mask) -> list[list[tuple[int, int]]]:
    """Return, for each row, where its runs of ink start and end (the end is no ink any more)."""
    edges = np.argwhere(np.diff(ink.astype(np.int8), axis=1, prepend=0, append=0)).tolist()
    rows: list[list[tuple[int, int]]] = [[] for _ in ink]
    for (row, start), (_, end) in zip(edges[::2], edges[1::2], strict=True):
        rows[row].append((start, end))
    return rows


def _root(parent: list[int], label: int) -> int:
    while parent[label] != label:
        parent[label] = parent[parent[label]]
        label = parent[label]
    return label
