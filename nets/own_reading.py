"""Read one untrusted zip of pictures in a process of its own, under hard limits, and write it back as a clean file.

Run as a file by the web process, which must not decode such bytes itself: the zip is its standard input, opened; one
JSON line goes out on standard output. Where that says that all is well, two more files hold what was made: the data
(`nets.own_files`), and for each class a WebP that shows some of its pictures, one behind the other. It imports no
torch, and may be killed at any moment.

    python -I own_reading.py SIDE MOST_PICTURES DATA_FD SHEETS_FD < pictures.zip
"""

import contextlib
import io
import json
import os
import sys
from pathlib import Path
from typing import IO, Final

if __name__ == "__main__":
    # -I leaves the folder of this package off the path.
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from PIL import Image

from nets.folder import FolderError, Pictures, read_zip
from nets.own_files import set_of, to_bytes
from nets.raw import Bytes

CPU_SECONDS: Final = 60
MEMORY_BYTES: Final = 2 * 1024**3
# A file that it writes; both of them are far smaller.
MOST_WRITTEN: Final = 1_000_000_000
NICE: Final = 10
# Each class is shown by so many pictures, in rows, each enlarged to about so many pixels.
SHOWN: Final = 30
COLUMNS: Final = 10
TILE: Final = 64
GAP: Final = 2
TOO_MUCH: Final = "These pictures need more memory than reading them may take: make them smaller, or bring fewer."


def main(arguments: list[str]) -> int:
    """Answer the zip on standard input; the exit status is 0 when it was taken."""
    limit()
    side, most, data, sheets = map(int, arguments)
    try:
        told = take(sys.stdin.buffer, side=side, most=most, data=data, sheets=sheets)
    except FolderError as error:
        told = {"faults": list(error.errors)}
    except MemoryError:
        told = {"faults": [TOO_MUCH]}
    sys.stdout.write(json.dumps(told) + "\n")
    return 1 if "faults" in told else 0


def take(file: IO[bytes], *, side: int, most: int, data: int, sheets: int) -> dict[str, object]:
    """Read the zip and write both files; return the words of the set, and how long each class's WebP is."""
    pictures = read_zip(file, side=side, most=most)
    content = to_bytes(pictures)
    drawn = [sheet_of(pictures, label) for label in range(len(pictures.classes))]
    with os.fdopen(data, "wb") as out:
        out.write(content)
    with os.fdopen(sheets, "wb") as out:
        out.write(b"".join(drawn))
    return {"pictures": set_of(content).text, "sheets": [len(one) for one in drawn]}


def sheet_of(pictures: Pictures, label: int) -> bytes:
    """Return a WebP of up to SHOWN pictures of one class, spread evenly over it, in rows of COLUMNS."""
    (places,) = np.nonzero(pictures.labels == label)
    chosen = places[np.linspace(0, len(places) - 1, min(SHOWN, len(places))).round().astype(int)]
    scale = max(1, TILE // pictures.images.shape[-1])
    tiles = [_tile(pictures.images[place], scale) for place in chosen]
    step = tiles[0].width + GAP
    rows = -(-len(tiles) // COLUMNS)
    # Clear where no picture is, so that it lies on light and dark pages alike.
    sheet = Image.new("RGBA", (COLUMNS * step - GAP, rows * step - GAP), (0, 0, 0, 0))
    for place, tile in enumerate(tiles):
        sheet.paste(tile, (place % COLUMNS * step, place // COLUMNS * step))
    saved = io.BytesIO()
    sheet.save(saved, "WEBP", quality=85)
    return saved.getvalue()


def _tile(picture: Bytes, scale: int) -> Image.Image:
    image = Image.fromarray(picture.transpose(1, 2, 0))
    return image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST)


def limit() -> None:
    """Take away what reading never needs: time, memory, files; and stand behind whoever serves pages."""
    import resource  # absent on Windows, where nothing but the parent's clock limits the child

    for name, amount in (
        ("RLIMIT_CPU", CPU_SECONDS),
        ("RLIMIT_AS", MEMORY_BYTES),
        ("RLIMIT_FSIZE", MOST_WRITTEN),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_NOFILE", 64),
    ):
        # Some systems refuse to lower one of them; the parent's clock and kill still hold there.
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (amount, amount))
    with contextlib.suppress(AttributeError, OSError):
        os.nice(NICE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
