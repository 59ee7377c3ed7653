"""Every plan has the parameters and multiply-adds that torch, torchvision and the papers give it."""

import pytest
import torch
from torchvision import models

from nets.layers import parse, shape_through, to_json
from nets.ledger import Row, count, ledger
from nets.plans import INPUTS, PLANS, plan
from nets.specs import SpecError
from nets.zoo import ZOO, build
from nets.zoo.drawn import build_stack
from tests.nets import counted

LIBRARY = sorted(name for name in PLANS if name in models.list_models(module=models))
OURS = {
    *("lenet5", "threeblock", "threeblock224", "fourconv_bn", "fourconv", "twoconv_bn", "alexnet32"),
    *("resnet9", "vit_tiny"),
    "small_resnet",
    *(f"{kind}{depth}" for kind in ("plain", "resnet") for depth in (20, 32, 56)),
}
THEIRS = {
    *("alexnet", "mobilenet_v3_small", "mobilenet_v3_large", "vit_b_16"),
    *(f"vgg{depth}{suffix}" for depth in (11, 13, 16, 19) for suffix in ("", "_bn")),
    *(f"resnet{depth}" for depth in (18, 34, 50, 101, 152)),
    *(f"efficientnet_b{step}" for step in range(8)),
}


def test_every_architecture_has_a_plan_and_an_input() -> None:
    assert set(PLANS) == set(INPUTS) == OURS | THEIRS


def test_torchvision_knows_the_plans_that_are_compared_with_it() -> None:
    assert set(LIBRARY) == THEIRS


@pytest.mark.parametrize("arch", LIBRARY)
def test_a_plan_has_the_parameters_of_torchvisions_model(arch: str) -> None:
    with torch.device("meta"):
        library = models.get_model(arch)
    assert ledger(arch, shape=INPUTS[arch], classes=1000).parameters == counted.parameters(library)


@pytest.mark.parametrize("arch", LIBRARY)
def test_a_plan_has_the_multiply_adds_that_torchvision_publishes(arch: str) -> None:
    weights = models.get_model_weights(arch)["IMAGENET1K_V1"]
    side, published = weights.transforms.keywords["crop_size"], weights.meta
    costs = ledger(arch, shape=(3, side, side), classes=1000)
    assert costs.parameters == published["num_params"]
    # Published to three decimals of a thousand million.
    assert costs.multiply_adds / 1e9 == pytest.approx(published["_ops"], abs=0.0006)


@pytest.mark.parametrize("arch", sorted(PLANS))
def test_the_ledger_of_a_plan_says_what_torch_counts(arch: str) -> None:
    shape = INPUTS[arch]
    stack = plan(arch, shape=shape, classes=10)
    with torch.device("meta"):
        model = build_stack(stack, shape=shape)
    costs = count(stack, shape=shape, classes=10)
    seen = counted.seen(model, shape, device="meta")
    assert {row.name: row.shape for row in costs.rows} == {row.name: seen.shapes[row.name] for row in costs.rows}
    assert costs.parameters == counted.parameters(model)
    assert costs.multiply_adds == seen.multiply_adds
    assert shape_through(stack, shape) == (10,)


@pytest.mark.parametrize("arch", sorted(ZOO))
def test_the_zoo_costs_what_its_plan_says(arch: str) -> None:
    with torch.device("meta"):
        model = build(arch, shape=INPUTS[arch], classes=10)  # type: ignore[arg-type]
    costs = ledger(arch, shape=INPUTS[arch], classes=10)
    assert costs.parameters == counted.parameters(model)
    assert costs.multiply_adds == counted.seen(model, INPUTS[arch], device="meta").multiply_adds


@pytest.mark.parametrize("arch", sorted(PLANS))
def test_a_plan_survives_being_written_and_read(arch: str) -> None:
    stack = plan(arch, shape=INPUTS[arch], classes=10)
    assert parse(to_json(stack)) == stack


def test_every_plan_but_the_three_largest_may_be_drawn() -> None:
    refused = []
    for arch, shape in INPUTS.items():
        try:
            parse(to_json(plan(arch, shape=shape, classes=1000)), shape=shape, classes=1000)
        except SpecError as error:
            refused.append((arch, *error.errors))
    assert refused == [(f"efficientnet_b{step}", "activations") for step in (5, 6, 7)]


@pytest.mark.parametrize("depth", [20, 32, 56])
def test_a_residual_network_has_the_parameters_of_its_plain_twin_and_of_the_paper(depth: int) -> None:
    # He et al. 2015, arXiv:1512.03385, table 6, in millions.
    published = {20: 0.27, 32: 0.46, 56: 0.85}
    residual, plain = (ledger(f"{kind}{depth}", shape=(3, 32, 32), classes=10) for kind in ("resnet", "plain"))
    assert residual.parameters == plain.parameters
    assert residual.multiply_adds == plain.multiply_adds
    # Two decimals are printed; whether norms are among them the paper does not say, and they are under 0.01.
    assert residual.parameters / 1e6 == pytest.approx(published[depth], abs=0.01)


@pytest.mark.parametrize("step", range(8))
def test_each_efficientnet_is_the_first_one_scaled_by_the_formula(step: int) -> None:
    # Tan and Le 2019, arXiv:1905.11946, section 4.2: width 1.1, depth 1.2, resolution 1.15, each to the power phi.
    first = ledger("efficientnet_b0", shape=(3, 224, 224), classes=1000)
    shape = INPUTS[f"efficientnet_b{step}"]
    scaled = ledger(f"efficientnet_b{step}", shape=shape, classes=1000)
    assert scaled.parameters >= first.parameters
    assert shape[1] >= 224
    assert _blocks(scaled.rows) >= _blocks(first.rows)


def _blocks(rows: tuple[Row, ...]) -> int:
    return sum(row.kind.startswith("product") for row in rows)


def test_a_larger_image_makes_the_first_dense_layer_explode() -> None:
    small, large = (ledger("threeblock224", shape=(3, side, side), classes=10) for side in (32, 224))
    # Seven times the side is 49 times the places for every weight of the first dense layer.
    widened = 128 * 4 * 4 * 48 * 512
    assert large.parameters - small.parameters == widened


def test_an_unknown_architecture_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="huge"):
        plan("huge", shape=(3, 32, 32), classes=10)
