"""What shape leaves a layer, given the shape that reaches it: arithmetic, without torch."""

from math import prod

from nets.layers.words import (
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
    PatchEmbed,
    Pool,
    Residual,
    SelfAttention,
    Stack,
    StochasticDepth,
    TakeToken,
    Widen,
    parts,
)

# Without the batch: an image (C, H, W), tokens (L, D) or a row (N,).
Shape = tuple[int, ...]

IMAGE, TOKENS, ROW = 3, 2, 1


class ShapeError(ValueError):
    """A layer that cannot take the shape that reaches it; the text quotes both."""


def shape_through(stack: Stack, shape: Shape) -> Shape:
    """Return the shape after the last layer of `stack`; raises ShapeError where one does not fit."""
    for name, layer in stack:
        try:
            shape = shape_after(layer, shape)
        except ShapeError as error:
            raise ShapeError(f"{name} {error}") from None
    return shape


def shape_after(layer: Layer, shape: Shape) -> Shape:
    """Return what leaves `layer` when `shape` reaches it.

    Raises ShapeError whose text goes on from the layer's name: "has a kernel of 5x5, too large for 4x4.".

    >>> shape_after(Conv(32, kernel=3, stride=2, padding=1), (3, 224, 224))
    (32, 112, 112)
    """
    if isinstance(layer, Conv | Pool):
        return _slid_over(layer, _image(shape))
    if isinstance(layer, AdaptivePool):
        return (_image(shape)[0], layer.size, layer.size)
    if isinstance(layer, Residual | Branch | Gate):
        return _joined(layer, shape)
    if isinstance(layer, PatchEmbed | SelfAttention | TakeToken):
        return _token_shape(layer, shape)
    if isinstance(layer, Norm):
        return _normed(layer, shape)
    if isinstance(layer, Widen):
        return _widened(layer, _image(shape))
    if isinstance(layer, Dropout) and layer.whole_channels:
        return _image(shape)
    return _row_shape(layer, shape)


def slid(size: int, *, kernel: int, stride: int, padding: int = 0, dilation: int = 1) -> int:
    """Return how many places a kernel takes along one side; 0 or less when it does not fit."""
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def written(shape: Shape) -> str:
    """Write a shape as people do: "3x32x32"."""
    return "x".join(map(str, shape))


def _image(shape: Shape) -> Shape:
    if len(shape) != IMAGE:
        raise ShapeError(f"takes an image (C, H, W); {shape} reached it.")
    return shape


def _row_shape(layer: Act | Dropout | StochasticDepth | Flatten | Dense, shape: Shape) -> Shape:
    if isinstance(layer, Flatten):
        return (prod(shape),)
    if not isinstance(layer, Dense):
        return shape
    if len(shape) == IMAGE:
        raise ShapeError(f"takes one row of numbers; {shape} reached it (flatten first).")
    if layer.inputs not in (None, shape[-1]):
        raise ShapeError(f"expects {layer.inputs} inputs, gets {shape[-1]}.")
    return (*shape[:-1], layer.out)


def _slid_over(layer: Conv | Pool, shape: Shape) -> Shape:
    channels, height, width = shape
    out, dilation = channels, 1
    if isinstance(layer, Conv):
        out, dilation = layer.out, layer.dilation
        if channels % layer.groups or out % layer.groups:
            raise ShapeError(f"has {layer.groups} groups, which must divide {channels} and {out} channels.")
    elif layer.padding > layer.kernel // 2:
        raise ShapeError(f"has a padding of {layer.padding}, more than half of its kernel of {layer.kernel}.")
    sides = [
        slid(size, kernel=layer.kernel, stride=layer.stride, padding=layer.padding, dilation=dilation)
        for size in (height, width)
    ]
    if min(sides) < 1:
        raise ShapeError(f"has a kernel of {layer.kernel}x{layer.kernel}, too large for {height}x{width}.")
    return (out, *sides)


def _widened(layer: Widen, shape: Shape) -> Shape:
    channels, height, width = shape
    if layer.out < channels:
        raise ShapeError(f"widens to {layer.out} channels; {channels} reached it already.")
    return (layer.out, -(-height // layer.stride), -(-width // layer.stride))


def _normed(layer: Norm, shape: Shape) -> Shape:
    if len(shape) == TOKENS and layer.how != "layer":
        raise ShapeError(f"normalises by {layer.how}; tokens {shape} take a norm by layer.")
    if layer.how == "group" and shape[0] % layer.groups:
        raise ShapeError(f"has {layer.groups} groups, which must divide {shape[0]} channels.")
    together = shape[-1] if len(shape) == TOKENS else prod(shape) // (layer.groups if layer.how == "group" else 1)
    if layer.how != "batch" and together == 1:
        raise ShapeError(f"normalises single numbers of {shape}; each would become 0.")
    return shape


def _token_shape(layer: PatchEmbed | SelfAttention | TakeToken, shape: Shape) -> Shape:
    if isinstance(layer, PatchEmbed):
        _, height, width = _image(shape)
        if min(height, width) < layer.patch:
            raise ShapeError(f"cuts squares of {layer.patch} pixels, too large for {height}x{width}.")
        return ((height // layer.patch) * (width // layer.patch) + 1, layer.out)
    if len(shape) != TOKENS:
        raise ShapeError(f"takes tokens (L, D); {shape} reached it.")
    if isinstance(layer, TakeToken):
        if layer.index >= shape[0]:
            raise ShapeError(f"takes token {layer.index}, counted from 0, of {shape[0]}.")
        return (shape[1],)
    if shape[1] % layer.heads:
        raise ShapeError(f"has {layer.heads} heads, which must divide tokens of {shape[1]} numbers.")
    return shape


def _joined(layer: Residual | Branch | Gate, shape: Shape) -> Shape:
    ends = [shape_through(stack, shape) for _, stack in parts(layer)]
    if isinstance(layer, Residual):
        body, shortcut = ends
        if body != shortcut:
            raise ShapeError(f"adds what its body makes, {written(body)}, to its shortcut's {written(shortcut)}.")
        return body
    if isinstance(layer, Gate):
        if ends[0] != shape and ends[0] != (shape[0], *(1 for _ in shape[1:])):
            raise ShapeError(f"multiplies {written(shape)} by its body's {written(ends[0])}.")
        return shape
    if any(len(end) == TOKENS or end[1:] != ends[0][1:] for end in ends):
        raise ShapeError(f"puts side by side what differs: {', '.join(map(written, ends))}.")
    return (sum(end[0] for end in ends), *ends[0][1:])
