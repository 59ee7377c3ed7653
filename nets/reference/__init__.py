"""The arithmetic behind worked examples and questions, in the standard library alone.

A lesson, a widget's test and a knowledge check that need the same number take it from here. `sizes` counts values,
shapes and parameters; `sums` computes what a layer computes; `mistakes` holds the same sums with one common mistake
built in, so that a wrong answer to a drawn question can be recognised and explained. Functions that questions call
take keywords, because a question draws its parameters by name.
"""

from collections.abc import Callable
from typing import Any

from nets.reference import mistakes, sizes, sums
from nets.reference.sizes import (
    conv_multiply_adds,
    conv_output_size,
    conv_parameters,
    dense_parameters,
    flattened_features,
    image_pixels,
    image_values,
    pool_output_size,
    tensor_bytes,
    two_layer_parameters,
)
from nets.reference.sums import (
    byte_sum,
    cross_correlate,
    cross_entropy,
    max_pool,
    mean_and_deviation,
    neuron_output,
    normalised,
    relu,
    sigmoid,
    softmax,
    unit_value,
    weighted_sum,
)

FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: getattr(module, name) for module in (sizes, sums, mistakes) for name in module.__all__
}
"""Every function that a drawn question may name, right or mistaken; a content file can call nothing else."""

__all__ = [
    "FUNCTIONS",
    "byte_sum",
    "conv_multiply_adds",
    "conv_output_size",
    "conv_parameters",
    "cross_correlate",
    "cross_entropy",
    "dense_parameters",
    "flattened_features",
    "image_pixels",
    "image_values",
    "max_pool",
    "mean_and_deviation",
    "neuron_output",
    "normalised",
    "pool_output_size",
    "relu",
    "sigmoid",
    "softmax",
    "tensor_bytes",
    "two_layer_parameters",
    "unit_value",
    "weighted_sum",
]
