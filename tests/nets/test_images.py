"""Drawings, uploads and photos of digits come to the data set's own form, and a trained network reads them."""

import contextlib
import random
import sys
from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from sklearn.datasets import load_digits

from nets import images
from nets.paper import NoInk, _parts
from nets.predictor import Predictor
from tests.nets.conftest import Trained
from tests.nets.drawn_digits import Drawn, from_strokes, hundred


def read(predictor: Predictor, pictures: list[Drawn], prepare: Callable[[Image.Image], images.Bytes]) -> list[bool]:
    """Return, for each picture, whether the network names its digit."""
    batch = torch.from_numpy(np.stack([prepare(picture.image) for picture in pictures]))[:, None]
    answers = predictor.predict(batch).argmax(dim=1).tolist()
    return [answer == picture.label for answer, picture in zip(answers, pictures, strict=True)]


def prepared(picture: Image.Image) -> images.Bytes:
    return images.digit(picture).pixels


def only_resized(picture: Image.Image) -> images.Bytes:
    return np.asarray(picture.convert("L").resize((32, 32)))


def share(right: list[bool], pictures: list[Drawn], kind: str) -> float:
    of_kind = [ok for ok, picture in zip(right, pictures, strict=True) if kind in picture.kind]
    return sum(of_kind) / len(of_kind)


def test_the_first_run_reads_85_of_100_drawn_digits(first_run: Trained) -> None:
    predictor, pictures = first_run.predictor(), hundred()
    right = read(predictor, pictures, prepared)
    plain = read(predictor, pictures, only_resized)
    kinds = {kind: f"{share(right, pictures, kind):.0%}" for kind in ("font", "strokes", "canvas", "photo", "light")}
    sys.stdout.write(f"drawn digits right: {sum(right)} of {len(right)} {kinds}; resized only: {sum(plain)}\n")
    assert len(pictures) == 100
    assert sum(right) >= 85
    assert sum(plain) < 40


def ink(mode: str = "L", *, size: tuple[int, int] = (120, 160), paper: int = 255, pen: int = 0) -> Image.Image:
    """Draw a thick 7 by hand."""
    picture = Image.new("L", size, paper)
    width, height = size
    points = [(0.25 * width, 0.2 * height), (0.75 * width, 0.2 * height), (0.4 * width, 0.85 * height)]
    ImageDraw.Draw(picture).line(points, fill=pen, width=max(2, min(size) // 10), joint="curve")
    return picture.convert(mode)


def likeness(one: Image.Image, other: Image.Image) -> float:
    """Return the correlation of two prepared pictures."""
    return float(np.corrcoef(prepared(one).ravel(), prepared(other).ravel())[0, 1])


def test_dark_on_light_and_light_on_dark_come_out_the_same() -> None:
    assert likeness(ink(), ink(paper=0, pen=255)) > 0.99
    assert likeness(ink(paper=200, pen=90), ink(paper=90, pen=200)) > 0.99


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I", "F", "I;16"])
def test_every_mode_of_picture_is_taken(mode: str) -> None:
    assert likeness(ink(), ink().convert("I").convert(mode) if mode == "I;16" else ink(mode)) > 0.95


@pytest.mark.parametrize("pen", [0, 255])
def test_ink_on_a_see_through_canvas_is_found_whatever_its_colour(pen: int) -> None:
    canvas = Image.new("RGBA", (120, 160), (0, 0, 0, 0))
    canvas.paste((pen, pen, pen, 255), mask=ink(paper=0, pen=255))
    assert likeness(ink(), canvas) > 0.99


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 150), st.integers(0, 150), st.integers(0, 2**32))
def test_place_on_the_paper_does_not_matter(left: int, top: int, seed: int) -> None:
    digit = from_strokes(random.Random(seed).randrange(10), dice=random.Random(seed)).image.convert("L")
    flat = Image.fromarray((np.asarray(ink()) > 127).astype(np.uint8) * 255)
    sheet = Image.new("L", (280, 320), 255)
    sheet.paste(flat, (left, top))
    assert likeness(flat, sheet) > 0.85
    assert images.digit(digit).pixels.any()


@pytest.mark.parametrize("scale", [0.25, 0.5, 2, 8])
def test_size_does_not_matter(scale: float) -> None:
    larger = ink(size=(round(120 * scale), round(160 * scale)))
    assert likeness(ink(), larger) > 0.85


def test_uneven_light_and_noise_do_not_become_ink() -> None:
    clean = np.asarray(ink(paper=200, pen=40), dtype=np.float64)
    light = np.linspace(0.55, 1.2, clean.shape[1])[None] * np.linspace(0.8, 1.1, clean.shape[0])[:, None]
    noise = np.random.default_rng(0).normal(0, 5, clean.shape)
    photo = Image.fromarray(np.clip(clean * light + noise, 0, 255).astype(np.uint8))
    assert likeness(ink(), photo) > 0.95


def test_dust_beside_the_digit_is_left_out() -> None:
    dusty = ink()
    for x, y in ((5, 5), (110, 150), (8, 140)):
        dusty.paste(0, (x, y, x + 4, y + 4))
    assert likeness(ink(), dusty) > 0.99


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_an_empty_sheet_is_said_to_be_empty(grey: int) -> None:
    with pytest.raises(NoInk, match="Nothing stands out"):
        images.digit(Image.new("L", (200, 200), grey))


def test_noise_alone_is_no_ink() -> None:
    noise = np.random.default_rng(0).normal(128, 6, (200, 200)).clip(0, 255).astype(np.uint8)
    with pytest.raises(NoInk):
        images.digit(Image.fromarray(noise))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32), st.sampled_from(["L", "RGB", "RGBA"]))
def test_any_picture_is_prepared_or_said_to_be_empty(width: int, height: int, seed: int, mode: str) -> None:
    bands = len(Image.new(mode, (1, 1)).getbands())
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, bands), dtype=np.uint8)
    picture = Image.fromarray(noise.squeeze(2) if bands == 1 else noise, mode)
    try:
        result = images.digit(picture)
    except NoInk:
        return
    assert result.pixels.shape == (32, 32)
    assert result.pixels.dtype == np.uint8


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 1), (3000, 20)])
def test_odd_shapes_are_prepared_or_said_to_be_empty(size: tuple[int, int]) -> None:
    picture = Image.new("L", size, 255)
    picture.putpixel((size[0] // 2, size[1] // 2), 0)
    with contextlib.suppress(NoInk):
        assert images.digit(picture).pixels.shape == (32, 32)


def test_steps_lead_from_the_picture_to_what_the_network_sees() -> None:
    result = images.digit(ink("RGB"))
    assert [step.name for step in result.steps] == ["grey", "contrast", "ink", "bitmap", "cells", "served"]
    assert all(step.pixels.dtype == np.uint8 for step in result.steps)
    assert result.steps[-1].pixels is result.pixels
    assert result.steps[3].pixels.shape == (32, 32)
    assert result.steps[4].pixels.shape == (8, 8)


def test_a_prepared_digit_has_the_data_sets_own_ink_and_place() -> None:
    digits = load_digits().images
    usual = digits.sum(axis=(1, 2)) / 16
    for picture in hundred():
        cells = images.digit(picture.image).steps[4].pixels.astype(np.float64) / 255 * 16
        assert usual.min() <= cells.sum() / 16 <= usual.max()
        assert cells[0].any()
        assert cells[-1].any()


def test_cells_count_ink_in_blocks_and_are_served_as_the_data_set_is() -> None:
    bitmap = np.zeros((32, 32), dtype=np.bool_)
    bitmap[:4, :4] = True
    bitmap[4:6, 4] = True
    counts = images.cells(bitmap)
    assert (counts[0, 0], counts[1, 1], counts.sum()) == (16, 2, 18)
    assert images.serve(counts).shape == (32, 32)
    assert images.serve(counts)[0, 0] == 255


@settings(deadline=None)
@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**32))
def test_parts_are_those_that_a_flood_finds(height: int, width: int, seed: int) -> None:
    dice = np.random.default_rng(seed)
    mask = dice.random((height, width)) < dice.random()
    flooded = np.zeros((height, width), dtype=int)
    for start in np.argwhere(mask).tolist():
        front = [tuple(start)] if not flooded[tuple(start)] else []
        number = flooded.max() + 1
        while front:
            row, column = front.pop()
            if 0 <= row < height and 0 <= column < width and mask[row, column] and not flooded[row, column]:
                flooded[row, column] = number
                front += [(row + down, column + right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    pairs = set(zip(_parts(mask).ravel().tolist(), flooded.ravel().tolist(), strict=True))
    assert len(pairs) == len({part for part, _ in pairs}) == len({part for _, part in pairs})
