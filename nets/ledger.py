"""What every layer of a network costs, by arithmetic alone: shape, parameters, multiply-adds, memory, view."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod
from types import MappingProxyType
from typing import Final

Shape = tuple[int, ...]

BYTES_PER_NUMBER: Final = 4
# Numbers that an optimiser keeps for each weight, beside the weight and its gradient.
OPTIMISER_STATES: Final[Mapping[str, int]] = MappingProxyType({"sgd": 1, "adam": 2, "adamw": 2})


class ShapeError(ValueError):
    """A layer that cannot take the shape that reaches it; the text quotes both."""


@dataclass(frozen=True, slots=True)
class Conv:
    """A 2-D convolution with square kernels, as torch.nn.Conv2d computes it."""

    out: int
    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    groups: int = 1
    bias: bool = True


@dataclass(frozen=True, slots=True)
class Pool:
    """Square pooling without padding; `how` is "max" or "average"."""

    how: str
    kernel: int
    stride: int


@dataclass(frozen=True, slots=True)
class Act:
    """A function applied to every number by itself: "ReLU", "Tanh"."""

    how: str


@dataclass(frozen=True, slots=True)
class Flatten:
    """All numbers of an image in one row."""


@dataclass(frozen=True, slots=True)
class Dropout:
    """Numbers set to zero at random with probability `p`, in training only."""

    p: float


@dataclass(frozen=True, slots=True)
class Dense:
    """Every output looks at every input, as torch.nn.Linear computes it."""

    out: int
    bias: bool = True


Layer = Conv | Pool | Act | Flatten | Dropout | Dense
Stack = tuple[tuple[str, Layer], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One layer as a learner reads it.

    `shape` is its output without the batch: (C, H, W) or (N,). `formula` writes out the parameter count, empty
    for a layer without any. `multiply_adds` and `activation_bytes` (float32) are for one image, forward only.
    `receptive_field` is the side, in input pixels, of the square that one output number depends on, borders
    aside; after a Flatten it is the whole image for every number that a dense layer makes.
    """

    name: str
    kind: str
    shape: Shape
    formula: str
    parameters: int
    multiply_adds: int
    activation_bytes: int
    receptive_field: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """The rows of a network from input to output, and their sums."""

    input_shape: Shape
    classes: int
    rows: tuple[Row, ...]

    @property
    def parameters(self) -> int:
        """Numbers that training sets."""
        return sum(row.parameters for row in self.rows)

    @property
    def multiply_adds(self) -> int:
        """Multiplications, each with its addition, for one image going forward."""
        return sum(row.multiply_adds for row in self.rows)

    @property
    def activation_bytes(self) -> int:
        """Bytes of all outputs of all layers for one image, float32."""
        return sum(row.activation_bytes for row in self.rows)

    @property
    def weight_bytes(self) -> int:
        """Bytes of the parameters, float32."""
        return self.parameters * BYTES_PER_NUMBER

    def memory_bytes(self, *, batch_size: int, optimiser: str) -> int:
        """Estimate the memory of one training step: weights, gradients, optimiser, and activations twice.

        Every activation is kept for the way back and has a gradient of its own; scratch memory of the
        arithmetic is not counted. Raises KeyError for an unknown optimiser.
        """
        per_weight = 2 + OPTIMISER_STATES[optimiser]
        return self.weight_bytes * per_weight + self.activation_bytes * batch_size * 2


def ledger(arch: str, *, shape: Shape, classes: int) -> Ledger:
    """Count the architecture `arch` for images of `shape` (C, H, W).

    Raises KeyError for an unknown architecture and ShapeError when the image is too small for it.
    """
    return count(STACKS[arch](classes), shape=shape, classes=classes)


def count(stack: Iterable[tuple[str, Layer]], *, shape: Shape, classes: int) -> Ledger:
    """Count any stack of named layers for inputs of `shape`; raises ShapeError where a layer does not fit.

    >>> count((("conv1", Conv(6, kernel=5)),), shape=(1, 32, 32), classes=10).rows[0].formula
    '(5 × 5 × 1 + 1) × 6 = 156'
    """
    rows: list[Row] = []
    view = _View(field=1, jump=1, extent=max(shape[1:], default=1))
    here = shape
    for name, layer in stack:
        there = _shape_after(layer, here, name=name)
        view = view.after(layer)
        rows.append(_row(name, layer, before=here, after=there, view=view))
        here = there
    return Ledger(input_shape=shape, classes=classes, rows=tuple(rows))


def _lenet5(classes: int) -> Stack:
    return (
        ("conv1", Conv(6, kernel=5)),
        ("relu1", Act("ReLU")),
        ("pool1", Pool("max", kernel=2, stride=2)),
        ("conv2", Conv(16, kernel=5)),
        ("relu2", Act("ReLU")),
        ("pool2", Pool("max", kernel=2, stride=2)),
        ("flatten", Flatten()),
        ("dense1", Dense(120)),
        ("relu3", Act("ReLU")),
        ("dense2", Dense(84)),
        ("relu4", Act("ReLU")),
        ("output", Dense(classes)),
    )


def _threeblock(classes: int) -> Stack:
    blocks: list[tuple[str, Layer]] = []
    for number, channels in enumerate((32, 64, 128), start=1):
        blocks += [
            (f"conv{number}", Conv(channels, kernel=3, padding=1)),
            (f"relu{number}", Act("ReLU")),
            (f"pool{number}", Pool("max", kernel=2, stride=2)),
        ]
    head: list[tuple[str, Layer]] = [
        ("flatten", Flatten()),
        ("dense1", Dense(512)),
        ("relu4", Act("ReLU")),
        ("dropout", Dropout(0.5)),
        ("output", Dense(classes)),
    ]
    return tuple(blocks + head)


STACKS: Final = MappingProxyType({"lenet5": _lenet5, "threeblock": _threeblock})


@dataclass(frozen=True, slots=True)
class _View:
    """How far one output number sees: side of its square, and input pixels from one output to the next."""

    field: int
    jump: int
    extent: int

    def after(self, layer: Layer) -> "_View":
        if isinstance(layer, Conv):
            reach = layer.dilation * (layer.kernel - 1)
            return _View(self.field + reach * self.jump, self.jump * layer.stride, self.extent)
        if isinstance(layer, Pool):
            return _View(self.field + (layer.kernel - 1) * self.jump, self.jump * layer.stride, self.extent)
        if isinstance(layer, Dense):
            return _View(self.extent, self.jump, self.extent)
        return self


def _slid(size: int, *, kernel: int, stride: int, padding: int = 0, dilation: int = 1) -> int:
    """Return how many places a kernel takes along one side; 0 or less when it does not fit."""
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def _shape_after(layer: Layer, shape: Shape, *, name: str) -> Shape:
    if isinstance(layer, Flatten):
        return (prod(shape),)
    if isinstance(layer, Dense):
        if len(shape) != 1:
            raise ShapeError(f"{name} takes one row of numbers; {shape} reached it (flatten first).")
        return (layer.out,)
    if isinstance(layer, Act | Dropout):
        return shape
    return _image_after(layer, shape, name=name)


def _image_after(layer: Conv | Pool, shape: Shape, *, name: str) -> Shape:
    if len(shape) != 3:
        raise ShapeError(f"{name} takes an image (C, H, W); {shape} reached it.")
    channels, height, width = shape
    out = channels
    padding, dilation = 0, 1
    if isinstance(layer, Conv):
        out, padding, dilation = layer.out, layer.padding, layer.dilation
        if channels % layer.groups or out % layer.groups:
            raise ShapeError(f"{name} has {layer.groups} groups, which must divide {channels} and {out} channels.")
    sides = [
        _slid(size, kernel=layer.kernel, stride=layer.stride, padding=padding, dilation=dilation)
        for size in (height, width)
    ]
    if min(sides) < 1:
        raise ShapeError(f"{name} has a kernel of {layer.kernel}x{layer.kernel}, too large for {height}x{width}.")
    return (out, *sides)


def _row(name: str, layer: Layer, *, before: Shape, after: Shape, view: _View) -> Row:
    formula, parameters, inputs_per_output = _weights(layer, before)
    return Row(
        name=name,
        kind=_kind(layer),
        shape=after,
        formula=formula,
        parameters=parameters,
        multiply_adds=prod(after) * inputs_per_output,
        activation_bytes=prod(after) * BYTES_PER_NUMBER,
        receptive_field=view.field,
    )


def _weights(layer: Layer, before: Shape) -> tuple[str, int, int]:
    """Return the parameter formula, its value, and how many products each output number sums."""
    if isinstance(layer, Conv):
        inputs = before[0] // layer.groups
        products = layer.kernel * layer.kernel * inputs
        inner = f"{layer.kernel} × {layer.kernel} × {inputs}"
    elif isinstance(layer, Dense):
        products = before[0]
        inner = f"{products:,}"
    else:
        return "", 0, 0
    parameters = (products + layer.bias) * layer.out
    written = f"({inner} + 1)" if layer.bias else inner
    return f"{written} × {layer.out:,} = {parameters:,}", parameters, products


def _kind(layer: Layer) -> str:
    """Name a layer as a learner would say it, with the numbers that define it."""
    if isinstance(layer, Conv):
        return f"{layer.kernel}×{layer.kernel} convolution, {layer.out} filters"
    if isinstance(layer, Pool):
        return f"{layer.kernel}×{layer.kernel} {layer.how} pooling"
    if isinstance(layer, Dense):
        return f"dense, {layer.out} units"
    if isinstance(layer, Dropout):
        return f"dropout {layer.p:g}"
    return layer.how if isinstance(layer, Act) else "flatten"
