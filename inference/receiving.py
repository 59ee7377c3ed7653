"""Turn bytes that someone sent into an Upload: decoded in a limited child, re-encoded clean, under a random name."""

import base64
import binascii
import json
import subprocess
import sys
import threading
import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import User
from inference.decoding import FORMATS, KEPT_SIDE, MAX_BYTES, MAX_PIXELS, MIN_SIDE
from inference.models import Upload

# Drawings and photos are kept for a day, so that a page can be opened again, and then erased.
UPLOAD_HOURS: Final = 24
DECODE_SECONDS: Final = 4.0
# Each child may take a core and a gigabyte: more than two at once would be felt by everyone else.
MAX_DECODERS: Final = 2
SOURCES: Final = ("drawn", "upload", "webcam")
_MEGABYTES: Final = MAX_BYTES // 1024**2

SENTENCES: Final = {
    "missing": "No picture came with the question. Draw a digit, or choose a picture of one.",
    "empty": "This file is empty (0 bytes). Choose a picture of a digit.",
    "bytes": f"This file is larger than {_MEGABYTES} MB. Send a smaller picture, or a part of this one.",
    "pixels": f"This picture unfolds to more than {MAX_PIXELS // 10**6} million pixels. Send a smaller one.",
    "small": f"This picture is less than {MIN_SIDE} pixels wide or high, too small to hold a digit.",
    "frames": "This is a moving picture. Send a still one: one frame, one digit.",
    "format": f"This file is no picture that Stride can read. It reads {', '.join(FORMATS[:-1])} and {FORMATS[-1]}, "
    "whatever the file is called.",
    "damaged": "This picture is damaged or cut off and cannot be read to its end. Send it again, or another one.",
    "busy": "Too many pictures are being read at this moment. Try again in a few seconds.",
    "url": "The picture must come as a data: URL in base64, as a canvas gives it, or as a file.",
}
STATUS: Final = {"bytes": 413, "busy": 503}
_places = threading.BoundedSemaphore(MAX_DECODERS)


class ImageRefused(ValueError):
    """A picture that was not taken; the text is the sentence for whoever sent it, `status` the HTTP answer."""

    def __init__(self, fault: str) -> None:
        self.fault = fault
        self.status = STATUS.get(fault, 422)
        super().__init__(SENTENCES[fault])


@dataclass(frozen=True, slots=True)
class CleanImage:
    """A re-encoded picture: PNG bytes, RGB, upright, without metadata; sides in pixels."""

    png: bytes
    width: int
    height: int


def receive(data: bytes, *, owner: User, source: str) -> Upload:
    """Clean `data` and keep it for UPLOAD_HOURS; raises ImageRefused with the sentence for the sender."""
    image = decode(data)
    name = default_storage.save(f"uploads/{uuid.uuid4().hex}.png", ContentFile(image.png))
    return Upload.objects.create(
        owner=owner,
        name=name,
        width=image.width,
        height=image.height,
        source=source,
        expires_at=timezone.now() + timedelta(hours=UPLOAD_HOURS),
    )


def decode(data: bytes) -> CleanImage:
    """Decode and re-encode one picture in a child that is killed after DECODE_SECONDS; raises ImageRefused."""
    if not data:
        raise ImageRefused("empty")
    if len(data) > MAX_BYTES:
        raise ImageRefused("bytes")
    if not _places.acquire(timeout=DECODE_SECONDS / 4):
        raise ImageRefused("busy")
    try:
        return _judged(_child(data))
    finally:
        _places.release()


def from_data_url(text: str) -> bytes:
    """Return the bytes of a base64 data: URL; raises ImageRefused when it is none."""
    head, comma, body = text.partition(",")
    if not (head.startswith("data:image/") and head.endswith(";base64") and comma):
        raise ImageRefused("url")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise ImageRefused("url") from None


def _child(data: bytes) -> bytes:
    """Return what the decoder wrote; a child that hangs is killed and counts as a damaged picture."""
    # -I: no environment, no current folder on the path; the file needs nothing but the standard library and Pillow.
    script = str(Path(__file__).with_name("decoding.py"))
    try:
        done = subprocess.run(
            [sys.executable, "-I", script], input=data, capture_output=True, timeout=DECODE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise ImageRefused("damaged") from None
    return done.stdout


def _judged(out: bytes) -> CleanImage:
    """Read the child's answer; no line at all means that it was killed by one of its limits."""
    line, _, png = out.partition(b"\n")
    try:
        word = json.loads(line)
    except ValueError:
        raise ImageRefused("damaged") from None
    if "fault" in word:
        raise ImageRefused(word["fault"] if word["fault"] in SENTENCES else "damaged")
    if not png.startswith(b"\x89PNG") or max(word["width"], word["height"]) > KEPT_SIDE:
        raise ImageRefused("damaged")
    return CleanImage(png=png, width=word["width"], height=word["height"])
