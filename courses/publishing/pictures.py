"""The images of a course folder: found, measured, named by their hash."""

import hashlib
import re
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from courses.faults import Fault
from courses.publishing.edition import StoredPicture
from courses.rendering.context import Picture

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".svg")
STORED_NAME = re.compile(r"^[0-9a-f]{24}\.(?:png|jpg|jpeg|webp|svg)$")
LARGEST_BYTES = 2 * 1024 * 1024
_VIEW_BOX = re.compile(r'viewBox="\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)\s*"')


def read_pictures(
    root: Path, *, shown_root: str, faults: list[Fault]
) -> tuple[dict[str, Picture], dict[str, StoredPicture]]:
    """Return the pictures in `images/` by the name under which lessons use them, and what is to be stored."""
    pictures: dict[str, Picture] = {}
    stored: dict[str, StoredPicture] = {}
    for path in sorted((root / "images").rglob("*")):
        if path.suffix.lower() not in SUFFIXES:
            continue
        source = path.relative_to(root).as_posix()
        try:
            width, height = _size(path)
        except (ValueError, OSError, UnidentifiedImageError) as error:
            faults.append(Fault(f"{shown_root}/{source}", 1, f"This image cannot be used: {error}.", "Save it again."))
            continue
        name = hashlib.sha256(path.read_bytes()).hexdigest()[:24] + path.suffix.lower()
        pictures[source] = Picture(f"/images/{name}", width, height)
        stored[source] = StoredPicture(path, name)
    return pictures, stored


def _size(path: Path) -> tuple[int, int]:
    """Return width and height in pixels. Raises ValueError with the reason when the image cannot be used."""
    if path.stat().st_size > LARGEST_BYTES:
        raise ValueError(f"it is larger than {LARGEST_BYTES // 1024} KB")
    if path.suffix.lower() == ".svg":
        found = _VIEW_BOX.search(path.read_text(encoding="utf-8"))
        if not found:
            raise ValueError("the SVG names no viewBox")
        return round(float(found[1])), round(float(found[2]))
    with Image.open(path) as image:
        return image.size
