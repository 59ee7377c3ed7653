"""Shapes are the same for ever, stand where their boxes say, and are as hard as was asked."""

import numpy as np
import pytest

from nets import data
from nets.catalog import DATASETS
from nets.data import shapes
from nets.raw import Raw


def drawn(difficulty: float) -> Raw:
    return shapes.draw(200, difficulty=difficulty, seed=4)


@pytest.fixture(scope="module", params=[0.0, 0.5, 1.0])
def raw(request: pytest.FixtureRequest) -> Raw:
    return drawn(request.param)


def test_the_named_set_is_what_the_catalog_says() -> None:
    entry, loaded = DATASETS["shapes"], data.load("shapes")
    assert tuple(shapes.OUTLINES) == entry.classes
    assert loaded.shape == entry.shape
    sizes = {"train": len(loaded.train), "validation": len(loaded.validation), "test": len(loaded.test)}
    assert sizes == dict(entry.splits)
    for part in (loaded.train, loaded.validation, loaded.test):
        assert part.labels.bincount().tolist() == [len(part) // 10] * 10
        assert {name: tuple(values.shape[1:]) for name, values in part.beside.items()} == {
            "boxes": (4,),
            "masks": (32, 32),
            "keypoints": (5, 2),
        }


def test_mean_and_std_are_those_of_each_channel_of_the_training_pixels() -> None:
    loaded = data.load("shapes")
    pixels = loaded.train.images.double() / 255
    assert loaded.mean == pytest.approx(pixels.mean(dim=(0, 2, 3)).tolist(), abs=1e-4)
    assert loaded.std == pytest.approx(pixels.std(dim=(0, 2, 3), correction=0).tolist(), abs=1e-4)


def test_what_lies_beside_an_image_went_into_its_split() -> None:
    part = data.load("shapes").validation
    for mask, box in zip(part.beside["masks"], part.beside["boxes"], strict=True):
        rows, columns = mask.any(dim=1).nonzero(), mask.any(dim=0).nonzero()
        # A mask is one where more than half of a pixel is covered, so it may lack up to a pixel of its box.
        found = [float(columns.min()), float(rows.min()), float(columns.max()) + 1, float(rows.max()) + 1]
        assert np.abs(np.array(found) - box.numpy()).max() <= 2


def test_the_same_arguments_draw_the_same_images_and_another_seed_draws_others(raw: Raw) -> None:
    again = drawn(0.5)
    assert np.array_equal(drawn(0.5).images, again.images)
    assert not np.array_equal(shapes.draw(200, difficulty=0.5, seed=5).images, again.images)


def test_boxes_lie_in_the_picture_and_hold_their_mask(raw: Raw) -> None:
    boxes, masks = raw.beside["boxes"], raw.beside["masks"]
    # A shape that were cut off at the border would reach it.
    assert boxes.min() > 0
    assert boxes.max() < 32
    for box, mask in zip(boxes, masks, strict=True):
        left, top, right, bottom = int(box[0]), int(box[1]), int(np.ceil(box[2])), int(np.ceil(box[3]))
        assert mask.any()
        assert mask[top:bottom, left:right].sum() == mask.sum()


@pytest.mark.parametrize("name", shapes.OUTLINES)
def test_a_box_runs_from_edge_to_edge_of_the_outline_that_was_drawn(name: str) -> None:
    raw = shapes.draw(10, difficulty=0.0, seed=1)
    box = raw.beside["boxes"][raw.labels.tolist().index(list(shapes.OUTLINES).index(name))]
    x, y = zip(*shapes.OUTLINES[name][0], strict=True)
    # The circles of a crescent, of radius 1 and of 0.85 half a unit to the right, meet at its horns.
    right = (1 - 0.85**2 + 0.5**2) / (2 * 0.5) if name == "crescent" else max(x)
    # Upright and in the middle, the unit is 0.38 of the side; a box may be wider by a pixel of the fine drawing.
    expected = [16 + 0.38 * 32 * edge for edge in (min(x), min(y), right, max(y))]
    assert box.tolist() == pytest.approx(expected, abs=1 / shapes.FINE)


def test_a_box_ends_behind_its_last_pixel_and_keypoints_lie_on_its_sides() -> None:
    fine = np.zeros((64, 64), dtype=np.uint8)
    fine[8:20, 12:17] = 255  # rows 8 to 19, columns 12 to 16
    fine[10, 4] = fine[10, 17:25] = 255
    box, points = shapes._places(fine)
    assert (box * shapes.FINE).tolist() == [4, 8, 25, 20]
    assert (points * shapes.FINE).tolist() == [[14.5, 14], [14.5, 8], [25, 10.5], [14.5, 20], [4, 10.5]]


def test_keypoints_touch_the_four_sides_of_their_box(raw: Raw) -> None:
    boxes, points = raw.beside["boxes"], raw.beside["keypoints"]
    assert np.allclose(points[:, 0], (boxes[:, :2] + boxes[:, 2:]) / 2)
    assert np.allclose(points[:, 1, 1], boxes[:, 1])
    assert np.allclose(points[:, 2, 0], boxes[:, 2])
    assert np.allclose(points[:, 3, 1], boxes[:, 3])
    assert np.allclose(points[:, 4, 0], boxes[:, 0])


def test_a_shape_differs_from_the_paper_around_it(raw: Raw) -> None:
    masks = raw.beside["masks"][:, None].astype(bool)
    inside = np.where(masks, raw.images, 0).sum(axis=(2, 3)) / masks.sum(axis=(2, 3))
    outside = np.where(masks, 0, raw.images).sum(axis=(2, 3)) / (~masks).sum(axis=(2, 3))
    assert np.abs(inside - outside).max(axis=1).min() > 20


def test_upright_shapes_are_read_off_by_the_nearest_mask_and_hard_ones_are_not() -> None:
    def right(difficulty: float) -> float:
        """Return how many masks are nearest to the mean mask of their own class."""
        found = drawn(difficulty)
        means = np.stack([found.beside["masks"][found.labels == label].mean(axis=0) for label in range(10)])
        apart = np.abs(found.beside["masks"][:, None] - means).sum(axis=(2, 3))
        return float((apart.argmin(axis=1) == found.labels).mean())

    assert right(0.0) == 1.0
    assert right(0.0) > right(0.4) > right(1.0)


@pytest.mark.parametrize("difficulty", [-0.1, 1.1, float("nan")])
def test_a_difficulty_out_of_bounds_is_refused(difficulty: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        shapes.draw(10, difficulty=difficulty, seed=0)


def test_another_side_is_drawn_too() -> None:
    raw = shapes.draw(20, difficulty=0.5, seed=1, side=48)
    assert raw.images.shape == (20, 3, 48, 48)
    assert raw.beside["boxes"].max() > 36
