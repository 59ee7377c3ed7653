"""A learner's own pictures as a data set: a folder or a zip with one folder per class, trusted in nothing.

A zip is never unpacked to disk; no name in it is used as a path; every size is counted while reading, whatever
the zip says of itself. All faults are told at once, each with the file's name.
"""

import io
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Final, NamedTuple

import numpy as np
from PIL import Image, ImageOps

from nets.own_sets import CLASSES, LEAST_PER_CLASS, SIDES, fault_of_name
from nets.raw import Bytes, DataError, Labels

FORMATS: Final = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
MOST_FILES: Final = 20_000
MOST_CLASSES: Final = CLASSES[1]
MOST_FILE_BYTES: Final = 20_000_000
MOST_BYTES: Final = 1_000_000_000
MOST_PIXELS: Final = 40_000_000
# Of all pictures together, as they are decoded: minutes of one core.
MOST_PIXELS_IN_ALL: Final = 8_000_000_000
# The bytes that the finished images may take in memory.
MOST_SERVED_BYTES: Final = 2_000_000_000
NAMED_AT_MOST: Final = 5
NO_FILE: Final = "are links or no plain files: put the pictures themselves there"
# What systems leave beside pictures without being asked.
_LITTER: Final = ("__macosx", "thumbs.db", "desktop.ini")


class FolderError(DataError):
    """Pictures that cannot become a data set; `errors` holds a sentence per kind of fault, with the files' names."""

    def __init__(self, errors: Sequence[str]) -> None:
        self.errors = tuple(errors)
        super().__init__(" ".join(self.errors))


@dataclass(frozen=True, slots=True)
class Pictures:
    """What was read: images (N, 3, side, side) uint8, labels (N,) int64 that count `classes`, sorted by name."""

    images: Bytes
    labels: Labels
    classes: tuple[str, ...]


class _File(NamedTuple):
    """One file as it was found: its path inside the data set, its size as stated, and how to open it.

    `danger` says why it must not even be opened; empty for an ordinary file.
    """

    path: PurePosixPath
    size: int
    open: Callable[[], IO[bytes]]
    danger: str = ""


class _Refused(Exception):
    """One file that is refused, with the reason that it shares with others."""


def read(path: Path, *, side: int = 32) -> Pictures:
    """Read a folder or a zip of pictures, each in the folder of its class, fitted to `side` by `side`.

    Larger sides are cut off evenly, transparent pixels turn white, 16-bit grey is brought to 8. Raises FolderError
    for anything that is no picture, leaves its folder, is too large or too many, and for classes too few or small.
    """
    try:
        if path.is_dir():
            return _pictures(list(_in_folder(path)), side=_checked(side), most=MOST_FILES)
        with path.open("rb") as file:
            return read_zip(file, side=side, name=path.name)
    except OSError as error:
        raise FolderError([f"{path.name} cannot be opened: {error.strerror or 'it is damaged'}."]) from error


def read_zip(file: IO[bytes], *, side: int = 32, most: int | None = None, name: str = "The file") -> Pictures:
    """Read an opened zip as `read` does, with at most `most` pictures in it; `name` is what sentences call it."""
    try:
        with zipfile.ZipFile(file) as archive:
            return _pictures(list(_in_zip(archive)), side=_checked(side), most=MOST_FILES if most is None else most)
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError):
        raise FolderError([f"{name} is no zip that can be read: pack the folder again as a plain zip."]) from None


def _checked(side: int) -> int:
    if not SIDES[0] <= side <= SIDES[1]:
        raise FolderError([f"The side must be a whole number from {SIDES[0]} to {SIDES[1]}; {side} was given."])
    return side


def _in_folder(root: Path) -> Iterator[_File]:
    """Yield the files of a folder without following a link; stops soon after there are too many."""
    waiting, seen = [root], 0
    while waiting:
        for found in sorted(waiting.pop().iterdir()):
            inside = PurePosixPath(found.relative_to(root).as_posix())
            seen += 1
            if seen > 2 * MOST_FILES:
                raise FolderError([_too_many()])
            if _is_litter(inside):
                continue
            kind = found.lstat()
            if stat.S_ISDIR(kind.st_mode):
                waiting.append(found)
            elif stat.S_ISREG(kind.st_mode):
                yield _File(inside, kind.st_size, partial(_opened, found))
            else:
                yield _File(inside, 0, partial(_opened, found), NO_FILE)


def _opened(found: Path) -> IO[bytes]:
    return found.open("rb")


def _in_zip(archive: zipfile.ZipFile) -> Iterator[_File]:
    """Yield the files of a zip, those refused unread that are links, secret, or named to land elsewhere."""
    entries = archive.infolist()
    if len(entries) > 2 * MOST_FILES:
        raise FolderError([_too_many()])
    seen: set[str] = set()
    for entry in entries:
        path = PurePosixPath(entry.filename)
        if entry.is_dir() or _is_litter(path):
            continue
        danger = _danger(entry, path, is_again=entry.filename in seen)
        seen.add(entry.filename)
        yield _File(path, entry.file_size, partial(archive.open, entry), danger)


def _danger(entry: zipfile.ZipInfo, path: PurePosixPath, *, is_again: bool) -> str:
    """Return why an entry is refused without opening it, or nothing."""
    if path.is_absolute() or ".." in path.parts or "\\" in entry.filename or ":" in entry.filename:
        return "would land outside the data set: pack the folder again"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return NO_FILE
    if entry.flag_bits & 0x1:
        return "are locked by a password: pack the folder again without one"
    return "are there twice under one name: pack the folder again" if is_again else ""


def _is_litter(path: PurePosixPath) -> bool:
    return any(part.lower() in _LITTER or (part.startswith(".") and part != "..") for part in path.parts)


def _pictures(files: list[_File], *, side: int, most: int) -> Pictures:
    """Turn files into a data set, or tell all that is wrong with them."""
    if len(files) > most:
        raise FolderError([_too_many(most)])
    faults = _by_reason([(file.danger, file.path) for file in files if file.danger])
    files = [file for file in files if not file.danger]
    depth = _depth(files)
    names = [file.path.parts[depth] if len(file.path.parts) > depth + 1 else "" for file in files]
    faults += _class_faults(files, names) + _size_faults(files, side=side)
    images, unread = _decoded(files, side=side) if not faults else (np.empty(0, dtype=np.uint8), [])
    if faults or unread:
        raise FolderError(faults + unread)
    classes = tuple(sorted(set(names)))
    places = {name: place for place, name in enumerate(classes)}
    return Pictures(images, np.array([places[name] for name in names], dtype=np.int64), classes)


def _depth(files: list[_File]) -> int:
    """Return how many folders all files share above the folders of the classes: a zip often has one around all."""
    folders = {file.path.parts[:-1] for file in files}
    deepest = 0
    while folders and all(len(parts) > deepest + 1 for parts in folders):
        if len({parts[deepest] for parts in folders}) > 1:
            break
        deepest += 1
    return deepest


def _class_faults(files: list[_File], names: list[str]) -> list[str]:
    if not files:
        return ["There is no picture in it: make one folder per class and put the pictures of each class there."]
    loose = [file.path for file, name in zip(files, names, strict=True) if not name]
    counts = Counter(name for name in names if name)
    small = [f"{name} ({count})" for name, count in sorted(counts.items()) if count < LEAST_PER_CLASS]
    found = [f"{_short(name)}: {fault}" for name in sorted(counts) if (fault := fault_of_name(name))][:NAMED_AT_MOST]
    if loose:
        found.append(f"{_listed(loose)} lie in no class: put each picture into the folder of its class.")
    if len(counts) == 1:
        found.append(
            f"There is one class only, {_short(next(iter(counts)))}: a network needs at least two to tell apart."
        )
    if len(counts) > MOST_CLASSES:
        found.append(f"There are {len(counts):,} classes; at most {MOST_CLASSES} are allowed.")
    elif small:
        found.append(f"Each class needs at least {LEAST_PER_CLASS} pictures; too few are in {_listed(small)}.")
    return found


def _size_faults(files: list[_File], *, side: int) -> list[str]:
    """Tell what is too large by its own account; what lies about its size is found while it is read."""
    large = [file.path for file in files if file.size > MOST_FILE_BYTES]
    total = sum(file.size for file in files)
    served = len(files) * 3 * side * side
    found = []
    if large:
        found.append(f"{_listed(large)} are larger than {MOST_FILE_BYTES // 1_000_000} MB each: make them smaller.")
    if total > MOST_BYTES:
        found.append(
            f"All files together are larger than {MOST_BYTES // 1_000_000:,} MB: use fewer or smaller pictures."
        )
    if served > MOST_SERVED_BYTES:
        found.append(f"{len(files):,} pictures of {side} by {side} do not fit into memory: choose a smaller side.")
    return found


def _decoded(files: list[_File], *, side: int) -> tuple[Bytes, list[str]]:
    """Read every picture, (N, 3, side, side); those that cannot be read are listed by reason."""
    images = np.zeros((len(files), 3, side, side), dtype=np.uint8)
    refused: list[tuple[str, PurePosixPath]] = []
    total_bytes = total_pixels = 0
    for number, file in enumerate(files):
        try:
            content = _content(file)
            total_bytes += len(content)
            picture, pixels = _picture(content, side=side)
            total_pixels += pixels
            images[number] = picture
        except _Refused as error:
            refused.append((str(error), file.path))
        if total_bytes > MOST_BYTES or total_pixels > MOST_PIXELS_IN_ALL:
            refused.append(("and those before it are too large together: use fewer or smaller ones", file.path))
            break
    return images, _by_reason(refused)


def _by_reason(refused: Sequence[tuple[str, PurePosixPath]]) -> list[str]:
    """Return one sentence per reason, with the names of the files that share it."""
    found: dict[str, list[PurePosixPath]] = {}
    for reason, path in refused:
        found.setdefault(reason, []).append(path)
    return [f"{_listed(paths)} {reason}." for reason, paths in found.items()]


def _content(file: _File) -> bytes:
    try:
        with file.open() as opened:
            content = opened.read(MOST_FILE_BYTES + 1)
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError):
        raise _Refused("cannot be unpacked, they are damaged: leave them out") from None
    if len(content) > MOST_FILE_BYTES:
        raise _Refused(f"are larger than {MOST_FILE_BYTES // 1_000_000} MB each: make them smaller")
    return content


def _picture(content: bytes, *, side: int) -> tuple[Bytes, int]:
    """Decode one picture and fit it: (3, side, side), and the pixels that were decoded for it."""
    unreadable = f"are no pictures that can be read ({', '.join(FORMATS)}): leave them out or save them anew"
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            image.draft("RGB", (2 * side, 2 * side))
            pixels = image.width * image.height
            if pixels > MOST_PIXELS:
                raise _Refused(f"have more than {MOST_PIXELS // 1_000_000} million pixels each: make them smaller")
            fitted = ImageOps.fit(_as_rgb(ImageOps.exif_transpose(image)), (side, side), Image.Resampling.BICUBIC)
    except Image.DecompressionBombError:
        raise _Refused(f"have more than {MOST_PIXELS // 1_000_000} million pixels each: make them smaller") from None
    # Pillow's readers meet bytes made to break them, and raise nearly anything.
    except (OSError, SyntaxError, ValueError, TypeError, ArithmeticError, LookupError, EOFError, RuntimeError):
        raise _Refused(unreadable) from None
    return np.asarray(fitted).transpose(2, 0, 1), pixels


def _as_rgb(image: Image.Image) -> Image.Image:
    """Bring any mode to RGB: 16-bit grey is scaled, what is transparent becomes white."""
    if image.mode.startswith("I") or image.mode == "F":
        values = np.asarray(image, dtype=np.float64)
        scale = 65535 if values.max(initial=0) > 255 else 255
        return Image.fromarray((values / scale * 255).clip(0, 255).astype(np.uint8)).convert("RGB")
    if image.has_transparency_data:
        layered = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layered.size, "white"), layered).convert("RGB")
    return image.convert("RGB")


def _listed(names: Sequence[object]) -> str:
    """Name the first few, and count the rest."""
    more = len(names) - NAMED_AT_MOST
    return ", ".join(_short(name) for name in names[:NAMED_AT_MOST]) + (f" and {more:,} more" if more > 0 else "")


def _short(name: object) -> str:
    text = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in str(name))
    return text if len(text) <= 80 else f"…{text[-79:]}"


def _too_many(most: int | None = None) -> str:
    return f"There are more than {MOST_FILES if most is None else most:,} files: leave some out."
