"""The digits are split once for all, and shown in an order that seed and epoch alone decide."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits

from nets import data, images
from nets.catalog import DATASETS


def test_the_catalog_tells_the_truth_about_the_digits() -> None:
    digits, entry = data.load("digits"), DATASETS["digits"]
    assert digits.shape == entry.shape
    sizes = {"train": len(digits.train), "validation": len(digits.validation), "test": len(digits.test)}
    assert sizes == dict(entry.splits)
    assert digits.train.images.dtype == torch.uint8
    assert set(digits.test.labels.tolist()) == set(range(len(entry.classes)))


def test_no_image_is_in_two_splits_and_none_is_lost() -> None:
    digits = data.load("digits")
    parts = [digits.train, digits.validation, digits.test]
    served = sorted(image.numpy().tobytes() for part in parts for image in part.images)
    read = sorted(images.serve(cells)[None].tobytes() for cells in load_digits().images.astype(np.uint8))
    assert served == read


def test_every_split_has_the_same_share_of_every_digit() -> None:
    digits = data.load("digits")
    shares = [
        torch.bincount(part.labels).double() / len(part) for part in (digits.train, digits.validation, digits.test)
    ]
    assert max(float((share - shares[0]).abs().max()) for share in shares) < 0.005


def test_mean_and_std_are_those_of_the_training_pixels() -> None:
    digits = data.load("digits")
    pixels = digits.train.images.double() / 255
    assert digits.mean == pytest.approx(float(pixels.mean()), abs=1e-4)
    assert digits.std == pytest.approx(float(pixels.std()), abs=1e-4)


def test_a_data_set_is_read_once_per_process() -> None:
    assert data.load("digits") is data.load("digits")


@settings(deadline=None)
@given(st.integers(1, 2000), st.integers(0, 2**31 - 1), st.integers(1, 200))
def test_an_order_shows_each_image_once_and_depends_on_nothing_else(count: int, seed: int, epoch: int) -> None:
    first = data.order(count, seed=seed, epoch=epoch)
    torch.rand(7)
    assert sorted(first.tolist()) == list(range(count))
    assert torch.equal(first, data.order(count, seed=seed, epoch=epoch))


def test_epochs_and_seeds_have_orders_of_their_own() -> None:
    orders = {tuple(data.order(50, seed=seed, epoch=epoch).tolist()) for seed in range(5) for epoch in range(1, 6)}
    assert len(orders) == 25
