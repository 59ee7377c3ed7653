"""Light augmentation changes every image a little, each in its own way, and no digit beyond recognition."""

import torch

from nets import data
from nets.augment import light
from tests.nets.conftest import Trained


def test_each_image_changes_in_its_own_way() -> None:
    one = data.load("digits").train.images[:1].float() / 255
    changed = light(one.repeat(8, 1, 1, 1))
    assert changed.shape == (8, 1, 32, 32)
    assert len({image.numpy().tobytes() for image in changed}) == 8


def test_values_stay_from_0_to_1_and_paper_stays_empty() -> None:
    changed = light(data.load("digits").train.images[:200].float() / 255)
    assert float(changed.min()) >= 0
    assert float(changed.max()) <= 1
    assert float(light(torch.zeros(20, 3, 32, 32)).abs().max()) == 0


def test_the_ink_moves_little_and_stays_in_the_picture() -> None:
    images = data.load("digits").train.images[:300].float() / 255
    shares = light(images).sum(dim=(1, 2, 3)) / images.sum(dim=(1, 2, 3))
    assert 0.9 < float(shares.mean()) < 1.1
    assert float(shares.min()) > 0.5


def test_chance_comes_from_torchs_generator_alone() -> None:
    images = torch.rand(4, 1, 32, 32)
    torch.manual_seed(1)
    first = light(images)
    torch.manual_seed(1)
    assert torch.equal(first, light(images))


def test_a_trained_network_still_reads_what_was_augmented(first_run: Trained) -> None:
    part = data.load("digits").test
    torch.manual_seed(0)
    changed = (light(part.images.float() / 255) * 255).round().to(torch.uint8)
    accuracy = (first_run.predictor().predict(changed).argmax(dim=1) == part.labels).float().mean()
    assert float(accuracy) > 0.9
