"""The weights of the front page's drawing box are small, and read well."""

import random

import numpy as np
import torch

from nets import images, reader
from nets.data import load
from tests.nets.drawn_digits import on_canvas


def test_the_file_is_small_enough_to_fetch_at_a_touch() -> None:
    assert reader.WEIGHTS.stat().st_size < 40 * 1024


def test_it_reads_most_drawings_and_nearly_all_digits_of_its_own_kind() -> None:
    dice, predictor, test = random.Random(12), reader.load_reader(), load("digits").test
    drawn = [number % 10 for number in range(200)]
    seen = np.stack([images.digit(on_canvas(digit, side=352, dice=dice)).pixels for digit in drawn])
    found = predictor.predict(torch.from_numpy(seen)[:, None]).argmax(dim=1)
    assert (found == torch.tensor(drawn)).float().mean().item() >= 0.85
    assert (predictor.predict(test.images).argmax(dim=1) == test.labels).float().mean().item() >= 0.97
