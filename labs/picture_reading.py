"""Have a zip of pictures read in a limited, killable child: this process decodes nothing that somebody sent."""

import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import nets
from nets.own_sets import OwnSet

# More than the child's own limit on its processor's time: on a busy machine it waits too.
READ_SECONDS: Final = 90.0
WAIT_SECONDS: Final = 20.0
# Each child may take a core; more than two at once would be felt by everyone who reads a page.
MOST_READERS: Final = 2
SIDES: Final = (32, 64)
TOO_LONG: Final = (
    f"Reading these pictures took longer than {READ_SECONDS:.0f} seconds, and was given up: bring smaller pictures, or "
    "fewer at once."
)
BROKE: Final = "Reading these pictures took more time or memory than it may: bring smaller pictures, or fewer at once."
BUSY: Final = "Other people's pictures are being read at this moment. Nothing is lost: send yours again in a minute."
_places = threading.BoundedSemaphore(MOST_READERS)


class PicturesRefused(ValueError):
    """Pictures that were not taken; `errors` holds a sentence per fault, with the files' names and what helps."""

    def __init__(self, errors: list[str], *, status: int = 422) -> None:
        self.errors = errors
        self.status = status
        super().__init__(" ".join(errors))


@dataclass(frozen=True, slots=True)
class Read:
    """Pictures that were taken: what they are, and two open files, with the data and with a WebP for each class."""

    own: OwnSet
    data: IO[bytes]
    size: int
    sheets: IO[bytes]
    lengths: list[int]


@contextmanager
def reading(file: IO[bytes], *, side: int, most: int) -> Iterator[Read]:
    """Read an opened zip with at most `most` pictures; its files are gone after the block.

    Raises PicturesRefused, and then nothing is left on the disk.
    """
    if side not in SIDES:
        raise PicturesRefused([f"The side must be one of {', '.join(map(str, SIDES))} pixels."])
    if not _places.acquire(timeout=WAIT_SECONDS):
        raise PicturesRefused([BUSY], status=503)
    try:
        with tempfile.TemporaryFile() as zipped, tempfile.TemporaryFile() as data, tempfile.TemporaryFile() as sheets:
            told = _told(_child(_on_disk(file, zipped), side=side, most=most, data=data, sheets=sheets))
            size = data.seek(0, 2)
            data.seek(0)
            sheets.seek(0)
            yield Read(OwnSet.parse(told["pictures"]), data, size, sheets, told["sheets"])
    finally:
        _places.release()


def _on_disk(file: IO[bytes], copy: IO[bytes]) -> IO[bytes]:
    """Return a file that a child can be given: small uploads lie in memory, and are copied."""
    file.seek(0)
    try:
        file.fileno()
    except OSError:
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        return copy
    return file


def _child(file: IO[bytes], *, side: int, most: int, data: IO[bytes], sheets: IO[bytes]) -> bytes:
    """Return what the child said; one that hangs is killed."""
    fds = (data.fileno(), sheets.fileno())
    # -I: no environment, no current folder on the path; the file finds the package beside it.
    program = str(Path(nets.__file__).with_name("own_reading.py"))
    command = [sys.executable, "-I", program, str(side), str(most), *map(str, fds)]
    # The library behind numpy would start a thread for each core.
    environment = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            command, stdin=file, capture_output=True, timeout=READ_SECONDS, check=False, pass_fds=fds, env=environment
        )
    except subprocess.TimeoutExpired:
        raise PicturesRefused([TOO_LONG]) from None
    return done.stdout


def _told(line: bytes) -> dict[str, Any]:
    """Read the child's answer; no line at all means that it was killed by one of its limits."""
    told: Any = None
    with contextlib.suppress(ValueError):
        told = json.loads(line)
    if not isinstance(told, dict):
        raise PicturesRefused([BROKE])
    if "faults" in told:
        raise PicturesRefused(list(map(str, told["faults"])))
    return told
