"""The ledger's arithmetic agrees with torch, for the zoo and for random stacks of layers."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from nets import freezing
from nets.catalog import ARCHITECTURES, LIBRARY
from nets.layers import (
    Act,
    AdaptivePool,
    Branch,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Gate,
    Layer,
    Norm,
    Pool,
    Residual,
    SelfAttention,
    Shape,
    ShapeError,
    Stack,
    Widen,
    named,
    parts,
)
from nets.ledger import Ledger, Row, count, ledger, ledger_of
from nets.plans import INPUTS, PLANS, plan
from nets.specs import TrainSpec
from nets.zoo import ZOO, build, build_for
from nets.zoo.drawn import build_stack
from tests.nets import counted

# Networks whose modules are called as their plans' layers are.
NAMED_ALIKE = ("lenet5", "threeblock")


def observed(model: nn.Module, shape: tuple[int, ...]) -> list[tuple[str, Shape, int, int]]:
    """Return name, output shape, parameters and multiply-adds of every layer, in order, as torch runs them."""
    seen: list[tuple[str, Shape, int, int]] = []

    def watch(name: str) -> Callable[[nn.Module, Any, Tensor], None]:
        def note(layer: nn.Module, _inputs: object, output: Tensor) -> None:
            weights = sum(weight.numel() for weight in layer.parameters())
            products = 0
            if isinstance(layer, nn.Conv2d | nn.Linear):
                # Each number of the output is the sum over one filter, or one row of weights.
                products = output.numel() * layer.weight[0].numel()
            seen.append((name, tuple(output.shape[1:]), weights, products))

        return note

    handles = [layer.register_forward_hook(watch(name)) for name, layer in model.named_children()]
    with torch.no_grad():
        model.eval()(torch.zeros(1, *shape))
    for handle in handles:
        handle.remove()
    return seen


def as_tuples(costs: Ledger) -> list[tuple[str, Shape, int, int]]:
    return [(row.name, row.shape, row.parameters, row.multiply_adds) for row in costs.rows]


def row(costs: Ledger, name: str) -> Row:
    return next(row for row in costs.rows if row.name == name)


@pytest.mark.parametrize("freeze", ["none", "backbone", "conv1"])
def test_the_ledger_of_a_spec_counts_what_its_run_trains(freeze: str) -> None:
    layers = json.dumps([{"kind": "conv", "out": 4, "kernel": 3}, {"kind": "flatten"}, {"kind": "linear", "out": 10}])
    for arch, drawing in (("lenet5", ""), ("drawn", layers)):
        spec = TrainSpec(arch=arch, layers=drawing, freeze=freeze)
        book = ledger_of(spec)
        assert book is not None
        model = build_for(spec)
        freezing.freeze(model, freeze)
        assert book.parameters == counted.parameters(model)
        assert book.trainable == sum(weight.numel() for weight in model.parameters() if weight.requires_grad)


def test_a_network_of_a_library_has_no_ledger() -> None:
    assert {ledger_of(TrainSpec(arch=arch)) for arch in LIBRARY} == {None}


def test_catalog_and_zoo_know_the_same_architectures_and_each_has_a_plan() -> None:
    assert set(ZOO) == set(ARCHITECTURES) == set(PLANS)


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(NAMED_ALIKE), st.integers(1, 4), st.integers(16, 70), st.integers(16, 70), st.integers(2, 20))
def test_every_layer_of_the_zoo_costs_what_torch_says(
    arch: str, channels: int, height: int, width: int, classes: int
) -> None:
    shape = (channels, height, width)
    model = build(arch, shape=shape, classes=classes)
    assert as_tuples(ledger(arch, shape=shape, classes=classes)) == observed(model, shape)


@pytest.mark.parametrize("shape", [(1, 32, 32), (3, 32, 32)])
def test_the_lessons_net_has_the_layers_that_the_lesson_names(shape: Shape) -> None:
    costs = ledger("threeblock", shape=shape, classes=10)
    assert [row.shape for row in costs.rows if "pooling" in row.kind] == [(32, 16, 16), (64, 8, 8), (128, 4, 4)]
    assert [row.shape for row in costs.rows if row.kind.startswith("dense")] == [(512,), (10,)]
    assert row(costs, "dropout").kind == "dropout 0.5"


@st.composite
def stacks(draw: st.DrawFn) -> tuple[Shape, list[tuple[str, Layer]]]:
    """Return an input shape and layers that may or may not fit it."""
    channels = draw(st.integers(1, 4))
    shape = (channels, draw(st.integers(4, 40)), draw(st.integers(4, 40)))
    layers: list[Layer] = []
    for _ in range(draw(st.integers(1, 5))):
        if draw(st.booleans()):
            groups = draw(st.sampled_from([1, channels]))
            out = groups * draw(st.integers(1, 4))
            layers.append(
                Conv(
                    out=out,
                    kernel=draw(st.integers(1, 5)),
                    stride=draw(st.integers(1, 3)),
                    padding=draw(st.integers(0, 3)),
                    dilation=draw(st.integers(1, 3)),
                    groups=groups,
                    bias=draw(st.booleans()),
                )
            )
            channels = out
        else:
            how = draw(st.sampled_from(["max", "average"]))
            size = {"kernel": draw(st.integers(1, 4)), "stride": draw(st.integers(1, 4))}
            layers.append(Pool(how, **size, padding=draw(st.integers(0, 2))))
        between: list[Layer] = [Act("ReLU"), Act("Tanh"), Dropout(0.5), Norm()]
        layers.append(draw(st.sampled_from(between)))
    if draw(st.booleans()):
        layers += [Flatten(), Dense(draw(st.integers(1, 8)), bias=draw(st.booleans()))]
    return shape, [(f"layer{number}", layer) for number, layer in enumerate(layers)]


def in_torch(shape: Shape, stack: list[tuple[str, Layer]]) -> nn.Sequential:
    """Build the same stack of torch's layers, whose input sizes torch finds out by itself."""
    model = nn.Sequential()
    channels = shape[0]
    for name, layer in stack:
        model.add_module(name, one_in_torch(layer, channels))
        channels = layer.out if isinstance(layer, Conv) else channels
    return model


def one_in_torch(layer: Layer, channels: int) -> nn.Module:
    if isinstance(layer, Conv):
        return nn.Conv2d(
            channels,
            layer.out,
            layer.kernel,
            stride=layer.stride,
            padding=layer.padding,
            dilation=layer.dilation,
            groups=layer.groups,
            bias=layer.bias,
        )
    if isinstance(layer, Pool):
        pool = nn.MaxPool2d if layer.how == "max" else nn.AvgPool2d
        return pool(layer.kernel, layer.stride, layer.padding)
    if isinstance(layer, Dense):
        return nn.LazyLinear(layer.out, bias=layer.bias)
    if isinstance(layer, Dropout):
        return nn.Dropout(layer.p)
    if isinstance(layer, Norm):
        return nn.BatchNorm2d(channels)
    if isinstance(layer, Act):
        return nn.ReLU() if layer.how == "ReLU" else nn.Tanh()
    return nn.Flatten()


@settings(max_examples=150, deadline=None)
@given(stacks())
def test_random_stacks_cost_what_torch_says_or_are_refused_by_both(made: tuple[Shape, list[tuple[str, Layer]]]) -> None:
    shape, stack = made
    try:
        expected = observed(in_torch(shape, stack), shape)
    except RuntimeError:
        with pytest.raises(ShapeError):
            count(stack, shape=shape, classes=10)
        return
    assert as_tuples(count(stack, shape=shape, classes=10)) == expected


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.integers(1, 4), st.integers(1, 3), st.integers(1, 2)), min_size=1, max_size=4)
)
def test_the_receptive_field_is_what_gradients_reach(parts: list[tuple[bool, int, int, int]]) -> None:
    layers: list[Layer] = [
        Conv(1, kernel, stride=stride, dilation=dilation) if is_conv else Pool("average", kernel, stride)
        for is_conv, kernel, stride, dilation in parts
    ]
    stack = [(f"layer{number}", layer) for number, layer in enumerate(layers)]
    field = count(stack, shape=(1, 400, 400), classes=1).rows[-1].receptive_field
    # One row of pixels tells as much as a square: kernels, strides and dilations are the same both ways.
    image = torch.zeros(1, 1, 400, 400, requires_grad=True)
    model = in_torch((1, 400, 400), stack)
    for weight in model.parameters():
        nn.init.ones_(weight)
    model(image)[0, 0, 0, 0].backward()
    assert image.grad is not None
    reached = image.grad[0, 0].nonzero()
    assert (reached.amax(dim=0) - reached.amin(dim=0) + 1).tolist() == [field, field]


def test_formulas_say_the_numbers_that_they_come_to() -> None:
    costs = ledger("threeblock", shape=(3, 32, 32), classes=10)
    assert row(costs, "conv1").formula == "(3 × 3 × 3 + 1) × 32 = 896"
    assert row(costs, "dense1").formula == "(2,048 + 1) × 512 = 1,049,088"
    assert row(costs, "relu1").formula == ""


def test_memory_grows_with_the_batch_and_with_what_the_optimiser_keeps() -> None:
    costs = ledger("lenet5", shape=(1, 32, 32), classes=10)
    one = costs.memory_bytes(batch_size=1, optimiser="sgd")
    assert costs.memory_bytes(batch_size=2, optimiser="sgd") - one == 2 * costs.activation_bytes
    assert costs.memory_bytes(batch_size=1, optimiser="adam") - one == costs.weight_bytes


def test_a_picture_too_small_for_the_network_is_refused_with_both_shapes() -> None:
    with pytest.raises(ShapeError, match=r"conv2 has a kernel of 5x5, too large for 4x4"):
        ledger("lenet5", shape=(1, 12, 12), classes=10)


def test_a_dense_layer_refuses_an_image() -> None:
    with pytest.raises(ShapeError, match="flatten first"):
        count([("dense", Dense(3))], shape=(1, 4, 4), classes=3)


def reached(stack: Stack, side: int) -> tuple[list[int], int]:
    """Return height and width of what a gradient reaches from the middle of the output, and what the ledger says."""
    field = count(stack, shape=(2, side, side), classes=1).rows[-1].receptive_field
    model = build_stack(stack, shape=(2, side, side)).double().eval()
    for weight in model.parameters():
        nn.init.ones_(weight)
    image = torch.zeros(1, 2, side, side, dtype=torch.float64, requires_grad=True)
    maps = model(image)
    maps[0, :, maps.shape[2] // 2, maps.shape[3] // 2].sum().backward()
    assert image.grad is not None
    places = image.grad[0].sum(dim=0).nonzero()
    return (places.amax(dim=0) - places.amin(dim=0) + 1).tolist(), field


def sliding() -> st.SearchStrategy[list[Layer]]:
    """Draw a few layers that keep the size of a map."""
    conv = st.builds(
        lambda half, step: Conv(2, 2 * half + 1, padding=half * step, dilation=step), *[st.integers(1, 2)] * 2
    )
    return st.lists(st.one_of(conv, st.just(Pool("average", kernel=3, stride=1, padding=1))), min_size=1, max_size=2)


@settings(max_examples=25, deadline=None)
@given(sliding(), sliding(), sliding(), st.sampled_from(["residual", "projected", "branch"]))
def test_the_receptive_field_of_a_block_is_that_of_all_its_ways(
    first: list[Layer], second: list[Layer], after: list[Layer], way: str
) -> None:
    shrink = Conv(2, kernel=3, stride=2, padding=1)
    blocks: dict[str, Layer] = {
        "residual": Residual(named(first)),
        "projected": Residual(named([shrink, *first]), named([Widen(2, stride=2), *second])),
        "branch": Branch((named(first), named(second))),
    }
    seen, field = reached(named([Conv(2, kernel=2, stride=2), blocks[way], *after]), 120)
    assert seen == [field, field]


@pytest.mark.parametrize("step", [1, -1])
def test_ways_that_look_to_different_sides_see_more_together_than_each_alone(step: int) -> None:
    # At place 4i the first looks at pixels 4i - 3 to 4i - 1, the second at 4i - 1 and 4i.
    ways = [Conv(2, kernel=3, stride=4, padding=3), Conv(2, kernel=2, stride=4, padding=1)]
    seen, field = reached(named([Branch(tuple(named([way]) for way in ways[::step]))]), 120)
    assert seen == [field, field] == [4, 4]


@pytest.mark.parametrize(
    "layer",
    [
        AdaptivePool(1),
        Gate(named([AdaptivePool(1), Conv(2, kernel=1), Act("Sigmoid")])),
    ],
)
def test_what_looks_at_the_whole_image_sees_all_of_it_from_there_on(layer: Layer) -> None:
    seen, field = reached(named([Conv(2, kernel=3, padding=1), layer, Conv(2, kernel=1)]), 24)
    assert seen == [24, 24]
    assert field == 24


@pytest.mark.parametrize(("size", "side"), [(4, 24), (5, 24), (7, 24)])
def test_adaptive_windows_see_at_most_what_the_ledger_says(size: int, side: int) -> None:
    seen, field = reached(named([Conv(2, kernel=3, padding=1), AdaptivePool(size)]), side)
    assert max(seen) <= field <= max(seen) + (side % size > 0)


def test_attention_sees_the_whole_image_and_a_dense_layer_on_tokens_only_its_own() -> None:
    rows = {row.name: row for row in ledger("vit_tiny", shape=(3, 32, 32), classes=10).rows}
    assert rows["patches1"].receptive_field == 4
    assert rows["block1.norm1"].receptive_field == 4
    assert rows["block1"].receptive_field == 32


@pytest.mark.parametrize("arch", ["resnet20", "mobilenet_v3_small", "vit_tiny", "fourconv_bn"])
def test_frozen_rows_are_counted_as_torch_counts_them(arch: str) -> None:
    shape = INPUTS[arch]
    stack = plan(arch, shape=shape, classes=10)
    frozen = [name for name, layer in stack[:6] if parts(layer) or isinstance(layer, Conv | Norm)]
    with torch.device("meta"):
        model = build_stack(stack, shape=shape)
    for name in frozen:
        model.get_submodule(name).requires_grad_(False)
    costs = ledger(arch, shape=shape, classes=10, frozen=frozen)
    assert costs.trainable == sum(weight.numel() for weight in model.parameters() if weight.requires_grad)
    assert costs.parameters == ledger(arch, shape=shape, classes=10).trainable


def test_a_frozen_network_needs_no_memory_to_learn() -> None:
    stack = named([Conv(8, kernel=3), Flatten(), Dense(2)])
    free, fixed = (count(stack, shape=(1, 8, 8), classes=2, frozen=names) for names in ((), ("conv1", "dense1")))
    saved = free.memory_bytes(batch_size=4, optimiser="adam") - fixed.memory_bytes(batch_size=4, optimiser="adam")
    # A gradient and two running averages for each weight.
    assert saved == 3 * free.weight_bytes


def test_freezing_a_layer_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="No layer is called conv9; the layers are conv1, relu1"):
        ledger("lenet5", shape=(1, 32, 32), classes=10, frozen=["conv9"])


def test_a_norm_learns_two_numbers_for_each_channel_and_its_statistics_are_named_not_counted() -> None:
    norm = row(ledger("fourconv_bn", shape=(3, 32, 32), classes=10), "norm3")
    assert (norm.formula, norm.parameters) == ("2 × 64 = 128", 128)
    module = nn.BatchNorm2d(64)
    assert norm.buffers == "running mean and variance of 64 channels, and a count of batches"
    assert [name for name, _ in module.named_buffers()] == ["running_mean", "running_var", "num_batches_tracked"]
    assert row(ledger("vit_tiny", shape=(3, 32, 32), classes=10), "norm1").buffers == ""


def test_rows_inside_a_block_carry_its_name_and_stand_before_it() -> None:
    stack = named(
        [Conv(4, kernel=1), Residual(named([Conv(4, kernel=1)]), named([Norm()])), Branch((named([Norm()]),))]
    )
    assert [row.name for row in count(stack, shape=(1, 4, 4), classes=1).rows] == [
        "conv1",
        "block1.conv1",
        "block1.shortcut.norm1",
        "block1",
        "branch1.path1.norm1",
        "branch1",
    ]


def test_a_block_that_does_not_fit_names_the_layer_inside_it() -> None:
    with pytest.raises(ShapeError, match=r"block1\.conv1 has a kernel of 5x5, too large for 4x4"):
        count(named([Residual(named([Conv(1, kernel=5)]))]), shape=(1, 4, 4), classes=1)


def test_attention_keeps_queries_keys_values_and_matches() -> None:
    rows = count(named([SelfAttention(2)]), shape=(5, 4), classes=1).rows
    # Three projections, their mixture and its projection of 5 x 4 numbers; 5 x 5 matches for each of 2 heads.
    assert rows[0].activation_bytes == 4 * (5 * 20 + 2 * 25)


@pytest.mark.parametrize(("how", "groups"), [("layer", 1), ("group", 2)])
def test_a_norm_of_single_numbers_is_refused(how: str, groups: int) -> None:
    channels = groups
    with pytest.raises(ShapeError, match="single numbers"):
        count(named([Norm(how, groups=groups)]), shape=(channels, 1, 1), classes=1)
