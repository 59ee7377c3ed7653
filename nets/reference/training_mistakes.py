"""The sums of `training` with one common mistake built in, as `mistakes` has them for layers.

A mistake takes the same keywords as the function it gets wrong. Some ignore one of them: ignoring it is the mistake.
"""

from nets.reference.training import batches_per_epoch, normalised_in_batch

__all__ = [
    "batch_norm_parameters_of_one_kind",
    "batch_norm_parameters_with_running",
    "batches_per_epoch_as_images",
    "batches_per_epoch_rounded_down",
    "crops_of_padded_image_along_one_axis",
    "crops_of_padded_image_as_steps",
    "crops_of_padded_image_to_one_side",
    "dropout_kept_value_as_it_was",
    "dropout_kept_value_scaled_down",
    "epoch_loss_added_up",
    "epoch_loss_of_equal_batches",
    "last_batch_size_full",
    "last_batch_size_missing",
    "normalised_in_batch_by_variance",
    "normalised_in_batch_without_scale",
    "normalised_in_batch_without_shift",
    "running_mean_after_forgetting",
    "running_mean_after_reversed",
    "smoothed_target_of_another_class",
    "smoothed_target_without_its_share",
    "values_in_batch_norm_of_all_channels",
    "values_in_batch_norm_of_one_image",
    "values_in_batch_norm_of_one_place",
]


def batches_per_epoch_rounded_down(*, images: int, batch: int) -> int:
    """Leave the last, smaller batch out."""
    return images // batch


def batches_per_epoch_as_images(*, images: int, batch: int) -> int:
    """Take a step for every image."""
    return images


def last_batch_size_full(*, images: int, batch: int) -> int:
    """Take every batch to be full."""
    return batch


def last_batch_size_missing(*, images: int, batch: int) -> int:
    """Count what the last batch lacks in place of what it holds."""
    return batches_per_epoch(images=images, batch=batch) * batch - images


def epoch_loss_of_equal_batches(*, first_images: int, first_loss: float, last_images: int, last_loss: float) -> float:
    """Average the batches as if they were of one size."""
    return (first_loss + last_loss) / 2


def epoch_loss_added_up(*, first_images: int, first_loss: float, last_images: int, last_loss: float) -> float:
    """Add the batches' means."""
    return first_loss + last_loss


def crops_of_padded_image_to_one_side(*, padding: int) -> int:
    """Move the window in one direction of each axis only."""
    return (padding + 1) ** 2


def crops_of_padded_image_along_one_axis(*, padding: int) -> int:
    """Move the window along one axis only."""
    return 2 * padding + 1


def crops_of_padded_image_as_steps(*, padding: int) -> int:
    """Count the steps of each axis in place of the places."""
    return (2 * padding) ** 2


def smoothed_target_without_its_share(*, classes: int, smoothing: float) -> float:
    """Share what was taken among the other classes only."""
    return 1 - smoothing


def smoothed_target_of_another_class(*, classes: int, smoothing: float) -> float:
    """Give what a wrong class gets."""
    return smoothing / classes


def dropout_kept_value_as_it_was(*, value: float, probability: float) -> float:
    """Leave what is kept alone."""
    return value


def dropout_kept_value_scaled_down(*, value: float, probability: float) -> float:
    """Multiply by the share that is kept, in place of dividing."""
    return value * (1 - probability)


def batch_norm_parameters_of_one_kind(*, channels: int) -> int:
    """Count the scales alone."""
    return channels


def batch_norm_parameters_with_running(*, channels: int) -> int:
    """Count the running mean and variance too, which are kept and not learned."""
    return 4 * channels


def values_in_batch_norm_of_all_channels(*, batch: int, channels: int, height: int, width: int) -> int:
    """Average over the channels as well."""
    return batch * channels * height * width


def values_in_batch_norm_of_one_image(*, batch: int, channels: int, height: int, width: int) -> int:
    """Average over one map, as if each image had a mean of its own."""
    return height * width


def values_in_batch_norm_of_one_place(*, batch: int, channels: int, height: int, width: int) -> int:
    """Average over the batch alone, as if each place had a mean of its own."""
    return batch


def running_mean_after_reversed(*, before: float, batch_mean: float, momentum: float) -> float:
    """Take momentum as the share of the old that is kept, as other libraries do."""
    return momentum * before + (1 - momentum) * batch_mean


def running_mean_after_forgetting(*, before: float, batch_mean: float, momentum: float) -> float:
    """Forget what was there before."""
    return batch_mean


def normalised_in_batch_by_variance(*, value: float, mean: float, variance: float, scale: float, shift: float) -> float:
    """Divide by the variance in place of its root."""
    return (value - mean) / variance * scale + shift


def normalised_in_batch_without_scale(
    *, value: float, mean: float, variance: float, scale: float, shift: float
) -> float:
    """Leave the learned scale out."""
    return normalised_in_batch(value=value, mean=mean, variance=variance, scale=1.0, shift=shift)


def normalised_in_batch_without_shift(
    *, value: float, mean: float, variance: float, scale: float, shift: float
) -> float:
    """Leave the learned shift out."""
    return normalised_in_batch(value=value, mean=mean, variance=variance, scale=scale, shift=0.0)
