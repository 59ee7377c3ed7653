"""The arithmetic behind worked examples and questions, in the standard library alone.

A lesson, a widget's test and a knowledge check that need the same number take it from here. `sizes` counts values,
shapes and parameters; `sums` computes what a layer computes, `training` what a run counts and averages; `mistakes` and
`training_mistakes` hold the same sums with one common mistake built in, so that a wrong answer to a drawn question can
be recognised and explained. Functions that questions call
take keywords, because a question draws its parameters by name.
"""

from collections.abc import Callable
from typing import Any

from nets.reference import mistakes, sizes, sums, training, training_mistakes
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
from nets.reference.training import (
    batch_norm_parameters,
    batches_per_epoch,
    crops_of_padded_image,
    dropout_kept_value,
    epoch_loss,
    last_batch_size,
    normalised_in_batch,
    running_mean_after,
    smoothed_target,
    values_in_batch_norm,
)

_MISTAKEN = (mistakes, training_mistakes)
MISTAKES: frozenset[str] = frozenset(name for module in _MISTAKEN for name in module.__all__)
"""The names of those functions that have a mistake built in."""

FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: getattr(module, name) for module in (sizes, sums, training, *_MISTAKEN) for name in module.__all__
}
"""Every function that a drawn question may name, right or mistaken; a content file can call nothing else."""

__all__ = [
    "FUNCTIONS",
    "MISTAKES",
    "batch_norm_parameters",
    "batches_per_epoch",
    "byte_sum",
    "conv_multiply_adds",
    "conv_output_size",
    "conv_parameters",
    "crops_of_padded_image",
    "cross_correlate",
    "cross_entropy",
    "dense_parameters",
    "dropout_kept_value",
    "epoch_loss",
    "flattened_features",
    "image_pixels",
    "image_values",
    "last_batch_size",
    "max_pool",
    "mean_and_deviation",
    "neuron_output",
    "normalised",
    "normalised_in_batch",
    "pool_output_size",
    "relu",
    "running_mean_after",
    "sigmoid",
    "smoothed_target",
    "softmax",
    "tensor_bytes",
    "two_layer_parameters",
    "unit_value",
    "values_in_batch_norm",
    "weighted_sum",
]
