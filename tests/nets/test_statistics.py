"""Snapshots say what numpy computes from the same numbers, and the run that they look into never notices."""

import json
import math
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nets import events
from nets.data import load
from nets.explain import feature_maps
from nets.metrics import normalised
from nets.statistics import (
    COLLECTORS,
    activations,
    batch_norm,
    collect,
    confusion,
    filters,
    gradients,
    probe,
    probe_places,
    watching_updates,
)
from nets.zoo import build
from tests.nets.residual_net import ResidualNet, lived_in


def batch(count: int = 20) -> tuple[Tensor, Tensor]:
    data = load("digits")
    chosen = data.validation.images[:count], data.validation.labels[:count]
    return normalised(chosen[0], mean=data.mean, std=data.std), chosen[1]


def lenet() -> nn.Module:
    torch.manual_seed(4)
    return build("lenet5", shape=(1, 32, 32), classes=10)


def wild() -> tuple[nn.Module, Tensor, Tensor]:
    torch.manual_seed(4)
    return lived_in(ResidualNet()), torch.randn(6, 3, 16, 16), torch.randint(5, (6,))


def rows(data: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["layer"]: row for row in data["layers"]}


def test_activations_are_what_numpy_says_of_each_layers_output() -> None:
    model, images, labels = wild()
    found = rows(activations(model, images, labels))
    assert list(found)[:3] == ["stem", "act", "pool1"]
    for name, row in found.items():
        output = feature_maps(model, images, layer=name).double().numpy()
        flat = output.reshape(len(output), -1)
        assert row["mean"] == pytest.approx(output.mean(), rel=1e-3, abs=1e-5)
        assert row["std"] == pytest.approx(output.std(), rel=1e-3)
        assert row["norm"] == pytest.approx(np.sqrt((flat**2).sum(axis=1)).mean(), rel=1e-3)
        assert row["zeros"] == pytest.approx((output == 0).mean(), rel=1e-3)


def test_a_convolution_before_a_relu_in_place_is_seen_before_it_is_cut() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(inplace=True))
    found = rows(activations(model, torch.randn(5, 1, 8, 8), torch.zeros(5)))
    assert found["0"]["zeros"] == 0
    assert found["1"]["zeros"] > 0.2


def test_dead_units_are_those_that_are_zero_for_every_image() -> None:
    model, (images, labels) = lenet(), batch()
    with torch.no_grad():
        model.get_submodule("conv1").get_parameter("bias")[:2] = -1000.0
        model.get_submodule("dense2").get_parameter("bias")[:21] = -1000.0
    found = rows(activations(model, images, labels))
    assert found["relu1"]["dead_maps"] == pytest.approx(2 / 6, abs=1e-4)
    output = feature_maps(model, images, layer="relu1").numpy()
    by_hand = np.mean([not output[:, k, y, x].any() for k in range(6) for y in range(28) for x in range(28)])
    assert found["relu1"]["dead"] == pytest.approx(by_hand, abs=1e-4)
    assert by_hand > 2 / 6
    assert found["relu4"]["dead"] >= 21 / 84
    assert found["conv1"]["dead"] is None
    alone = rows(activations(model, images[:1], labels[:1]))
    assert alone["relu4"]["dead"] > found["relu4"]["dead"]


def test_gradients_are_those_of_backward() -> None:
    model, images, labels = wild()
    model.get_submodule("drop").p = 0.0  # type: ignore[assignment]
    model.get_submodule("stem").requires_grad_(requires_grad=False)
    found = gradients(model, images, labels)
    assert all(weight.grad is None for weight in model.parameters())
    model.train()
    loss = F.cross_entropy(model(images), labels)
    loss.backward()  # type: ignore[no-untyped-call]
    assert found["loss"] == pytest.approx(loss.item(), rel=1e-4)
    assert "stem" not in rows(found)
    assert "block1.bn1" in rows(found)
    for name, row in rows(found).items():
        weight = model.get_submodule(name).get_parameter("weight")
        assert weight.grad is not None
        slope = weight.grad.double().numpy()
        assert row["norm"] == pytest.approx(np.linalg.norm(slope.ravel()), rel=1e-3)
        # A bias in front of a batch norm moves nothing: what is left is rounding.
        assert row["mean"] == pytest.approx(slope.mean(), rel=1e-2, abs=1e-7)
        assert row["std"] == pytest.approx(slope.std(), rel=1e-3, abs=1e-7)
        assert row["zeros"] == pytest.approx((slope == 0).mean(), abs=1e-4)
        assert row["weight_norm"] == pytest.approx(weight.norm().item(), rel=1e-4)


def test_batch_norm_says_what_it_remembers_and_what_comes_in() -> None:
    model, images, labels = wild()
    found = rows(batch_norm(model, images, labels))
    assert list(found) == ["block1.bn1", "block1.bn2", "block2.bn1", "block2.bn2", "block2.shortcut.1", "bn"]
    layer, row = model.get_submodule("block2.bn2"), found["block2.bn2"]
    assert isinstance(layer, nn.BatchNorm2d)
    assert layer.running_mean is not None
    assert layer.running_var is not None
    given = feature_maps(model, images, layer="block2.conv2").double().numpy()
    output = feature_maps(model, images, layer="block2.bn2").double().numpy()
    mean, remembered = given.mean(axis=(0, 2, 3)), layer.running_mean.double().numpy()
    spread = np.sqrt(layer.running_var.double().numpy() + layer.eps)
    expected = {
        "mean": remembered.mean(),
        "variance": layer.running_var.mean().item(),
        "batch_mean": mean.mean(),
        "batch_variance": given.var(axis=(0, 2, 3)).mean(),
        "scale": layer.weight.mean().item(),
        "shift": layer.bias.mean().item(),
        "gap": (np.abs(mean - remembered) / spread).mean(),
        "output_mean": output.mean(),
        "output_std": output.std(),
    }
    assert {name: row[name] for name in expected} == pytest.approx(expected, rel=1e-3, abs=1e-5)


def test_a_network_without_batch_norm_or_convolution_has_nothing_to_show_there() -> None:
    plain = nn.Sequential(nn.Flatten(), nn.Linear(1024, 10))
    images, labels = batch()
    assert batch_norm(plain, images, labels)["layers"] == []
    assert filters(plain, images, labels)["filters"] == []


def test_filters_are_the_first_convolutions_and_never_too_many() -> None:
    model, (images, labels) = lenet(), batch()
    found = filters(model, images, labels)
    weight = model.get_submodule("conv1").get_parameter("weight").detach()
    assert (found["layer"], found["shape"], found["shown"]) == ("conv1", [6, 1, 5, 5], 6)
    assert torch.allclose(torch.tensor(found["filters"]), weight, atol=5e-5)
    assert found["lowest"] == pytest.approx(float(weight.min()), rel=1e-4)
    wide = filters(nn.Conv2d(3, 96, 11), images, labels)
    assert (wide["shown"], len(wide["filters"])) == (8192 // 363, 8192 // 363)


def test_the_probe_is_fixed_and_shows_every_class_alike() -> None:
    labels = load("digits").validation.labels
    places = probe_places(labels)
    assert len(set(places)) == 20
    assert sorted(labels[places].tolist()) == sorted(2 * list(range(10)))
    assert places == probe_places(labels)
    assert probe_places(torch.tensor([3, 3, 1])) == [2, 0, 1]
    model, (images, labels) = lenet(), batch()
    found = probe(model, images, labels)
    model.eval()
    expected = model(images).softmax(dim=1)
    assert torch.allclose(torch.tensor(found["probabilities"]), expected, atol=5.1e-5)
    assert found["labels"] == labels.tolist()


def test_the_confusion_counts_every_image_once_in_its_row() -> None:
    model, (images, labels) = lenet(), batch(270)
    found = confusion(model, images, labels)
    assert [sum(row) for row in found["counts"]] == labels.bincount(minlength=10).tolist()
    right = sum(found["counts"][name][name] for name in range(10))
    assert found["accuracy"] == pytest.approx(right / 270, abs=1e-4)
    assert found["top5"] >= found["accuracy"]


def test_the_confusion_names_the_first_images_of_every_mistake() -> None:
    model, (images, labels) = lenet(), batch(270)
    found = confusion(model, images, labels)
    with torch.no_grad():
        taken = model.eval()(images).argmax(dim=1)
    told = {(is_, guess): places for is_, guess, *places in found["examples"]}
    counts = {(a, b): found["counts"][a][b] for a in range(10) for b in range(10) if a != b and found["counts"][a][b]}
    assert {pair: min(6, count) for pair, count in counts.items()} == {pair: len(at) for pair, at in told.items()}
    for (label, guess), places in told.items():
        assert labels[places].tolist() == [label] * len(places)
        assert taken[places].tolist() == [guess] * len(places)
        assert places == sorted(places)


def test_the_update_ratio_is_what_plain_gradient_descent_does() -> None:
    model, (images, labels) = lenet(), batch()
    slopes = rows(gradients(model, images, labels))
    optimiser = torch.optim.SGD(model.parameters(), lr=0.05)
    with watching_updates(model) as data:
        F.cross_entropy(model(images), labels).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    for name, row in rows(data).items():
        assert row["ratio"] == pytest.approx(0.05 * slopes[name]["norm"] / slopes[name]["weight_norm"], rel=1e-3)
    with torch.no_grad():
        model.get_submodule("conv1").get_parameter("weight").zero_()
    with watching_updates(model) as data:
        pass
    assert rows(data)["conv1"]["ratio"] is None
    assert rows(data)["conv2"]["ratio"] == 0


@pytest.mark.parametrize("kind", COLLECTORS)
def test_a_snapshot_is_small_json(kind: str) -> None:
    model, (images, labels) = build("threeblock", shape=(1, 32, 32), classes=10), batch()
    event = events.snapshot(epoch=1, step=1, kind=kind, data=collect(model, kind, images, labels))
    text = json.dumps(event, allow_nan=False)
    assert json.loads(text) == event
    assert len(text) < 20_000


def broken() -> tuple[nn.Module, Tensor, Tensor]:
    model, images, labels = wild()
    with torch.no_grad():
        model.get_submodule("stem").get_parameter("weight").fill_(math.nan)
    return model, images, labels


def nulls(kind: str, of: tuple[nn.Module, Tensor, Tensor]) -> int:
    """Count what a snapshot tells as null, and see that its JSON says what the event says."""
    model, images, labels = of
    event = events.snapshot(epoch=1, step=1, kind=kind, data=collect(model, kind, images, labels))
    text = json.dumps(event, allow_nan=False)
    assert json.loads(text) == event
    return text.count("null")


@pytest.mark.parametrize("kind", ["activations", "gradients", "batch_norm", "filters", "probe"])
def test_a_network_that_broke_is_told_as_null(kind: str) -> None:
    assert nulls(kind, broken()) > nulls(kind, wild())


def test_the_confusion_of_a_network_that_broke_still_counts_every_image() -> None:
    model, images, labels = broken()
    counts = collect(model, "confusion", images, labels)["counts"]
    assert [sum(row) for row in counts] == labels.bincount(minlength=len(counts)).tolist()
    assert nulls("confusion", broken()) == nulls("confusion", wild())


def test_an_unknown_kind_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(KeyError, match=r"activations, .*'mood' was given"):
        collect(lenet(), "mood", *batch())


def steps(*, looked_into: bool) -> dict[str, Tensor]:
    """Train a few steps with dropout and batch norm, looking inside after each or not."""
    torch.manual_seed(11)
    model = ResidualNet().train()
    model.get_submodule("block1").eval()
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(3):
        images, labels = torch.randn(8, 3, 16, 16), torch.randint(5, (8,))
        optimiser.zero_grad()
        F.cross_entropy(model(images), labels).backward()  # type: ignore[no-untyped-call]
        if looked_into:
            modes = [layer.training for layer in model.modules()]
            for kind in COLLECTORS:
                collect(model, kind, images, labels)
            assert modes == [layer.training for layer in model.modules()]
            assert not any(layer._forward_hooks for layer in model.modules())
        optimiser.step()
    return model.state_dict() | {"chance": torch.rand(1)}


def test_a_run_that_is_looked_into_is_bit_identical_to_one_that_is_not() -> None:
    one, other = steps(looked_into=True), steps(looked_into=False)
    assert all(torch.equal(one[name], other[name]) for name in other)


def test_no_hook_stays_after_an_error() -> None:
    model = lenet()
    with pytest.raises(RuntimeError):
        activations(model, torch.zeros(1, 3, 32, 32), torch.zeros(1))
    assert not any(layer._forward_hooks for layer in model.modules())
