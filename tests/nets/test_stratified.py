"""Our stratified parting is scikit-learn's, image by image, so that scripts and stored runs keep their data."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import train_test_split

from nets.data.stratified import parted


def sklearns(labels: np.ndarray, *, held_out: int) -> tuple[list[int], list[int]]:
    kept, held = train_test_split(np.arange(len(labels)), test_size=held_out, stratify=labels, random_state=0)
    return kept.tolist(), held.tolist()


@given(
    counts=st.lists(st.integers(2, 60), min_size=2, max_size=12), share=st.floats(0.05, 0.95), seed=st.integers(0, 9)
)
@settings(max_examples=200, deadline=None)
def test_it_parts_as_scikit_learn_does(counts: list[int], share: float, seed: int) -> None:
    labels = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)) * 3, counts))
    held_out = round(share * len(labels))
    if min(held_out, len(labels) - held_out) < len(counts):
        with pytest.raises(ValueError, match="a place in both parts"):
            parted(labels, held_out=held_out)
        return
    kept, held = parted(labels, held_out=held_out)
    assert (kept.tolist(), held.tolist()) == sklearns(labels, held_out=held_out)


def test_a_class_of_one_image_is_refused() -> None:
    with pytest.raises(ValueError, match="two images at least"):
        parted(np.array([0, 0, 0, 1]), held_out=2)
