"""Small sets of a learner's own pictures for tests: two kinds that a small network tells apart at a glance."""

import io
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from nets import own_files
from nets.folder import Pictures, read_zip
from nets.own_sets import OwnSet
from nets.specs import TrainSpec


def jpeg(kind: str, number: int, *, side: int = 40) -> bytes:
    """Return one photo: a bright cup stands left, a pen lies right, amid noise that differs for every number."""
    dice = np.random.default_rng(number)
    pixels = dice.integers(0, 90, (side, side, 3), dtype=np.uint8)
    middle = side // 2
    pixels[:, :middle] += np.uint8(150 if kind == "cup" else 0)
    pixels[:, middle:] += np.uint8(0 if kind == "cup" else 150)
    saved = io.BytesIO()
    Image.fromarray(pixels).save(saved, "JPEG")
    return saved.getvalue()


def zipped(**kinds: int) -> bytes:
    """Return a zip with so many photos of each kind, in the folder of its name."""
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w") as archive:
        for kind, count in kinds.items():
            for number in range(count):
                archive.writestr(f"{kind}/{number}.jpg", jpeg(kind, number))
    return saved.getvalue()


def pictures(*, side: int = 32, **kinds: int) -> Pictures:
    """Return such photos as they are read."""
    return read_zip(io.BytesIO(zipped(**kinds)), side=side)


def stored(folder: Path, *, side: int = 32, **kinds: int) -> tuple[Path, OwnSet]:
    """Write such photos as the one file of a set; return it and how a spec names it."""
    content = own_files.to_bytes(pictures(side=side, **kinds))
    own = own_files.set_of(content)
    file = folder / f"{own.sha256}.safetensors"
    file.write_bytes(content)
    return file, own


def spec_of(own: OwnSet, **fields: object) -> TrainSpec:
    """Return a spec that trains on a set."""
    return TrainSpec.from_json({"data": "own", "pictures": own.text, **fields})
