"""The arithmetic behind worked examples and questions, in the standard library alone.

A lesson, a widget's test and a knowledge check that need the same number take it from here. `sizes` counts values,
shapes and parameters; `windows` does so for sliding windows and pools; `sums` computes what a layer computes,
`learning` losses, slopes and steps, `training` what a run counts and averages. `mistakes` and the other modules of
mistakes hold the same sums with one common mistake built in, so that a wrong answer to a drawn question can be
recognised and explained. Functions that questions call take keywords, because a question draws its parameters by name.
"""

from collections.abc import Callable
from typing import Any, Final

from nets.reference import (
    learning,
    learning_mistakes,
    mistakes,
    sizes,
    sums,
    training,
    training_mistakes,
    window_mistakes,
    windows,
)
from nets.reference.learning import (
    adam_first_step,
    cosine_rate,
    decayed_weight,
    largest_stable_rate,
    loss_of_share,
    momentum_two_steps,
    sgd_step,
    shared_weight_slope,
    slope_of_right_logit,
    unit_weight_slope,
    warmed_up_rate,
)
from nets.reference.sizes import (
    conv_multiply_adds,
    conv_output_size,
    conv_parameters,
    dense_on_image_parameters,
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
    centre_surround_answer,
    cross_correlate,
    cross_entropy,
    max_pool,
    mean_and_deviation,
    neuron_output,
    normalised,
    relu,
    sigmoid,
    sobel_on_step,
    softmax,
    unit_value,
    weighted_sum,
    window_sum,
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
from nets.reference.windows import (
    average_pool,
    block_field,
    depthwise_separable_parameters,
    dilated_output_size,
    global_averages,
    grouped_conv_parameters,
    pooled_values,
    receptive_field,
    same_padding,
    unread_pixels,
)

RIGHT: Final = (sizes, sums, learning, training, windows)
MISTAKEN: Final = (mistakes, learning_mistakes, training_mistakes, window_mistakes)
MISTAKES: Final[frozenset[str]] = frozenset(name for module in MISTAKEN for name in module.__all__)
"""The names of those functions that have a mistake built in."""

FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: getattr(module, name) for module in (*RIGHT, *MISTAKEN) for name in module.__all__
}
"""Every function that a drawn question may name, right or mistaken; a content file can call nothing else."""

__all__ = [
    "FUNCTIONS",
    "MISTAKES",
    "adam_first_step",
    "average_pool",
    "batch_norm_parameters",
    "batches_per_epoch",
    "block_field",
    "byte_sum",
    "centre_surround_answer",
    "conv_multiply_adds",
    "conv_output_size",
    "conv_parameters",
    "cosine_rate",
    "crops_of_padded_image",
    "cross_correlate",
    "cross_entropy",
    "decayed_weight",
    "dense_on_image_parameters",
    "dense_parameters",
    "depthwise_separable_parameters",
    "dilated_output_size",
    "dropout_kept_value",
    "epoch_loss",
    "flattened_features",
    "global_averages",
    "grouped_conv_parameters",
    "image_pixels",
    "image_values",
    "largest_stable_rate",
    "last_batch_size",
    "loss_of_share",
    "max_pool",
    "mean_and_deviation",
    "momentum_two_steps",
    "neuron_output",
    "normalised",
    "normalised_in_batch",
    "pool_output_size",
    "pooled_values",
    "receptive_field",
    "relu",
    "running_mean_after",
    "same_padding",
    "sgd_step",
    "shared_weight_slope",
    "sigmoid",
    "slope_of_right_logit",
    "smoothed_target",
    "sobel_on_step",
    "softmax",
    "tensor_bytes",
    "two_layer_parameters",
    "unit_value",
    "unit_weight_slope",
    "unread_pixels",
    "values_in_batch_norm",
    "warmed_up_rate",
    "weighted_sum",
    "window_sum",
]
