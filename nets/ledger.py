"""What every layer of a network costs, by arithmetic alone: shape, parameters, multiply-adds, memory, view."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from nets.architectures import DRAWN, KNOWN
from nets.layers import (
    Act,
    AdaptivePool,
    Branch,
    Conv,
    Dense,
    Dropout,
    Gate,
    Layer,
    Norm,
    PatchEmbed,
    Pool,
    Residual,
    SelfAttention,
    Shape,
    ShapeError,
    Stack,
    StochasticDepth,
    TakeToken,
    Widen,
    activations,
    parse,
    parts,
    shape_after,
    weights,
)
from nets.plans import plan
from nets.specs import TrainSpec

BYTES_PER_NUMBER: Final = 4
# Numbers that an optimiser keeps for each weight that it sets, beside the weight and its gradient.
OPTIMISER_STATES: Final[Mapping[str, int]] = MappingProxyType({"sgd": 1, "adam": 2, "adamw": 2})


@dataclass(frozen=True, slots=True)
class Row:
    """One layer as a learner reads it; one inside a block is called "block2.conv1" and stands before its block.

    `shape` is its output without the batch: (C, H, W), tokens (L, D) or (N,). `formula` writes out the parameter
    count, empty for a layer without any; `trainable` are those of them that are not frozen; `buffers` names what
    the layer keeps besides, which no optimiser sets. `multiply_adds` and `activation_bytes` (float32) are for one
    image, forward only. `receptive_field` is the side, in input pixels, of the square that one output number
    depends on (of a branch, the channels of one place together), borders and the statistics of norms aside. Where
    a layer looked at the whole image (dense, global pooling, attention, a gate with one of these), it is the
    image's longer side from there on.
    """

    name: str
    kind: str
    shape: Shape
    formula: str
    parameters: int
    multiply_adds: int
    activation_bytes: int
    receptive_field: int
    trainable: int
    buffers: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The rows of a network from input to output, and their sums."""

    input_shape: Shape
    classes: int
    rows: tuple[Row, ...]

    @property
    def parameters(self) -> int:
        """Numbers that are learned, here or where the weights came from."""
        return sum(row.parameters for row in self.rows)

    @property
    def trainable(self) -> int:
        """Numbers that training sets: the parameters without the frozen ones."""
        return sum(row.trainable for row in self.rows)

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

        Frozen weights have no gradient and nothing kept for them. Every activation is kept for the way back and
        has a gradient of its own; scratch memory of the arithmetic is not counted. Raises KeyError for an unknown
        optimiser.
        """
        per_weight = 1 + OPTIMISER_STATES[optimiser]
        learning = self.trainable * BYTES_PER_NUMBER * per_weight
        return self.weight_bytes + learning + self.activation_bytes * batch_size * 2


def ledger(arch: str, *, shape: Shape, classes: int, frozen: Collection[str] = ()) -> Ledger:
    """Count the architecture `arch` for images of `shape` (C, H, W).

    Raises KeyError for an unknown architecture and ShapeError when the image is too small for it.
    """
    return count(plan(arch, shape=shape, classes=classes), shape=shape, classes=classes, frozen=frozen)


def ledger_of(spec: TrainSpec) -> Ledger | None:
    """Count the network of `spec`, drawn ones too; None for one of another package, which torch alone can count.

    `nets.counting.costs` counts those. What `freeze` names counts as frozen where a row has that name.
    """
    if KNOWN[spec.arch].is_library:
        return None
    data = spec.dataset
    shape, classes = data.shape, len(data.classes)
    is_drawn = spec.arch == DRAWN
    stack = parse(json.loads(spec.layers)) if is_drawn else plan(spec.arch, shape=shape, classes=classes)
    book = count(stack, shape=shape, classes=classes)
    if spec.freeze == "none":
        return book
    learning = [row.name for row in book.rows if row.parameters]
    names = {row.name for row in book.rows} & set(spec.freeze.split(","))
    return count(stack, shape=shape, classes=classes, frozen=learning[:-1] if spec.freeze == "backbone" else names)


def count(stack: Iterable[tuple[str, Layer]], *, shape: Shape, classes: int, frozen: Collection[str] = ()) -> Ledger:
    """Count any stack of named layers for inputs of `shape`, without training those named in `frozen`.

    The name of a block freezes all that is in it. Raises ShapeError where a layer does not fit, and ValueError for
    a frozen name that no layer has.

    >>> count((("conv1", Conv(6, kernel=5)),), shape=(1, 32, 32), classes=10).rows[0].formula
    '(5 × 5 × 1 + 1) × 6 = 156'
    """
    book = _Book(frozen=frozenset(frozen))
    book.follow(tuple(stack), shape, _View(field=1, jump=1, extent=max(shape[1:], default=1)), inside="")
    if strangers := sorted(book.frozen - {row.name for row in book.rows}):
        raise ValueError(f"No layer is called {', '.join(strangers)}; the layers are {', '.join(book.names)}.")
    return Ledger(input_shape=shape, classes=classes, rows=tuple(book.rows))


@dataclass(frozen=True, slots=True)
class _View:
    """How far one output number sees, along one side of the image.

    The first output sees `field` pixels from `start`, which padding puts before the border; the next sees as many,
    `jump` pixels on.
    """

    field: int
    jump: int
    extent: int
    start: int = 0
    is_whole: bool = False

    def whole(self) -> "_View":
        return _View(field=self.extent, jump=self.jump, extent=self.extent, is_whole=True)

    def slid(self, *, reach: int, stride: int, padding: int = 0) -> "_View":
        if self.is_whole:
            return self
        field, start = self.field + reach * self.jump, self.start - padding * self.jump
        return _View(field=field, jump=self.jump * stride, extent=self.extent, start=start)

    def joined(self, other: "_View") -> "_View":
        """Return the view of numbers that come from two ways at once."""
        if self.is_whole or other.is_whole:
            return self.whole()
        start = min(self.start, other.start)
        end = max(self.start + self.field, other.start + other.field)
        return _View(field=end - start, jump=max(self.jump, other.jump), extent=self.extent, start=start)

    def after(self, layer: Layer, before: Shape) -> "_View":
        """Return the view behind a layer that is no block."""
        if isinstance(layer, Conv):
            return self.slid(reach=layer.dilation * (layer.kernel - 1), stride=layer.stride, padding=layer.padding)
        if isinstance(layer, Pool):
            return self.slid(reach=layer.kernel - 1, stride=layer.stride, padding=layer.padding)
        if isinstance(layer, AdaptivePool):
            return self.whole() if layer.size == 1 else self._adapted(layer.size, max(before[1:]))
        if isinstance(layer, Widen):
            return self.slid(reach=0, stride=layer.stride)
        if isinstance(layer, PatchEmbed):
            return self.slid(reach=layer.patch - 1, stride=layer.patch)
        # A dense layer mixes a row; of tokens it takes each by itself.
        is_mixing = isinstance(layer, SelfAttention) or (isinstance(layer, Dense) and len(before) == 1)
        return self.whole() if is_mixing else self

    def _adapted(self, size: int, side: int) -> "_View":
        """Return the view behind `size` windows over `side` places, by torch's rule; of unequal ones the widest."""
        starts = [place * side // size for place in range(size)]
        ends = [-(-(place + 1) * side // size) for place in range(size)]
        reach = max(end - start for start, end in zip(starts, ends, strict=True)) - 1
        stride = max(after - before for before, after in pairwise(starts))
        return self.slid(reach=reach, stride=stride)


@dataclass(slots=True)
class _Book:
    """A ledger being written."""

    frozen: frozenset[str]
    rows: list[Row] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return [row.name for row in self.rows]

    def follow(self, stack: Stack, shape: Shape, view: _View, *, inside: str) -> _View:
        """Write the rows of `stack` from `shape` on, and return how far its last layer sees."""
        for name, layer in stack:
            full = f"{inside}{name}"
            before = view
            ends = [
                self.follow(inner, shape, before, inside=f"{full}.{part}." if part else f"{full}.")
                for part, inner in parts(layer)
            ]
            view = before.after(layer, shape) if not ends else _merged(layer, ends, before)
            shape = self._write(full, layer, shape, view)
        return view

    def _write(self, name: str, layer: Layer, before: Shape, view: _View) -> Shape:
        """Write one layer's row and return its output shape."""
        try:
            after = shape_after(layer, before)
        except ShapeError as error:
            raise ShapeError(f"{name} {error}") from None
        own = weights(layer, before)
        row = Row(
            name=name,
            kind=kind(layer),
            shape=after,
            formula=own.formula,
            parameters=own.parameters,
            multiply_adds=own.multiply_adds,
            activation_bytes=activations(layer, before) * BYTES_PER_NUMBER,
            receptive_field=view.field,
            trainable=0 if self._is_frozen(name) else own.parameters,
            buffers=own.buffers,
        )
        self.rows.append(row)
        return after

    def _is_frozen(self, name: str) -> bool:
        steps = name.split(".")
        return any(".".join(steps[:depth]) in self.frozen for depth in range(1, len(steps) + 1))


def _merged(layer: Layer, ends: list[_View], before: _View) -> _View:
    """Return how far a block sees whose ways see as far as `ends`."""
    view, *others = [*ends, before] if isinstance(layer, Gate) else ends
    for other in others:
        view = view.joined(other)
    return view


def kind(layer: Layer) -> str:
    """Name a layer as a learner would say it, with the numbers that define it."""
    if isinstance(layer, Conv):
        groups = f", {layer.groups} groups" if layer.groups > 1 else ""
        return f"{layer.kernel}×{layer.kernel} convolution, {layer.out} filters{groups}"
    if isinstance(layer, Pool):
        return f"{layer.kernel}×{layer.kernel} {layer.how} pooling"
    if isinstance(layer, AdaptivePool):
        return f"global {layer.how} pooling" if layer.size == 1 else f"{layer.how} pooling to {layer.size}×{layer.size}"
    if isinstance(layer, Dense):
        return f"dense, {layer.out} units"
    if isinstance(layer, Norm):
        return f"{layer.how} norm" + (f", {layer.groups} groups" if layer.how == "group" else "")
    if isinstance(layer, Dropout):
        return f"dropout {layer.p:g}" + (" of whole channels" if layer.whole_channels else "")
    return layer.how if isinstance(layer, Act) else _rarer_kind(layer)


def _rarer_kind(layer: Layer) -> str:
    if isinstance(layer, StochasticDepth):
        return f"stochastic depth {layer.p:g}"
    if isinstance(layer, Widen):
        return f"zeros added up to {layer.out} channels" + (f", stride {layer.stride}" if layer.stride > 1 else "")
    if isinstance(layer, PatchEmbed):
        return f"patches of {layer.patch}×{layer.patch}, {layer.out} numbers each"
    if isinstance(layer, SelfAttention):
        return f"attention, {layer.heads} heads"
    if isinstance(layer, TakeToken):
        return f"token {layer.index} alone"
    if isinstance(layer, Residual):
        return "sum of body and shortcut"
    if isinstance(layer, Branch):
        return "paths side by side"
    return "product with its body" if isinstance(layer, Gate) else "flatten"
