"""What sliding windows come to: sizes with holes and borders, groups, pools, and how far a stack of layers sees."""

from collections.abc import Sequence

from nets.reference.sizes import conv_output_size, conv_parameters

__all__ = [
    "average_pool",
    "block_field",
    "depthwise_separable_parameters",
    "dilated_output_size",
    "global_averages",
    "grouped_conv_parameters",
    "pooled_values",
    "receptive_field",
    "same_padding",
    "unread_pixels",
]

Grid = Sequence[Sequence[float]]


def dilated_output_size(*, size: int, kernel: int, dilation: int) -> int:
    """Return the length of one side after a dilated convolution without padding, stride 1.

    >>> dilated_output_size(size=7, kernel=3, dilation=2)
    3
    """
    return conv_output_size(size=size, kernel=kernel, dilation=dilation)


def same_padding(*, kernel: int, dilation: int = 1) -> int:
    """Return the padding that keeps a side as long as it was, at stride 1; raises ValueError where none does.

    >>> same_padding(kernel=5), same_padding(kernel=3, dilation=4)
    (2, 4)
    """
    zeros = dilation * (kernel - 1)
    if zeros % 2:
        raise ValueError(f"{zeros} zeros cannot be halved: no padding keeps the size for a kernel of {kernel}")
    return zeros // 2


def unread_pixels(*, size: int, kernel: int, stride: int) -> int:
    """Count the pixels of one side that no place of a kernel reads, without padding.

    >>> unread_pixels(size=8, kernel=3, stride=2)
    1
    """
    places = conv_output_size(size=size, kernel=kernel, stride=stride)
    return size - len({place * stride + tap for place in range(places) for tap in range(kernel)})


def grouped_conv_parameters(*, in_channels: int, out_channels: int, kernel: int, groups: int) -> int:
    """Count what a convolution learns whose filters see only the channels of their own group; each has a bias.

    Raises ValueError when the groups do not divide both numbers of channels.

    >>> grouped_conv_parameters(in_channels=32, out_channels=32, kernel=3, groups=32)
    320
    """
    if in_channels % groups or out_channels % groups:
        raise ValueError(f"{groups} groups must divide {in_channels} channels in and {out_channels} out")
    return conv_parameters(in_channels=in_channels // groups, out_channels=out_channels, kernel=kernel)


def depthwise_separable_parameters(*, in_channels: int, out_channels: int, kernel: int) -> int:
    """Count a depthwise convolution and the 1x1 convolution after it, each with its biases.

    >>> depthwise_separable_parameters(in_channels=32, out_channels=64, kernel=3)
    2432
    """
    depthwise = grouped_conv_parameters(
        in_channels=in_channels, out_channels=in_channels, kernel=kernel, groups=in_channels
    )
    return depthwise + conv_parameters(in_channels=in_channels, out_channels=out_channels, kernel=1)


def pooled_values(*, channels: int, size: int, kernel: int) -> int:
    """Count the values that a pool leaves of square feature maps; an incomplete window is left out.

    >>> pooled_values(channels=32, size=224, kernel=2)
    401408
    """
    side = conv_output_size(size=size, kernel=kernel, stride=kernel)
    return channels * side * side


def average_pool(image: Grid, *, kernel: int) -> list[list[float]]:
    """Return the mean of each window; windows do not overlap and an incomplete one at the edge is left out.

    >>> average_pool([[1, 5], [3, 3]], kernel=2)
    [[3.0]]
    """
    rows, columns = len(image) // kernel, len(image[0]) // kernel
    return [
        [
            sum(image[r * kernel + i][c * kernel + j] for i in range(kernel) for j in range(kernel)) / kernel**2
            for c in range(columns)
        ]
        for r in range(rows)
    ]


def global_averages(*, channels: int, size: int) -> int:
    """Count the values that are left when each feature map is averaged down to one, whatever its size.

    >>> global_averages(channels=512, size=7)
    512
    """
    return channels


def receptive_field(layers: Sequence[tuple[int, int]]) -> int:
    """Return how many input pixels wide one output of a stack sees; a layer is (kernel, stride), undilated.

    >>> receptive_field([(3, 1), (2, 2), (3, 1)])
    8
    """
    field, step = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * step
        step *= stride
    return field


def block_field(*, blocks: int, kernel: int) -> int:
    """Return how wide one value sees after blocks of one convolution and one 2x2 pool each.

    >>> block_field(blocks=3, kernel=3)
    22
    """
    return receptive_field([(kernel, 1), (2, 2)] * blocks)
