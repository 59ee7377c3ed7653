"""The sums of `sizes` and `sums` with one common mistake built in, to recognise it in an answer and explain it.

A mistake takes the same keywords as the function it gets wrong. Some ignore one of them: ignoring it is the mistake.
"""

from nets.reference.sizes import (
    conv_output_size,
    conv_parameters,
    dense_on_image_parameters,
    dense_parameters,
    image_pixels,
    image_values,
    pool_output_size,
    tensor_bytes,
)
from nets.reference.sums import neuron_output, sobel_on_step, window_sum

__all__ = [
    "byte_sum_as_integers",
    "byte_sum_stopping_at_255",
    "centre_surround_answer_as_if_normalised",
    "centre_surround_answer_of_centre_alone",
    "conv_output_size_as_input",
    "conv_output_size_padded_once",
    "conv_output_size_without_last_place",
    "conv_output_size_without_padding",
    "conv_parameters_as_if_one_channel",
    "conv_parameters_without_bias",
    "dense_on_image_parameters_without_bias",
    "dense_on_image_parameters_without_channels",
    "dense_parameters_with_one_bias",
    "dense_parameters_without_bias",
    "flattened_features_before_pooling",
    "flattened_features_one_pool_short",
    "flattened_features_without_channels",
    "image_values_without_channels",
    "neuron_output_subtracting_bias",
    "neuron_output_without_bias",
    "neuron_output_without_weights",
    "normalised_by_deviation_alone",
    "normalised_by_mean_alone",
    "normalised_the_wrong_way_round",
    "sobel_on_step_backwards",
    "sobel_on_step_without_middle_weight",
    "tensor_bytes_as_single_bytes",
    "tensor_bytes_of_one_image",
    "two_layer_parameters_as_one_layer",
    "two_layer_parameters_without_bias",
    "window_sum_turned",
    "window_sum_without_weights",
]


def image_values_without_channels(*, height: int, width: int, channels: int) -> int:
    """Count pixels where values were asked for."""
    return image_pixels(height=height, width=width)


def tensor_bytes_as_single_bytes(*, batch: int, channels: int, height: int, width: int, bytes_per_value: int) -> int:
    """Count values, as if each took one byte."""
    return tensor_bytes(batch=batch, channels=channels, height=height, width=width, bytes_per_value=1)


def tensor_bytes_of_one_image(*, batch: int, channels: int, height: int, width: int, bytes_per_value: int) -> int:
    """Forget that the batch holds several images."""
    return image_values(height=height, width=width, channels=channels) * bytes_per_value


def byte_sum_as_integers(*, first: int, second: int) -> int:
    """Add as Python's own integers do."""
    return first + second


def byte_sum_stopping_at_255(*, first: int, second: int) -> int:
    """Add as image editors do: white stays white."""
    return min(255, first + second)


def normalised_by_mean_alone(*, value: float, mean: float, deviation: float) -> float:
    """Centre without dividing."""
    return value - mean


def normalised_by_deviation_alone(*, value: float, mean: float, deviation: float) -> float:
    """Divide without centring."""
    return value / deviation


def normalised_the_wrong_way_round(*, value: float, mean: float, deviation: float) -> float:
    """Take the value from the mean."""
    return (mean - value) / deviation


def neuron_output_without_bias(*, x1: float, x2: float, w1: float, w2: float, bias: float) -> float:
    """Leave the bias out."""
    return neuron_output(x1=x1, x2=x2, w1=w1, w2=w2, bias=0)


def neuron_output_subtracting_bias(*, x1: float, x2: float, w1: float, w2: float, bias: float) -> float:
    """Take the bias for a threshold that is taken away."""
    return neuron_output(x1=x1, x2=x2, w1=w1, w2=w2, bias=-bias)


def neuron_output_without_weights(*, x1: float, x2: float, w1: float, w2: float, bias: float) -> float:
    """Add the inputs as they are."""
    return neuron_output(x1=x1, x2=x2, w1=1, w2=1, bias=bias)


def dense_parameters_without_bias(*, inputs: int, outputs: int) -> int:
    """Count weights alone."""
    return dense_parameters(inputs=inputs, outputs=outputs, bias=False)


def dense_parameters_with_one_bias(*, inputs: int, outputs: int) -> int:
    """Give the whole layer a single bias."""
    return inputs * outputs + 1


def dense_on_image_parameters_without_bias(*, height: int, width: int, channels: int, units: int) -> int:
    """Count the weights alone."""
    return dense_on_image_parameters(height=height, width=width, channels=channels, units=units) - units


def dense_on_image_parameters_without_channels(*, height: int, width: int, channels: int, units: int) -> int:
    """Give each pixel one weight, whatever number of values it holds."""
    return dense_on_image_parameters(height=height, width=width, channels=1, units=units)


def two_layer_parameters_without_bias(*, inputs: int, hidden: int, outputs: int) -> int:
    """Count the weights of both layers alone."""
    return inputs * hidden + hidden * outputs


def two_layer_parameters_as_one_layer(*, inputs: int, hidden: int, outputs: int) -> int:
    """Join inputs and outputs directly, as if there were no hidden layer."""
    return dense_parameters(inputs=inputs, outputs=outputs)


def conv_parameters_without_bias(*, in_channels: int, out_channels: int, kernel: int) -> int:
    """Count the kernels' weights alone."""
    return conv_parameters(in_channels=in_channels, out_channels=out_channels, kernel=kernel, bias=False)


def conv_parameters_as_if_one_channel(*, in_channels: int, out_channels: int, kernel: int) -> int:
    """Give each filter one flat kernel, whatever the depth of its input."""
    return conv_parameters(in_channels=1, out_channels=out_channels, kernel=kernel)


def conv_output_size_without_padding(*, size: int, kernel: int, stride: int, padding: int) -> int:
    """Forget the border that padding adds."""
    return conv_output_size(size=size, kernel=kernel, stride=stride)


def conv_output_size_padded_once(*, size: int, kernel: int, stride: int, padding: int) -> int:
    """Pad one side of the picture in place of both."""
    return (size + padding - kernel) // stride + 1


def conv_output_size_without_last_place(*, size: int, kernel: int, stride: int, padding: int) -> int:
    """Count the steps that the kernel takes in place of the places where it stands."""
    return conv_output_size(size=size, kernel=kernel, stride=stride, padding=padding) - 1


def flattened_features_before_pooling(*, channels: int, size: int, pools: int) -> int:
    """Keep the picture's full size."""
    return channels * size * size


def flattened_features_without_channels(*, channels: int, size: int, pools: int) -> int:
    """Count the places of one feature map."""
    for _ in range(pools):
        size = pool_output_size(size=size, kernel=2)
    return size * size


def flattened_features_one_pool_short(*, channels: int, size: int, pools: int) -> int:
    """Count one pool too few."""
    for _ in range(pools - 1):
        size = pool_output_size(size=size, kernel=2)
    return channels * size * size


def conv_output_size_as_input(*, size: int, kernel: int, stride: int, padding: int) -> int:
    """Take the map to be as large as the picture."""
    return size


def window_sum_turned(
    *, p11: float, p12: float, p21: float, p22: float, k11: float, k12: float, k21: float, k22: float
) -> float:
    """Turn the kernel round, as a true convolution does."""
    return window_sum(p11=p11, p12=p12, p21=p21, p22=p22, k11=k22, k12=k21, k21=k12, k22=k11)


def window_sum_without_weights(
    *, p11: float, p12: float, p21: float, p22: float, k11: float, k12: float, k21: float, k22: float
) -> float:
    """Add the pixels as they are."""
    return p11 + p12 + p21 + p22


def centre_surround_answer_of_centre_alone(*, centre: float, value: float) -> float:
    """Forget the eight neighbours."""
    return centre * value


def centre_surround_answer_as_if_normalised(*, centre: float, value: float) -> float:
    """Take it that every kernel keeps the brightness of flat areas."""
    return value


def sobel_on_step_backwards(*, left: float, right: float) -> float:
    """Turn the kernel round."""
    return sobel_on_step(left=right, right=left)


def sobel_on_step_without_middle_weight(*, left: float, right: float) -> float:
    """Give all three rows the same weight."""
    return 3 * (right - left)
