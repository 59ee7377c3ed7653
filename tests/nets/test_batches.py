"""An epoch shows every image once, in batches none of which is a single image that was left over."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nets.batches import cuts, largest_batch, next_batch, steps_per_epoch


@pytest.mark.parametrize(
    ("images", "batch_size", "sizes"),
    [
        (128, 64, [64, 64]),
        (129, 64, [64, 65]),
        (130, 64, [64, 64, 2]),
        (65, 64, [65]),
        (64, 64, [64]),
        (3, 64, [3]),
        (1, 64, [1]),
        (5, 2, [2, 3]),
        (3, 1, [1, 1, 1]),
        (1, 1, [1]),
    ],
)
def test_a_single_image_left_over_joins_the_batch_before_it(images: int, batch_size: int, sizes: list[int]) -> None:
    places = [0, *cuts(images, batch_size=batch_size), images]
    assert [end - begin for begin, end in pairwise(places)] == sizes


@given(images=st.integers(1, 3000), batch_size=st.integers(1, 1024))
def test_steps_next_and_largest_batch_tell_of_the_same_cuts(images: int, batch_size: int) -> None:
    places = [0, *cuts(images, batch_size=batch_size), images]
    sizes = [end - begin for begin, end in pairwise(places)]
    assert len(sizes) == steps_per_epoch(images, batch_size=batch_size)
    assert [next_batch(images - place, batch_size=batch_size) for place in places[:-1]] == sizes
    assert max(*sizes, batch_size) == largest_batch(images, batch_size=batch_size)
    assert 1 not in sizes or batch_size == 1 or images == 1
