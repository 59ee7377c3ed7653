"""The sums of `windows` with one common mistake built in, as `mistakes` has them for `sizes` and `sums`."""

from nets.reference.sizes import conv_output_size, conv_parameters
from nets.reference.windows import block_field, depthwise_separable_parameters, unread_pixels

__all__ = [
    "block_field_adding_kernels",
    "block_field_of_convolutions_alone",
    "block_field_without_steps",
    "conv_output_size_rounded_up",
    "conv_output_size_without_stride",
    "depthwise_separable_parameters_as_one_convolution",
    "depthwise_separable_parameters_as_one_map",
    "depthwise_separable_parameters_of_depthwise_alone",
    "dilated_output_size_as_if_dense",
    "dilated_output_size_counting_a_hole_too_many",
    "dilated_output_size_dividing",
    "grouped_conv_parameters_as_one_group",
    "grouped_conv_parameters_of_one_group",
    "grouped_conv_parameters_without_bias",
    "pooled_values_as_area_halved",
    "pooled_values_of_all_channels_pooled",
    "pooled_values_of_one_map",
    "unread_pixels_after_the_first_place",
    "unread_pixels_as_stride_minus_one",
    "unread_pixels_without_holes",
]


def conv_output_size_rounded_up(*, size: int, kernel: int, stride: int, padding: int) -> int:
    """Count a last place that hangs over the edge."""
    return -(-(size + 2 * padding - kernel) // stride) + 1


def conv_output_size_without_stride(*, size: int, kernel: int, stride: int, padding: int) -> int:
    """Move the kernel by one pixel at a time."""
    return conv_output_size(size=size, kernel=kernel, padding=padding)


def dilated_output_size_as_if_dense(*, size: int, kernel: int, dilation: int) -> int:
    """Forget that holes make the kernel wider."""
    return conv_output_size(size=size, kernel=kernel)


def dilated_output_size_counting_a_hole_too_many(*, size: int, kernel: int, dilation: int) -> int:
    """Take the kernel to be dilation times as wide: a step for each weight in place of one between two."""
    return conv_output_size(size=size, kernel=kernel * dilation)


def dilated_output_size_dividing(*, size: int, kernel: int, dilation: int) -> int:
    """Take dilation for a stride."""
    return conv_output_size(size=size, kernel=kernel, stride=dilation)


def unread_pixels_without_holes(*, size: int, kernel: int, stride: int) -> int:
    """Believe that a convolution reads every pixel."""
    return 0


def unread_pixels_after_the_first_place(*, size: int, kernel: int, stride: int) -> int:
    """Count all that lies outside the kernel's first place."""
    return size - kernel


def unread_pixels_as_stride_minus_one(*, size: int, kernel: int, stride: int) -> int:
    """Take the stride's skipped steps for skipped pixels."""
    return unread_pixels(size=size, kernel=kernel, stride=stride) + stride - 1


def grouped_conv_parameters_as_one_group(*, in_channels: int, out_channels: int, kernel: int, groups: int) -> int:
    """Let every filter see every channel."""
    return conv_parameters(in_channels=in_channels, out_channels=out_channels, kernel=kernel)


def grouped_conv_parameters_of_one_group(*, in_channels: int, out_channels: int, kernel: int, groups: int) -> int:
    """Count the filters of one group alone."""
    return conv_parameters(in_channels=in_channels // groups, out_channels=out_channels // groups, kernel=kernel)


def grouped_conv_parameters_without_bias(*, in_channels: int, out_channels: int, kernel: int, groups: int) -> int:
    """Count the kernels' weights alone."""
    return conv_parameters(in_channels=in_channels // groups, out_channels=out_channels, kernel=kernel, bias=False)


def depthwise_separable_parameters_as_one_convolution(*, in_channels: int, out_channels: int, kernel: int) -> int:
    """Count the ordinary convolution that the two stand in for."""
    return conv_parameters(in_channels=in_channels, out_channels=out_channels, kernel=kernel)


def depthwise_separable_parameters_of_depthwise_alone(*, in_channels: int, out_channels: int, kernel: int) -> int:
    """Leave the 1x1 convolution out."""
    pointwise = conv_parameters(in_channels=in_channels, out_channels=out_channels, kernel=1)
    whole = depthwise_separable_parameters(in_channels=in_channels, out_channels=out_channels, kernel=kernel)
    return whole - pointwise


def depthwise_separable_parameters_as_one_map(*, in_channels: int, out_channels: int, kernel: int) -> int:
    """Let all channels share one depthwise kernel."""
    pointwise = conv_parameters(in_channels=in_channels, out_channels=out_channels, kernel=1)
    return conv_parameters(in_channels=1, out_channels=1, kernel=kernel) + pointwise


def pooled_values_of_one_map(*, channels: int, size: int, kernel: int) -> int:
    """Count the places of a single map."""
    side = size // kernel
    return side * side


def pooled_values_as_area_halved(*, channels: int, size: int, kernel: int) -> int:
    """Divide the number of values by the window's side in place of its area."""
    return channels * size * size // kernel


def pooled_values_of_all_channels_pooled(*, channels: int, size: int, kernel: int) -> int:
    """Pool over the channels as well."""
    side = size // kernel
    return channels // kernel * side * side


def block_field_adding_kernels(*, blocks: int, kernel: int) -> int:
    """Add up the windows' sides."""
    return blocks * (kernel + 2)


def block_field_without_steps(*, blocks: int, kernel: int) -> int:
    """Let every layer add the same, as if the pools' strides had not spread the values out."""
    return 1 + blocks * (kernel - 1) + blocks


def block_field_of_convolutions_alone(*, blocks: int, kernel: int) -> int:
    """Let the pools spread the values out, but add nothing themselves."""
    return block_field(blocks=blocks, kernel=kernel) - sum(1 << block for block in range(blocks))
