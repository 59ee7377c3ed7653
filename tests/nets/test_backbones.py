"""The backbone's weights are those that its card describes, and what they lend is worth having."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open

from nets import backbones
from nets.backbones import comparing, drawn, training
from nets.changes import Statistic
from nets.checkpoints import CheckpointError
from nets.data import load
from nets.metrics import normalised
from nets.zoo.small_resnet import SmallResNet

CARD = Path(backbones.__file__).parent / "README.md"


def test_the_same_seed_draws_the_same_pictures_and_another_seed_others() -> None:
    images, labels = drawn.draw(1, seed=3)
    again, _ = drawn.draw(1, seed=3)
    others, _ = drawn.draw(1, seed=4)
    assert images.shape == (len(drawn.classes()), *drawn.SHAPE)
    assert labels.tolist() == list(range(len(drawn.classes())))
    assert np.array_equal(images, again)
    # Nearly every picture differs; a black one may come twice.
    assert (images != others).any(axis=(1, 2, 3)).mean() > 0.99


def test_no_picture_is_empty_and_no_class_is_a_digit() -> None:
    images, _ = drawn.draw(3, seed=0)
    assert (images.reshape(len(images), -1).std(axis=1) > 0).all()
    assert not any(name.split()[-1].isdigit() for name in drawn.classes() if not name.startswith("invented"))


def test_the_weights_are_small_and_the_card_knows_them() -> None:
    assert backbones.WEIGHTS.stat().st_size < 2_000_000
    with safe_open(backbones.WEIGHTS, framework="pt") as file:
        about = file.metadata()
    recipe = training.Recipe()
    assert {name: about[name] for name in recipe.__slots__} == {
        name: str(getattr(recipe, name)) for name in recipe.__slots__
    }
    assert int(about["classes"]) == len(drawn.classes())
    assert backbones.digest() in CARD.read_text(encoding="utf-8")


def test_one_channel_sees_what_three_equal_channels_see() -> None:
    grey, colour = (backbones.load(shape=(channels, 32, 32), classes=10).model.eval() for channels in (1, 3))
    images = torch.rand(4, 1, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        torch.testing.assert_close(grey.features(images), colour.features(images.repeat(1, 3, 1, 1)))


def test_the_head_is_fresh_and_nothing_else_is() -> None:
    torch.manual_seed(1)
    one = backbones.load(shape=(3, 32, 32), classes=4).model.state_dict()
    torch.manual_seed(2)
    other = backbones.load(shape=(3, 32, 32), classes=4).model.state_dict()
    differing = {name for name in one if not torch.equal(one[name], other[name])}
    assert differing == {"output.weight", "output.bias"}
    assert one["output.weight"].shape == (4, 128)


def test_another_number_of_channels_and_a_damaged_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\(2, 32, 32\)"):
        backbones.load(shape=(2, 32, 32), classes=10)
    (tmp_path / "cut.safetensors").write_bytes(backbones.WEIGHTS.read_bytes()[:1000])
    with pytest.raises(CheckpointError, match=r"cut\.safetensors"):
        backbones.load(shape=(1, 32, 32), classes=10, path=tmp_path / "cut.safetensors")


def test_borrowed_features_beat_fresh_ones_with_ten_digits_of_each_class() -> None:
    data = load("digits")
    few = comparing.pick_few(data.train.labels, seed=0)
    assert torch.bincount(data.train.labels[few]).tolist() == [comparing.PER_CLASS] * 10
    torch.manual_seed(0)
    borrowed = backbones.load(shape=data.shape, classes=10)
    fresh = SmallResNet(data.shape, classes=10)
    found = {
        name: nearest_mean(model, few, mean=mean, std=std)
        for name, model, mean, std in (
            ("borrowed", borrowed.model, borrowed.mean, borrowed.std),
            ("fresh", fresh, data.mean, data.std),
        )
    }
    # Without any training of ours: the features alone must tell digits apart that they have never seen.
    assert found["borrowed"] > found["fresh"] + 0.05


def test_the_comparison_trains_borrowed_features_past_fresh_ones() -> None:
    (one,) = comparing.compare(seeds=(0,), epochs=2)
    # A tenth of the digits is chance: what is not shown as the network reads it learns no more than that.
    assert one.tuned > one.scratch + 0.1
    assert one.frozen > 0.4
    assert comparing.margin([one]) == pytest.approx(one.tuned - one.scratch)


@torch.inference_mode()
def nearest_mean(model: SmallResNet, few: torch.Tensor, *, mean: Statistic, std: Statistic) -> float:
    """Return the share of test digits whose features lie nearest to the mean of their own class's few."""
    data = load("digits")
    model.eval()

    def seen(images: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.normalize(model.features(normalised(images, mean=mean, std=std)), dim=1)

    known, labels = seen(data.train.images[few]), data.train.labels[few]
    centres = torch.stack([known[labels == label].mean(dim=0) for label in range(10)])  # (10, 128)
    nearest = torch.cdist(seen(data.test.images), centres).argmin(dim=1)
    return float((nearest == data.test.labels).float().mean())


def test_training_tells_its_epochs_and_writes_weights_that_load(tmp_path: Path) -> None:
    recipe = training.Recipe(each=2, held_out=1, epochs=1)
    (told,) = training.fit(recipe, to=tmp_path / "new" / "made.safetensors")
    assert (told.epoch, 0.0 <= told.accuracy <= 1.0) == (1, True)
    assert backbones.load(shape=(1, 32, 32), classes=3, path=tmp_path / "new" / "made.safetensors").std > 0
