"""Decode one untrusted image in a process of its own, under hard limits, and write it back clean.

Run as a file by `inference.receiving`: the image comes in on stdin, one JSON line goes out on stdout, followed by a
fresh PNG when the line says that there is one. It imports no Django, so that it starts in a tenth of a second, and it
may be killed at any moment.
"""

import contextlib
import io
import json
import struct
import sys
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

CPU_SECONDS = 3
MEMORY_BYTES = 1024**3
MAX_BYTES = 8 * 1024**2
MAX_PIXELS = 50_000_000
MIN_SIDE = 8
# The longest side that is kept: more than the network, the page and the eye need of one digit.
KEPT_SIDE = 1024
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
SIGNATURES = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"GIF8")


class Refusal(Exception):
    """An image that is not taken; the text is the word that `inference.receiving` turns into a sentence."""


def limit() -> None:
    """Take away what a decoder never needs: time, memory, files."""
    import resource  # absent on Windows, where nothing but the parent's clock limits the child

    for name, amount in (
        ("RLIMIT_CPU", CPU_SECONDS),
        ("RLIMIT_AS", MEMORY_BYTES),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_NOFILE", 64),
    ):
        # Some systems refuse to lower one of them; the parent's clock and kill still hold there.
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (amount, amount))


def clean(data: bytes) -> tuple[tuple[int, int], bytes]:
    """Return size and PNG bytes of the picture in `data`: upright, RGB, on white, at most KEPT_SIDE, no metadata.

    Raises Refusal for anything that is not one still picture of an allowed format and size.
    """
    image = _opened(data)
    image.draft("RGB", (KEPT_SIDE, KEPT_SIDE))
    try:
        image.load()
        kept = _upright(_plain(image))
        kept.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.LANCZOS)
        return _png(_flat(kept))
    except MemoryError:
        raise Refusal("pixels") from None
    except Exception as error:
        # A decoder that is fed hostile bytes may raise anything at all.
        raise Refusal("damaged") from error


def _opened(data: bytes) -> Image.Image:
    """Read the header alone: format, size and number of frames are judged before one pixel is decoded."""
    if not data:
        raise Refusal("empty")
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        image: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
        # A phone's JPEG may carry a depth map as its second frame; only the first is ever read.
        moves = image.format in ("PNG", "WEBP", "GIF") and bool(getattr(image, "is_animated", False))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise Refusal("pixels") from None
    except UnidentifiedImageError:
        raise Refusal("damaged" if data.startswith(SIGNATURES) else "format") from None
    except Exception as error:
        raise Refusal("damaged") from error
    if moves:
        raise Refusal("frames")
    if min(image.size) < MIN_SIDE:
        raise Refusal("small")
    return image


def _plain(image: Image.Image) -> Image.Image:
    """Return a mode that can be resized: palettes become colours, 16-bit greys 8-bit ones by value, not cut off."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("RGB", "RGBA", "L", "LA"):
        return image
    return image.convert("RGBA")


def _upright(image: Image.Image) -> Image.Image:
    """Turn the picture as its camera meant it; a broken orientation mark leaves it as it lies."""
    try:
        return ImageOps.exif_transpose(image)
    except (ValueError, TypeError, KeyError, SyntaxError, OverflowError, struct.error):
        return image


def _flat(image: Image.Image) -> Image.Image:
    """Return the picture as RGB, what is transparent as white paper."""
    shown = image.convert("RGBA")
    page = Image.new("RGBA", shown.size, "white")
    page.alpha_composite(shown)
    return page.convert("RGB")


def _png(image: Image.Image) -> tuple[tuple[int, int], bytes]:
    """Encode the bare pixels: the new image object never saw the old one's metadata."""
    fresh = Image.frombytes("RGB", image.size, image.tobytes())
    out = io.BytesIO()
    fresh.save(out, "PNG", compress_level=3)
    return fresh.size, out.getvalue()


def main() -> int:
    """Answer one image on stdin; the exit status is 0 when a PNG follows the line."""
    limit()
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        if len(data) > MAX_BYTES:
            raise Refusal("bytes")
        (width, height), png = clean(data)
    except Refusal as refusal:
        sys.stdout.buffer.write(json.dumps({"fault": str(refusal)}).encode() + b"\n")
        return 1
    sys.stdout.buffer.write(json.dumps({"width": width, "height": height}).encode() + b"\n" + png)
    return 0


if __name__ == "__main__":
    sys.exit(main())
