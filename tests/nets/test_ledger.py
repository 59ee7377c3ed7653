"""The ledger's arithmetic agrees with torch, for the zoo and for random stacks of layers."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from nets.catalog import ARCHITECTURES
from nets.ledger import (
    STACKS,
    Act,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Layer,
    Ledger,
    Pool,
    Row,
    Shape,
    ShapeError,
    count,
    ledger,
)
from nets.zoo import ZOO, build


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


def test_catalog_zoo_and_ledger_know_the_same_architectures() -> None:
    assert set(STACKS) <= set(ZOO) == set(ARCHITECTURES)


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(sorted(STACKS)), st.integers(1, 4), st.integers(16, 70), st.integers(16, 70), st.integers(2, 20))
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
            layers.append(Pool(how, kernel=draw(st.integers(1, 4)), stride=draw(st.integers(1, 4))))
        between: list[Layer] = [Act("ReLU"), Act("Tanh"), Dropout(0.5)]
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
        return pool(layer.kernel, layer.stride)
    if isinstance(layer, Dense):
        return nn.LazyLinear(layer.out, bias=layer.bias)
    if isinstance(layer, Dropout):
        return nn.Dropout(layer.p)
    if isinstance(layer, Flatten):
        return nn.Flatten()
    return nn.ReLU() if layer.how == "ReLU" else nn.Tanh()


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
