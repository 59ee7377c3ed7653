"""What a layer learns, multiplies and keeps, given the shape that reaches it: formulas with their numbers."""

from dataclasses import dataclass
from math import prod

from nets.layers.shapes import Shape, shape_after
from nets.layers.words import Conv, Dense, Layer, Norm, PatchEmbed, SelfAttention


@dataclass(frozen=True, slots=True)
class Weights:
    """A layer's own numbers, without those of layers inside it.

    `formula` writes out the count of `parameters`, empty for a layer without any; `multiply_adds` are for one
    image going forward; `buffers` names what the layer keeps and training does not set.
    """

    formula: str = ""
    parameters: int = 0
    multiply_adds: int = 0
    buffers: str = ""


def weights(layer: Layer, before: Shape) -> Weights:
    """Count one layer for inputs of the shape `before`, which must fit it.

    >>> weights(Conv(6, kernel=5), (1, 32, 32)).formula
    '(5 × 5 × 1 + 1) × 6 = 156'
    """
    if isinstance(layer, Conv):
        inputs = before[0] // layer.groups
        inner = f"{layer.kernel} × {layer.kernel} × {inputs}"
        return _summed(layer, before, products=layer.kernel * layer.kernel * inputs, inner=inner)
    if isinstance(layer, Dense):
        return _summed(layer, before, products=before[-1], inner=f"{before[-1]:,}")
    if isinstance(layer, Norm):
        return _normed(layer, before)
    if isinstance(layer, PatchEmbed):
        return _embedded(layer, before)
    if isinstance(layer, SelfAttention):
        return _attended(before)
    return Weights()


def activations(layer: Layer, before: Shape) -> int:
    """Return how many numbers a layer makes of one image, besides those of layers inside it."""
    if isinstance(layer, SelfAttention):
        tokens, width = before
        # Queries, keys, values, their mixture and its projection; and for each head how well each token matches each.
        return 5 * tokens * width + layer.heads * tokens * tokens
    return prod(shape_after(layer, before))


def _summed(layer: Conv | Dense, before: Shape, *, products: int, inner: str) -> Weights:
    """Count a layer each of whose outputs is a sum of `products` products."""
    parameters = (products + layer.bias) * layer.out
    written = f"({inner} + 1)" if layer.bias else inner
    return Weights(
        formula=f"{written} × {layer.out:,} = {parameters:,}",
        parameters=parameters,
        multiply_adds=prod(shape_after(layer, before)) * products,
    )


def _normed(layer: Norm, before: Shape) -> Weights:
    channels = before[-1] if len(before) == 2 else before[0]
    kept = f"running mean and variance of {channels:,} channels, and a count of batches"
    return Weights(
        formula=f"2 × {channels:,} = {2 * channels:,}",
        parameters=2 * channels,
        buffers=kept if layer.how == "batch" else "",
    )


def _embedded(layer: PatchEmbed, before: Shape) -> Weights:
    """Count the projection of patches, the class token, and a position for each token."""
    tokens, width = shape_after(layer, before)
    products = layer.patch * layer.patch * before[0]
    parameters = (products + 1) * width + width + tokens * width
    inner = f"{layer.patch} × {layer.patch} × {before[0]}"
    return Weights(
        formula=f"({inner} + 1) × {width:,} + {width:,} + {tokens:,} × {width:,} = {parameters:,}",
        parameters=parameters,
        multiply_adds=(tokens - 1) * width * products,
    )


def _attended(before: Shape) -> Weights:
    """Count four projections of every token, and two products for every number of every pair of tokens."""
    tokens, width = before
    parameters = 4 * (width + 1) * width
    return Weights(
        formula=f"4 × ({width:,} + 1) × {width:,} = {parameters:,}",
        parameters=parameters,
        multiply_adds=4 * tokens * width * width + 2 * tokens * tokens * width,
    )
