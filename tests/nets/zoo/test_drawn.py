"""What is drawn is what torch runs: shapes, costs and training of networks built from their layer lists."""

import pytest
import torch
from hypothesis import given, settings
from torch import nn

from nets.layers import (
    Act,
    Branch,
    Conv,
    Dense,
    Flatten,
    Gate,
    Layer,
    Residual,
    Shape,
    ShapeError,
    Stack,
    StochasticDepth,
    Widen,
    named,
    parse,
)
from nets.layers.reading import _Name
from nets.layers.words import TAKEN
from nets.ledger import count
from nets.zoo.drawn import build_stack
from tests.nets import counted
from tests.nets.drawn_stacks import networks


@settings(max_examples=40, deadline=None)
@given(networks())
def test_a_random_network_costs_what_torch_counts(made: tuple[Shape, Stack]) -> None:
    shape, stack = made
    costs = count(stack, shape=shape, classes=10)
    model = build_stack(stack, shape=shape)
    seen = counted.seen(model, shape)
    assert {row.name: row.shape for row in costs.rows} == {row.name: seen.shapes[row.name] for row in costs.rows}
    assert costs.parameters == counted.parameters(model)
    assert costs.multiply_adds == seen.multiply_adds


@settings(max_examples=15, deadline=None)
@given(networks())
def test_the_weights_of_every_row_lie_in_the_module_of_its_name(made: tuple[Shape, Stack]) -> None:
    shape, stack = made
    costs = count(stack, shape=shape, classes=10)
    model = build_stack(stack, shape=shape)
    for row in costs.rows:
        inner = sum(other.parameters for other in costs.rows if other.name.startswith(f"{row.name}."))
        assert row.parameters + inner == counted.parameters(model.get_submodule(row.name))


def test_a_drawn_network_trains() -> None:
    torch.manual_seed(3)
    body: list[Layer] = [Conv(8, kernel=3, padding=1, bias=False), Act("ReLU"), Conv(8, kernel=3, padding=1)]
    stack = named([Conv(8, kernel=3, padding=1), Residual(named(body)), Act("ReLU"), Flatten(), Dense(2)])
    model = build_stack(stack, shape=(1, 6, 6))
    images, labels = torch.randn(16, 1, 6, 6), torch.arange(16) % 2
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    first = nn.functional.cross_entropy(model(images), labels)
    for _ in range(40):
        optimiser.zero_grad()
        loss = nn.functional.cross_entropy(model(images), labels)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    assert loss < 0.1 < first


def test_a_residual_block_adds_its_input() -> None:
    model = build_stack(named([Residual(named([Conv(3, kernel=1)]))]), shape=(3, 4, 4))
    for weight in model.parameters():
        nn.init.zeros_(weight)
    image = torch.randn(2, 3, 4, 4)
    assert torch.equal(model(image), image)


def test_a_gate_multiplies_and_a_branch_stands_side_by_side() -> None:
    image = torch.randn(2, 3, 4, 4)
    gated = build_stack(named([Gate(named([Act("Sigmoid")]))]), shape=(3, 4, 4))
    torch.testing.assert_close(gated(image), image * image.sigmoid())
    branched = build_stack(named([Branch((named([Act("ReLU")]), named([Act("Tanh")])))]), shape=(3, 4, 4))
    torch.testing.assert_close(branched(image), torch.cat([image.relu(), image.tanh()], dim=1))


def test_widening_takes_every_second_pixel_and_adds_zeros() -> None:
    image = torch.randn(2, 3, 5, 4)
    wide = build_stack(named([Widen(5, stride=2)]), shape=(3, 5, 4))(image)
    assert torch.equal(wide[:, :3], image[:, :, ::2, ::2])
    assert wide.shape == (2, 5, 3, 2)
    assert not wide[:, 3:].any()


def test_stochastic_depth_drops_whole_images_in_training_alone_and_keeps_the_mean() -> None:
    torch.manual_seed(0)
    model = build_stack(named([StochasticDepth(0.25)]), shape=(1, 2, 2))
    image = torch.ones(4000, 1, 2, 2)
    dropped = model.train()(image)
    assert dropped.unique().tolist() == pytest.approx([0, 4 / 3])
    assert (dropped.flatten(1).std(dim=1) == 0).all()
    # Three standard deviations of the mean of 4,000 throws.
    assert dropped.mean() == pytest.approx(1.0, abs=3 * (0.25 / 0.75 / 4000) ** 0.5)
    assert torch.equal(model.eval()(image), image)


@pytest.mark.parametrize("name", ["train", "half", "forward", "parameters", "append", "training"])
def test_a_layer_may_be_called_what_modules_call_something_else(name: str) -> None:
    stack = parse([{"kind": "conv", "name": name, "out": 2, "kernel": 1}, {"kind": "act", "how": "ReLU"}])
    inside = named([Residual(stack, stack)])
    model = build_stack(named([*stack, *inside]), shape=(2, 3, 3))
    assert model.train()(torch.zeros(1, 2, 3, 3)).shape == (1, 2, 3, 3)
    assert len(list(model.state_dict())) == 6


def test_a_network_that_does_not_fit_its_images_is_not_built() -> None:
    with pytest.raises(ShapeError, match="5x5, too large for 4x4"):
        build_stack(named([Conv(2, kernel=5)]), shape=(1, 4, 4))


def test_the_names_that_modules_need_are_those_of_torch() -> None:
    needed = {name for kind in (nn.Module, nn.Sequential) for name in dir(kind())}
    mine = {name for name in needed if not _Name().fault("name", name)}
    assert mine == TAKEN
