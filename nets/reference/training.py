"""What a training run counts and averages: batches, losses, altered images and their labels, normalised batches."""

import math

__all__ = [
    "batch_norm_parameters",
    "batches_per_epoch",
    "crops_of_padded_image",
    "dropout_kept_value",
    "epoch_loss",
    "last_batch_size",
    "normalised_in_batch",
    "running_mean_after",
    "smoothed_target",
    "values_in_batch_norm",
]


def batches_per_epoch(*, images: int, batch: int) -> int:
    """Count the batches of an epoch; the last one may be smaller.

    >>> batches_per_epoch(images=130, batch=64)
    3
    """
    return math.ceil(images / batch)


def last_batch_size(*, images: int, batch: int) -> int:
    """Count the images that are left for the last batch of an epoch.

    >>> last_batch_size(images=130, batch=64), last_batch_size(images=128, batch=64)
    (2, 64)
    """
    return images - (batches_per_epoch(images=images, batch=batch) - 1) * batch


def epoch_loss(*, first_images: int, first_loss: float, last_images: int, last_loss: float) -> float:
    """Average the mean losses of two batches over their images.

    >>> epoch_loss(first_images=3, first_loss=1.0, last_images=1, last_loss=5.0)
    2.0
    """
    return (first_images * first_loss + last_images * last_loss) / (first_images + last_images)


def crops_of_padded_image(*, padding: int) -> int:
    """Count the places at which the old size can be cut out of an image padded on all sides.

    >>> crops_of_padded_image(padding=1)
    9
    """
    return (2 * padding + 1) ** 2


def smoothed_target(*, classes: int, smoothing: float) -> float:
    """Return what label smoothing leaves to the right class (Szegedy et al., arXiv:1512.00567, section 7).

    >>> round(smoothed_target(classes=10, smoothing=0.1), 4)
    0.91
    """
    return 1 - smoothing + smoothing / classes


def dropout_kept_value(*, value: float, probability: float) -> float:
    """Return what dropout makes in training of a value that it keeps.

    >>> dropout_kept_value(value=3.0, probability=0.25)
    4.0
    """
    return value / (1 - probability)


def batch_norm_parameters(*, channels: int) -> int:
    """Count what a batch norm learns: one scale and one shift for each channel.

    >>> batch_norm_parameters(channels=64)
    128
    """
    return 2 * channels


def values_in_batch_norm(*, batch: int, channels: int, height: int, width: int) -> int:
    """Count the values that share one mean in a batch norm after a convolution.

    >>> values_in_batch_norm(batch=2, channels=16, height=4, width=4)
    32
    """
    return batch * height * width


def running_mean_after(*, before: float, batch_mean: float, momentum: float) -> float:
    """Return a batch norm's running mean after one more batch, as torch keeps it.

    >>> running_mean_after(before=0.0, batch_mean=2.0, momentum=0.1)
    0.2
    """
    return (1 - momentum) * before + momentum * batch_mean


def normalised_in_batch(*, value: float, mean: float, variance: float, scale: float, shift: float) -> float:
    """Return what a batch norm makes of one value, its tiny epsilon left out.

    >>> normalised_in_batch(value=7.0, mean=3.0, variance=4.0, scale=3.0, shift=1.0)
    7.0
    """
    return (value - mean) / math.sqrt(variance) * scale + shift
