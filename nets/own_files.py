"""The one file that holds a learner's own pictures: bytes and labels as safetensors, which can hold no code.

Written and read here by hand, for it is a few lines and the web process, which makes the file, has no such library:
eight bytes that say how long the head is, the head as JSON, then the arrays one behind the other
(https://huggingface.co/docs/safetensors, "Format").
"""

import hashlib
import json
import struct
from pathlib import Path
from typing import Any, Final

import numpy as np

from nets.folder import Pictures
from nets.own_sets import OwnSet, OwnSetError
from nets.raw import Bytes, DataError, Labels, Raw

GONE: Final = (
    "The pictures that this run learns from are no longer here: whoever brought them has deleted them, or their time "
    "has passed. Bring them once more, and train on the new set."
)
DAMAGED: Final = "The file of these pictures is damaged. Bring them once more, and train on the new set."
# No set of pictures has a longer head: a hundred names of classes are a tenth of this.
_LONGEST_HEAD: Final = 100_000


def to_bytes(pictures: Pictures) -> bytes:
    """Return the file: `images` (N, 3, side, side) uint8, `labels` (N,) int64, the names of the classes in its head.

    The same pictures make the same bytes.
    """
    head = _head(pictures.images.shape, pictures.classes)
    return head + pictures.images.tobytes() + pictures.labels.astype("<i8").tobytes()


def set_of(content: bytes) -> OwnSet:
    """Return how a spec names the pictures of a file; raises DataError for a file that holds none."""
    _, labels, classes = _arrays(content)
    counts = np.bincount(labels, minlength=len(classes)).tolist()
    side = json.loads(_head_of(content))["images"]["shape"][-1]
    try:
        return OwnSet(hashlib.sha256(content).hexdigest(), side, tuple(zip(classes, counts, strict=True)))
    except (OwnSetError, ValueError) as error:
        raise DataError(DAMAGED) from error


def read(file: Path | None, own: OwnSet) -> Raw:
    """Return the pictures that `own` names; raises DataError for a file that is absent or holds anything else."""
    if file is None:
        raise DataError(GONE)
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        raise DataError(GONE) from None
    if set_of(content) != own:
        raise DataError(DAMAGED)
    images, labels, _ = _arrays(content)
    return Raw(images, labels)


def _head(shape: tuple[int, ...], classes: tuple[str, ...]) -> bytes:
    """Return the first bytes of a file with so many pictures, padded so that the arrays begin at a multiple of 8."""
    middle = int(np.prod(shape))
    said = {
        "__metadata__": {"classes": json.dumps(list(classes))},
        "images": {"dtype": "U8", "shape": list(shape), "data_offsets": [0, middle]},
        "labels": {"dtype": "I64", "shape": [shape[0]], "data_offsets": [middle, middle + 8 * shape[0]]},
    }
    text = json.dumps(said, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text


def _head_of(content: bytes) -> bytes:
    length = struct.unpack("<Q", content[:8])[0] if len(content) >= 8 else _LONGEST_HEAD + 1
    if length > min(_LONGEST_HEAD, len(content) - 8):
        raise DataError(DAMAGED)
    return content[8 : 8 + length]


def _arrays(content: bytes) -> tuple[Bytes, Labels, tuple[str, ...]]:
    """Return images, labels and names of a file that this module wrote; raises DataError for any other."""
    try:
        head: dict[str, Any] = json.loads(_head_of(content))
        shape = tuple(head["images"]["shape"])
        classes = tuple(json.loads(head["__metadata__"]["classes"]))
        begin = _head(shape, classes)
        images = np.frombuffer(content, np.uint8, int(np.prod(shape)), len(begin)).reshape(shape)
        labels = np.frombuffer(content, "<i8", shape[0], len(begin) + images.size)
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
        raise DataError(DAMAGED) from error
    is_ours = content.startswith(begin) and len(content) == len(begin) + images.nbytes + labels.nbytes
    if not is_ours or len(shape) != 4 or not len(labels) or labels.min() < 0 or labels.max() >= len(classes):
        raise DataError(DAMAGED)
    return images, labels.astype(np.int64), classes
