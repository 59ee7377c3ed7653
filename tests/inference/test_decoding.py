"""Faults 29 and 30: whatever is sent as a picture is refused with a sentence within 5 s, or re-encoded clean."""

import contextlib
import io
import random
import struct
import time
import zlib
from typing import Any, Final

import pytest
from PIL import ExifTags, Image, PngImagePlugin

from inference import decoding, receiving
from inference.receiving import ImageRefused, decode, from_data_url
from tests.inference.conftest import drawn

MOST_SECONDS = 5.0


def refusal(data: bytes) -> str:
    """Return the fault for which `data` is refused; fails when it takes longer than anyone should wait."""
    began = time.monotonic()
    with pytest.raises(ImageRefused) as caught:
        decode(data)
    assert time.monotonic() - began < MOST_SECONDS
    assert str(caught.value).endswith(".")
    assert 400 <= caught.value.status < 600
    return caught.value.fault


def png_that_claims(width: int, height: int) -> bytes:
    """Return a small PNG whose header announces any size, filled with as many zeros as compress well."""

    def part(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * min(width * height, 30_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", body) + part(b"IEND", b"")


def moving(form: str, frames: int) -> bytes:
    """Return a moving picture."""
    images = [Image.new("RGB", (16, 16), (value * 101 % 256, 0, 0)) for value in range(frames)]
    out = io.BytesIO()
    images[0].save(out, form, save_all=True, append_images=images[1:])
    return out.getvalue()


# What is sent, by name: pytest puts a test's name into the environment, which has no room for megabytes.
REFUSED: Final = [
    ("nothing", b"", "empty"),
    ("a text", b"I am a digit, believe me.\n" * 40, "format"),
    ("a text that begins like a picture", b"\x89PNG\r\n\x1a\n" + b"and then words " * 40, "damaged"),
    ("an SVG", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "format"),
    ("HTML", b"<!doctype html><script>alert(1)</script>", "format"),
    ("a PDF", b"%PDF-1.7\n1 0 obj\n", "format"),
    ("a cut-off PNG", drawn()[:-300], "damaged"),
    ("a cut-off JPEG", drawn(form="JPEG")[:900], "damaged"),
    ("a header alone", drawn()[:33], "damaged"),
    ("too small", drawn(side=7), "small"),
    ("a BMP", drawn(form="BMP"), "format"),
    ("a TIFF", drawn(form="TIFF"), "format"),
    ("too many bytes", b"\x89PNG\r\n\x1a\n" + b"\0" * decoding.MAX_BYTES, "bytes"),
]


@pytest.mark.parametrize(("name", "data", "fault"), REFUSED, ids=[case[0] for case in REFUSED])
def test_f29_what_is_no_picture_is_refused_with_its_own_sentence(name: str, data: bytes, fault: str) -> None:
    assert refusal(data) == fault


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (2**31 - 1, 2**31 - 1), (8, 40_000_000)])
def test_f29_a_picture_that_unfolds_beyond_measure_is_refused(width: int, height: int) -> None:
    assert refusal(png_that_claims(width, height)) in ("pixels", "damaged")


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
@pytest.mark.parametrize("frames", [2, 500])
def test_f29_a_moving_picture_is_refused(form: str, frames: int) -> None:
    assert refusal(moving(form, frames)) == "frames"


def test_f29_a_picture_mutated_at_random_is_refused_or_read_never_worse() -> None:
    chance = random.Random(29)
    for form in ("PNG", "JPEG", "WEBP", "GIF") * 4:
        data = bytearray(drawn(side=64, form=form, mode="P" if form == "GIF" else "RGB"))
        for _ in range(chance.randint(1, 30)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        with contextlib.suppress(ImageRefused):
            assert decode(bytes(data)).png.startswith(b"\x89PNG")


def test_f29_a_child_that_hangs_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "DECODE_SECONDS", 0.001)
    assert refusal(drawn()) == "damaged"


def test_f29_too_many_at_once_are_asked_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "DECODE_SECONDS", 0.1)
    for _ in range(receiving.MAX_DECODERS):
        receiving._places.acquire()
    try:
        assert refusal(drawn()) == "busy"
    finally:
        for _ in range(receiving.MAX_DECODERS):
            receiving._places.release()


@pytest.mark.parametrize(
    ("form", "mode"),
    [
        *[("PNG", mode) for mode in ("RGB", "L", "1", "P", "RGBA", "LA", "I;16")],
        *[("JPEG", mode) for mode in ("RGB", "L", "CMYK")],
        ("WEBP", "RGB"),
        ("GIF", "P"),
    ],
)
def test_every_kind_of_allowed_picture_comes_out_as_the_same_black_line_on_white(form: str, mode: str) -> None:
    image = Image.open(io.BytesIO(decode(sixteen_bit() if mode == "I;16" else drawn(form=form, mode=mode)).png))
    assert (image.mode, image.size) == ("RGB", (280, 280))
    line, paper = image.getpixel((140, 140)), image.getpixel((20, 20))
    assert isinstance(line, tuple)
    assert isinstance(paper, tuple)
    assert max(line) < 40
    assert min(paper) > 215


def sixteen_bit() -> bytes:
    """Return the line as a PNG of 16-bit greys."""
    grey = Image.open(io.BytesIO(drawn())).convert("I").point(lambda value: value * 257)
    out = io.BytesIO()
    grey.convert("I;16").save(out, "PNG")
    return out.getvalue()


def test_what_is_transparent_becomes_paper() -> None:
    image = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    out = io.BytesIO()
    image.save(out, "PNG")
    assert Image.open(io.BytesIO(decode(out.getvalue()).png)).getpixel((20, 20)) == (255, 255, 255)


def test_a_large_photo_is_made_small_enough_to_keep() -> None:
    clean = decode(drawn(side=3000, form="JPEG"))
    assert (clean.width, clean.height) == (decoding.KEPT_SIDE, decoding.KEPT_SIDE)


def test_a_photo_stands_as_its_camera_meant_it() -> None:
    photo = Image.new("RGB", (80, 40), "white")
    photo.paste("black", (0, 0, 40, 40))
    clean = decode(_with_exif(photo, {ExifTags.Base.Orientation: 6}))
    upright = Image.open(io.BytesIO(clean.png))
    assert upright.size == (40, 80)
    assert sum(upright.getpixel((20, 10))) < 60  # type: ignore[arg-type]


def test_f30_what_a_picture_says_about_its_maker_is_gone() -> None:
    photo = Image.new("RGB", (40, 40), "white")
    said = {ExifTags.Base.Make: "SENTINEL", ExifTags.Base.Artist: "SENTINEL", ExifTags.Base.GPSInfo: {1: "N"}}
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "SENTINEL")
    out = io.BytesIO()
    photo.save(out, "PNG", pnginfo=notes)
    for data in (_with_exif(photo, said), out.getvalue()):
        assert b"SENTINEL" in data
        clean = decode(data).png
        assert b"SENTINEL" not in clean
        assert Image.open(io.BytesIO(clean)).info == {}


def test_f30_a_picture_that_is_also_a_page_comes_out_as_a_picture_alone() -> None:
    clean = decode(drawn() + b"<script>alert(1)</script>")
    assert b"<script>" not in clean.png


@pytest.mark.parametrize(
    "text", ["", "data:", "data:text/html;base64,aGk=", "data:image/png,raw", "data:image/png;base64,***", "x" * 500]
)
def test_a_data_url_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ImageRefused):
        from_data_url(text)


def _with_exif(image: Image.Image, said: dict[Any, Any]) -> bytes:
    exif = Image.Exif()
    for tag, value in said.items():
        exif[tag] = value
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()
