"""The pictures and numbers that widgets show are what their sources say, and the fixtures are what torch says today."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits, load_sample_image

from tests.js import make_fixtures, make_samples

STATIC = Path(__file__).resolve().parents[2] / "static"


def test_the_photo_holds_every_value_of_its_source() -> None:
    shown = np.asarray(Image.open(STATIC / "images" / "china.webp").convert("RGB"))
    assert np.array_equal(shown, load_sample_image("china.jpg"))


def test_the_digit_is_the_first_of_the_data_set() -> None:
    picture = json.loads((STATIC / "data" / "digit.json").read_text())
    assert picture["values"] == load_digits().images[0].astype(int).ravel().tolist()
    assert picture["largest"] == load_digits().images.max()


@pytest.mark.parametrize("name", ["statistics", "digit"])
def test_committed_numbers_are_what_their_maker_makes(name: str) -> None:
    committed = json.loads((STATIC / "data" / f"{name}.json").read_text())
    assert committed == {"statistics": make_samples.statistics, "digit": make_samples.digit}[name]()


def test_the_dense_layer_is_as_accurate_as_its_page_says() -> None:
    layer = json.loads((STATIC / "data" / "dense-digits.json").read_text())
    digits = load_digits()
    unseen = slice(len(digits.target) - layer["unseen"], None)
    scores = digits.data[unseen] / make_samples.LARGEST_INK @ np.array(layer["weights"]).T + np.array(layer["biases"])
    # Rounding the weights to three decimals may move single digits across a border.
    assert (scores.argmax(1) == digits.target[unseen]).mean() == pytest.approx(layer["accuracy"], abs=0.005)


@pytest.mark.parametrize("name", ["pixels", "ledger"])
def test_fixtures_are_what_torch_computes(name: str) -> None:
    committed = json.loads((Path(__file__).parent / "fixtures" / f"{name}.json").read_text())
    assert committed == {"pixels": make_fixtures.pixels, "ledger": make_fixtures.ledger}[name]()
