"""Count what a tensor holds and what a layer learns: values, bytes, output sizes, parameters, multiply-adds."""

__all__ = [
    "conv_multiply_adds",
    "conv_output_size",
    "conv_parameters",
    "dense_on_image_parameters",
    "dense_parameters",
    "flattened_features",
    "image_pixels",
    "image_values",
    "pool_output_size",
    "tensor_bytes",
    "two_layer_parameters",
]


def image_pixels(*, height: int, width: int) -> int:
    """Count the places in a picture, whatever number of channels each holds.

    >>> image_pixels(height=224, width=224)
    50176
    """
    return height * width


def image_values(*, height: int, width: int, channels: int) -> int:
    """Count the numbers in a picture: one per channel for every pixel.

    >>> image_values(height=224, width=224, channels=3)
    150528
    """
    return image_pixels(height=height, width=width) * channels


def tensor_bytes(*, batch: int, channels: int, height: int, width: int, bytes_per_value: int) -> int:
    """Return the memory that a batch of shape (N, C, H, W) takes.

    >>> tensor_bytes(batch=1, channels=3, height=224, width=224, bytes_per_value=4)
    602112
    """
    return batch * image_values(height=height, width=width, channels=channels) * bytes_per_value


def conv_output_size(*, size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """Return the length of one side after a convolution, by PyTorch's rule (floor).

    Raises ValueError when the kernel does not fit into the padded side even once.

    >>> conv_output_size(size=224, kernel=3, padding=1)
    224
    >>> conv_output_size(size=8, kernel=3, stride=2)
    3
    """
    reach = dilation * (kernel - 1) + 1  # how far the dilated kernel spans, end to end
    room = size + 2 * padding - reach
    if room < 0:
        raise ValueError(f"a kernel that spans {reach} does not fit into {size} with padding {padding}")
    return room // stride + 1


def pool_output_size(*, size: int, kernel: int, stride: int | None = None) -> int:
    """Return the length of one side after pooling; the stride is the kernel's own size unless given.

    >>> pool_output_size(size=7, kernel=2)
    3
    """
    return conv_output_size(size=size, kernel=kernel, stride=kernel if stride is None else stride)


def dense_parameters(*, inputs: int, outputs: int, bias: bool = True) -> int:
    """Count what a dense layer learns: a weight per input and output, and a bias per output.

    >>> dense_parameters(inputs=150_528, outputs=1000)
    150529000
    """
    return inputs * outputs + (outputs if bias else 0)


def dense_on_image_parameters(*, height: int, width: int, channels: int, units: int) -> int:
    """Count what a dense layer learns that looks at every value of a picture.

    >>> dense_on_image_parameters(height=224, width=224, channels=3, units=1000)
    150529000
    """
    return dense_parameters(inputs=image_values(height=height, width=width, channels=channels), outputs=units)


def two_layer_parameters(*, inputs: int, hidden: int, outputs: int) -> int:
    """Count what a dense network with one hidden layer learns.

    >>> two_layer_parameters(inputs=64, hidden=16, outputs=10)
    1210
    """
    return dense_parameters(inputs=inputs, outputs=hidden) + dense_parameters(inputs=hidden, outputs=outputs)


def conv_parameters(*, in_channels: int, out_channels: int, kernel: int, bias: bool = True) -> int:
    """Count what a convolution with square kernels learns; the picture's size does not come into it.

    >>> conv_parameters(in_channels=3, out_channels=64, kernel=3)
    1792
    """
    return in_channels * out_channels * kernel * kernel + (out_channels if bias else 0)


def conv_multiply_adds(*, in_channels: int, out_channels: int, kernel: int, output_size: int) -> int:
    """Count the multiplications of a convolution whose output is square; biases are not counted.

    >>> conv_multiply_adds(in_channels=3, out_channels=32, kernel=3, output_size=32)
    884736
    """
    return in_channels * out_channels * kernel * kernel * output_size * output_size


def flattened_features(*, channels: int, size: int, pools: int) -> int:
    """Return how many values a square picture has left for the first dense layer after 2x2 pools, each rounding down.

    >>> flattened_features(channels=128, size=32, pools=3)
    2048
    """
    for _ in range(pools):
        size = pool_output_size(size=size, kernel=2)
    return channels * size * size
