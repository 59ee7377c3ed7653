"""Augmentation changes every image in its own way, no digit beyond recognition, and labels only where it must."""

import hashlib

import pytest
import torch

from nets import changes, data, recipes
from nets.augment import Pipeline, light
from nets.recipes import KINDS, NAMED
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


def batch(*, channels: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randint(0, 256, (24, channels, 32, 32), dtype=torch.uint8), torch.arange(24) % 10


def test_the_pipelines_light_is_todays_to_the_last_bit() -> None:
    images, labels = batch(channels=1)
    torch.manual_seed(3)
    ours, targets = Pipeline(recipes.parse("light"), classes=10)(images, labels, 0.3054, 0.3723)
    torch.manual_seed(3)
    assert torch.equal(ours, (light(images.float() / 255) - 0.3054) / 0.3723)
    assert targets is labels


def test_no_augmentation_is_what_a_network_is_judged_on() -> None:
    for channels, mean, std in ((1, 0.3, 0.4), (3, (0.3, 0.4, 0.5), (0.2, 0.3, 0.4))):
        images, labels = batch(channels=channels)
        ours, targets = Pipeline(recipes.parse("none"), classes=10)(images, labels, mean, std)
        assert torch.equal(ours, changes.normalise(images, mean=mean, std=std))
        assert targets is labels


@pytest.mark.parametrize("recipe", [*NAMED, *KINDS])
def test_every_recipe_and_every_kind_repeats_with_torchs_generator_and_with_its_own(recipe: str) -> None:
    images, labels = batch()
    digest = hashlib.sha256(images.numpy().tobytes()).digest()
    pipeline = Pipeline(recipes.parse(recipe if recipe in NAMED else [{"kind": recipe}]), classes=10)
    runs = []
    for generator in (None, None, torch.Generator().manual_seed(8), torch.Generator().manual_seed(8)):
        torch.manual_seed(8)
        state = torch.get_rng_state()
        runs.append(pipeline(images, labels, (0.5, 0.4, 0.3), (0.2, 0.2, 0.2), generator))
        if generator is not None:
            assert torch.equal(state, torch.get_rng_state())
    assert all(torch.equal(ours, runs[0][0]) and torch.equal(targets, runs[0][1]) for ours, targets in runs)
    assert runs[0][0].dtype == torch.float32
    assert runs[0][0].shape == images.shape
    assert bool(runs[0][0].isfinite().all())
    assert hashlib.sha256(images.numpy().tobytes()).digest() == digest


def test_a_pipeline_takes_its_steps_in_their_order() -> None:
    images, labels = batch()
    torch.manual_seed(2)
    steps = [{"kind": "crop", "padding": 3}, {"kind": "flip"}, {"kind": "noise"}, {"kind": "cutout"}]
    ours, _ = Pipeline(recipes.parse(steps), classes=10)(images, labels, 0.5, 0.2)
    torch.manual_seed(2)
    changed = changes.flip(changes.crop(images, padding=3), probability=0.5)
    changed = changes.cutout(changes.noise(changed, std=0.05), size=8, fill=0.5)
    assert torch.equal(ours, changes.normalise(changed, mean=0.5, std=0.2))


def test_mixup_blends_labels_in_the_shares_of_the_images() -> None:
    images = torch.zeros(24, 1, 4, 4, dtype=torch.uint8)
    images[::2] = 255
    labels = torch.arange(24) % 2
    mixed, targets = Pipeline(recipes.parse([{"kind": "mixup", "alpha": 1.0}]), classes=3)(images, labels, 0.0, 1.0)
    assert targets.shape == (24, 3)
    # White is class 0, black class 1: the brightness of a blend is its share of class 0.
    assert torch.allclose(targets[:, 0], mixed[:, 0, 0, 0], atol=1e-6)
    assert torch.allclose(targets.sum(dim=1), torch.ones(24))
    assert float(targets[:, 2].max()) == 0


def test_mixup_gives_the_rest_of_a_label_to_the_image_that_shines_through() -> None:
    # One bright pixel per class, so that a blend shows the share of every class at its place.
    labels = torch.randperm(24)
    images = (torch.eye(24)[labels] * 255).to(torch.uint8).view(24, 1, 4, 6)
    mixed, targets = Pipeline(recipes.parse([{"kind": "mixup", "alpha": 1.0}]), classes=24)(images, labels, 0.0, 1.0)
    assert torch.allclose(targets, mixed.flatten(1), atol=1e-6)
    assert torch.equal(targets.argmax(dim=1), labels)
    assert bool((targets > 0).sum(dim=1).eq(2).all())
