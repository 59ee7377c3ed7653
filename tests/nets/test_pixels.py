"""The printed terms of a unit add up to what torch computes, through every kind of layer."""

import itertools
import json
import math
import random

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nets.explain import Formula, convolutions, feature_maps, pixel_formula
from nets.zoo import build
from tests.nets.residual_net import ResidualNet, lived_in

WITHOUT_FORMULA = {"flatten"}


def network(name: str) -> tuple[nn.Module, Tensor]:
    torch.manual_seed(1)
    if name == "residual":
        return lived_in(ResidualNet()), torch.randn(3, 16, 16)
    return build(name, shape=(2, 32, 32), classes=10), torch.randn(2, 32, 32)


def asked(name: str, model: nn.Module) -> list[str]:
    return [layer for layer, _ in model.named_modules() if layer and layer not in WITHOUT_FORMULA]


def some_places(maps: Tensor, *, count: int) -> list[tuple[int, ...]]:
    """Return the corners, where the padding lies, and some places between."""
    shape = maps.shape[1:]
    dice = random.Random(3)
    corners = [tuple(size - 1 for size in shape), tuple(0 for _ in shape)]
    return corners + [tuple(dice.randrange(size) for size in shape) for _ in range(count)]


def formula(model: nn.Module, image: Tensor, layer: str, place: tuple[int, ...]) -> Formula:
    channel, y, x = (*place, None, None)[:3]
    assert channel is not None
    return pixel_formula(model, image, layer=layer, channel=channel, y=y, x=x)


def added_up(found: Formula) -> float:
    """Add the printed terms with Python's own sums: what a learner with a pocket calculator does."""
    source = found.source
    products = [
        math.fsum(a * b for a, b in zip(itertools.chain(*term.patch), itertools.chain(*term.kernel), strict=True))
        for term in source.terms
        if term.kernel
    ]
    if source.kind == "maximum":
        value = max(itertools.chain(*source.terms[0].patch))
    elif source.kind == "average":
        value = math.fsum(itertools.chain(*source.terms[0].patch)) / source.divisor
    else:
        value = math.fsum(products) + source.bias
    for step in found.steps:
        n = step.numbers
        if step.kind == "norm":
            value = (value - n["mean"]) / math.sqrt(n["variance"] + n["epsilon"]) * n["scale"] + n["shift"]
        elif step.kind == "add":
            value += n["other"]
        else:
            assert step.before == pytest.approx(value, abs=1e-9)
            value = ACTIVATED[step.name](value)
        assert step.after == pytest.approx(value, abs=1e-9)
    return value


ACTIVATED = {
    "relu": lambda value: max(0.0, value),
    "leaky_relu": lambda value: value if value > 0 else 0.1 * value,
    "hardswish": lambda value: value * min(max(value + 3, 0), 6) / 6,
}


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", ["lenet5", "threeblock", "residual"])
def test_the_terms_add_up_to_the_networks_own_output_at_every_layer(name: str, dtype: torch.dtype) -> None:
    model, image = network(name)
    model, image = model.to(dtype), image.to(dtype)
    closeness = 1e-5 if dtype == torch.float32 else 1e-10
    for layer in asked(name, model):
        maps = feature_maps(model, image[None], layer=layer)
        for place in some_places(maps, count=4):
            found = formula(model, image, layer, place)
            assert added_up(found) == pytest.approx(found.value, abs=1e-9)
            assert found.value == pytest.approx(found.network, abs=closeness), (layer, place)


@pytest.mark.parametrize("name", ["lenet5", "threeblock", "residual"])
def test_the_values_are_those_that_hooks_of_torch_see(name: str) -> None:
    model, image = network(name)
    model, image = model.double(), image.double()
    for layer in asked(name, model):
        maps = feature_maps(model, image[None], layer=layer)
        place = some_places(maps, count=1)[-1]
        found = formula(model, image, layer, place)
        # Asked for what follows a sum, the formula ends at that layer; asked for the sum, it may go on.
        own = found.source.total if found.source.layer == layer else found.value
        assert own == pytest.approx(float(maps[(0, *place)]), abs=1e-10), layer


def test_each_channels_sum_is_a_convolution_of_that_channel_alone() -> None:
    model, image = network("residual")
    model, image = model.double(), image.double()
    for layer in convolutions(model):
        conv = model.get_submodule(layer)
        assert isinstance(conv, nn.Conv2d)
        before: list[Tensor] = []
        handle = conv.register_forward_hook(lambda _layer, given, _output, seen=before: seen.append(given[0].clone()))
        maps = feature_maps(model, image[None], layer=layer)
        handle.remove()
        channel, y, x = some_places(maps, count=1)[-1]
        found = formula(model, image, layer, (channel, y, x))
        share = conv.in_channels // conv.groups
        first = channel // (conv.out_channels // conv.groups) * share
        assert [term.channel for term in found.source.terms] == list(range(first, first + share))
        for number, term in enumerate(found.source.terms):
            alone = F.conv2d(
                before[0][:, [term.channel]],
                conv.weight[[channel]][:, [number]],
                stride=conv.stride,
                padding=conv.padding,
                dilation=conv.dilation,
            )
            assert term.total == pytest.approx(float(alone.detach()[0, 0, y, x]), abs=1e-12)


def kinds(found: Formula) -> list[str]:
    return [step.kind if step.kind != "activation" else step.name for step in found.steps]


def test_a_convolution_is_followed_through_norm_residual_sum_and_activation() -> None:
    model, image = network("residual")
    found = formula(model, image, "block2.conv2", (7, 3, 2))
    assert kinds(found) == ["norm", "add", "relu"]
    assert found.steps[1].name == "block2.shortcut.1"
    beside = float(feature_maps(model, image[None], layer="block2.shortcut")[0, 7, 3, 2])
    assert found.steps[1].numbers["other"] == pytest.approx(beside, abs=1e-6)
    # The identity: what came out of the pooling before the block comes back in.
    found = formula(model, image, "block1.conv2", (5, 3, 2))
    assert found.steps[1].name == "pool1"
    identity = float(feature_maps(model, image[None], layer="pool1")[0, 5, 3, 2])
    assert found.steps[1].numbers["other"] == pytest.approx(identity, abs=1e-6)


def test_a_block_goes_back_along_the_way_with_more_layers_and_a_norm_ends_at_itself() -> None:
    model, image = network("residual")
    assert formula(model, image, "block2", (0, 0, 0)).source.layer == "block2.conv2"
    assert kinds(formula(model, image, "block2.bn2", (0, 0, 0))) == ["norm"]
    assert kinds(formula(model, image, "block2.conv1", (0, 0, 0))) == ["norm", "relu"]
    assert kinds(formula(model, image, "block2.shortcut.0", (0, 0, 0))) == ["norm", "add", "relu"]
    assert kinds(formula(model, image, "dense", (3,))) == ["norm", "relu"]
    # Dropout does nothing once a network is trained: it is no step, and its value is that of the layer before.
    assert formula(model, image, "drop", (1, 2, 1)).source == formula(model, image, "pool3", (1, 2, 1)).source


def test_a_dense_layer_behind_maps_has_one_term_per_map() -> None:
    model, image = network("residual")
    terms = formula(model, image, "dense", (3,)).source.terms
    assert [len(terms), len(terms[0].patch), len(terms[0].patch[0])] == [16, 3, 2]
    terms = formula(model, image, "output", (4,)).source.terms
    assert [len(terms), terms[0].patch[0][0]] == [12, terms[0].total / terms[0].kernel[0][0]]


def test_the_patch_says_where_it_lies_and_padding_is_zero() -> None:
    model, image = network("residual")
    found = formula(model, image, "stem", (0, 0, 0)).source
    assert (found.rows, found.columns) == ((0, 1, 2), (-2, -1, 0, 1, 2))
    assert [row[:2] for row in found.terms[1].patch] == [(0.0, 0.0)] * 3
    assert found.terms[1].patch[2][2] == pytest.approx(float(image[1, 2, 0]))


def test_the_json_is_json_keeps_the_strongest_channels_and_still_adds_up() -> None:
    model, image = network("threeblock")
    found = formula(model, image, "conv3", (9, 0, 0))
    shown = json.loads(json.dumps(found.to_json(channels=5), allow_nan=False))
    source = shown["source"]
    assert len(source["terms"]) == 5
    total = sum(term["total"] for term in source["terms"]) + source["rest"] + source["bias"]
    assert total == pytest.approx(source["total"], abs=1e-12)
    weakest = min(abs(term["total"]) for term in source["terms"])
    assert sum(abs(term.total) > weakest for term in found.source.terms) == 4
    model, image = network("residual")
    corner = formula(model, image, "pool1", (0, 0, 0)).to_json()
    assert json.loads(json.dumps(corner, allow_nan=False))["source"]["terms"][0]["patch"][0] == [None] * 3


def test_the_text_names_every_term_and_step() -> None:
    model, image = network("residual")
    lines = formula(model, image, "block2.conv2", (7, 3, 2)).lines()
    assert len(lines) == 1 + 4 + 1 + 1 + 3
    assert "from block2.shortcut.1" in lines[-2]


def test_layers_and_places_that_do_not_exist_are_refused_with_those_that_do() -> None:
    model, image = network("residual")
    with pytest.raises(KeyError, match=r"stem, act, .*'nowhere' was given"):
        pixel_formula(model, image, layer="nowhere", channel=0, y=0, x=0)
    with pytest.raises(KeyError, match=r"formula for stem, .*'flatten' was given"):
        pixel_formula(model, image, layer="flatten", channel=0)
    model.unused = nn.ReLU()
    with pytest.raises(KeyError, match="did not run"):
        pixel_formula(model, image, layer="unused", channel=0, y=0, x=0)
    for bad in [
        {"channel": 6, "y": 0, "x": 0},
        {"channel": 0, "y": 14, "x": 0},
        {"channel": 0},
        {"channel": -1, "y": 0, "x": 0},
    ]:
        with pytest.raises(IndexError, match=r"\(6, 14, 8\)"):
            pixel_formula(model, image, layer="stem", **bad)


def test_nothing_of_the_network_is_changed_and_no_hook_stays() -> None:
    model, image = network("residual")
    model.train()
    model.get_submodule("block1").eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    modes = [layer.training for layer in model.modules()]
    formula(model, image, "block2", (0, 0, 0))
    assert modes == [layer.training for layer in model.modules()]
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(weight.grad is None for weight in model.parameters())
    assert not any(layer._forward_hooks or layer._forward_pre_hooks for layer in model.modules())
