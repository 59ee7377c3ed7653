"""A trained network answers as it did in training, and its maps point at evidence."""

import json
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from nets import checkpoints, data
from nets.checkpoints import CheckpointError
from nets.explain import convolutions, grad_cam, watching
from nets.predictor import Predictor
from nets.specs import TrainSpec
from nets.trainer import train
from nets.zoo import build
from tests.nets.conftest import Trained


def test_the_loaded_network_scores_what_the_run_said(first_run: Trained) -> None:
    part = data.load("digits").test
    accuracy = (first_run.predictor().predict(part.images).argmax(dim=1) == part.labels).double().mean()
    assert float(accuracy) == pytest.approx(first_run.summary["test_accuracy"])


def test_probabilities_sum_to_one_and_top_is_sorted(first_run: Trained) -> None:
    predictor, images = first_run.predictor(), data.load("digits").test.images[:5]
    assert torch.allclose(predictor.predict(images).sum(dim=1), torch.ones(5))
    for row in predictor.top(images, 5):
        chances = [answer.probability for answer in row]
        assert chances == sorted(chances, reverse=True)
        assert all(answer.name == str(answer.place) for answer in row)
    assert len(predictor.top(images[0], 99)[0]) == 10


@pytest.mark.parametrize(
    "images",
    [torch.zeros(1, 3, 32, 32, dtype=torch.uint8), torch.zeros(1, 32, 32), torch.zeros(28, 28, dtype=torch.uint8)],
)
def test_images_of_another_form_are_refused_with_both_shapes(first_run: Trained, images: torch.Tensor) -> None:
    with pytest.raises(ValueError, match=r"shape \(1, 32, 32\); .* was given"):
        first_run.predictor().predict(images)


def test_a_class_or_layer_that_does_not_exist_is_refused(first_run: Trained) -> None:
    image = data.load("digits").test.images[0]
    with pytest.raises(IndexError, match="from 0 to 9; 10 was given"):
        first_run.predictor().grad_cam(image, 10)
    with pytest.raises(KeyError, match="conv1, conv2"):
        first_run.predictor().grad_cam(image, 0, layer="dense1")


def test_maps_exist_for_every_class_and_convolution_at_the_images_size(first_run: Trained) -> None:
    predictor, images = first_run.predictor(), data.load("digits").test.images[:3]
    for layer in predictor.layers:
        for index in range(10):
            heat = predictor.grad_cam(images, index, layer=layer)
            assert heat.shape == (3, 32, 32)
            assert float(heat.min()) >= 0
            assert float(heat.max()) <= 1
    assert len({predictor.grad_cam(images[0], index).numpy().tobytes() for index in range(10)}) > 5


@pytest.mark.parametrize("arch", ["lenet5", "threeblock"])
def test_grad_cam_is_the_papers_formula(arch: str) -> None:
    torch.manual_seed(0)
    model = build(arch, shape=(1, 32, 32), classes=10).eval()
    images = torch.randn(2, 1, 32, 32)
    name = convolutions(model)[-1]
    with watching(model.get_submodule(name)) as watched:
        logits = model(images)
    maps = watched.maps
    for place in range(2):
        (gradient,) = torch.autograd.grad(logits[place, 4], maps, retain_graph=True)
        alpha = gradient[place].mean(dim=(1, 2))
        heat = sum(a * m for a, m in zip(alpha, maps[place].detach(), strict=True)).clamp(min=0)
        heat = nn.functional.interpolate(heat[None, None], size=(32, 32), mode="bilinear", align_corners=False)[0, 0]
        expected = heat / heat.max() if heat.max() > 0 else heat
        found = grad_cam(model, images, class_index=4)[place]
        assert torch.allclose(found, expected, atol=1e-5)


def test_the_map_finds_the_only_place_that_matters() -> None:
    class Corner(nn.Module):
        """Says class 1 where the lower right corner is bright."""

        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(1, 1, 1, bias=False)
            nn.init.ones_(self.conv.weight)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            score = self.conv(x)[:, 0, 24:, 24:].mean(dim=(1, 2))
            return torch.stack([-score, score], dim=1)

    image = torch.zeros(1, 1, 32, 32)
    image[..., 26:30, 26:30] = 1
    heat = grad_cam(Corner(), image, class_index=1)[0]
    assert float(heat[26:30, 26:30].min()) > 0.99
    assert float(heat[:20, :20].max()) == 0
    assert float(grad_cam(Corner(), image, class_index=0).max()) == 0


def test_no_hook_stays_behind_even_after_an_error() -> None:
    model = build("lenet5", shape=(1, 32, 32), classes=10)
    layer = model.get_submodule("conv2")
    with pytest.raises(RuntimeError, match="on purpose"), watching(layer):
        raise RuntimeError("on purpose")
    assert not layer._forward_hooks
    with pytest.raises(RuntimeError):
        grad_cam(model, torch.zeros(1, 3, 32, 32), class_index=0)
    assert not layer._forward_hooks


DRAWN = json.dumps(
    [
        {"kind": "conv", "out": 4, "kernel": 3, "stride": 2},
        {"kind": "residual", "body": [{"kind": "conv", "out": 4, "kernel": 3, "padding": 1}, {"kind": "norm"}]},
        {"kind": "act", "how": "ReLU"},
        {"kind": "adaptive_pool"},
        {"kind": "flatten"},
        {"kind": "linear", "out": 10},
    ]
)


@pytest.mark.parametrize(("arch", "layers"), [("drawn", DRAWN), ("torchvision/shufflenet_v2_x1_0", "")])
def test_a_network_that_is_not_ours_is_read_back_from_its_checkpoint(arch: str, layers: str, tmp_path: Path) -> None:
    spec = TrainSpec(arch=arch, layers=layers, epochs=1, batch_size=1000, augment="none")
    summary = list(train(spec, device="cpu", threads=1, checkpoint_to=tmp_path))[-1]["summary"]
    predictor = Predictor.load(tmp_path / summary["checkpoint"]["file"])
    part = data.load("digits").test
    accuracy = (predictor.predict(part.images).argmax(dim=1) == part.labels).double().mean()
    assert float(accuracy) == pytest.approx(summary["test_accuracy"])
    assert predictor.grad_cam(part.images[:2], 3).shape == (2, 32, 32)


def test_a_network_of_an_absent_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = TrainSpec(arch="torchvision/shufflenet_v2_x1_0")
    checkpoints.save({"spec": spec.to_json()}, tmp_path / "one.ckpt")
    # None in sys.modules is how Python itself marks a module that cannot be imported.
    monkeypatch.setitem(sys.modules, "torchvision.models", None)
    with pytest.raises(CheckpointError, match=r"one\.ckpt cannot be used here: torchvision is not installed"):
        Predictor.load(tmp_path / "one.ckpt")
