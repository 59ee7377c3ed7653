"""MobileNet-V3: the most accuracy for the fewest multiplications on a phone, in a small and a large form."""

from torch import Tensor, nn


class SqueezeExcite(nn.Module):
    """Weigh every map by a factor from 0 to 1 that all maps together decide (Hu et al. 2017, arXiv:1709.01507)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        # A quarter, rounded to a multiple of 8, which hardware likes, losing at most a tenth: 16 -> 8, 72 -> 24.
        quarter = channels // 4
        squeezed = max(8, (quarter + 4) // 8 * 8)
        if squeezed < 0.9 * quarter:
            squeezed += 8
        self.average = nn.AdaptiveAvgPool2d(1)
        self.squeeze = nn.Conv2d(channels, squeezed, kernel_size=1)
        self.relu = nn.ReLU()
        self.excite = nn.Conv2d(squeezed, channels, kernel_size=1)
        # Straight lines in place of the sigmoid's exponential: clip(x / 6 + 1/2) between 0 and 1.
        self.gate = nn.Hardsigmoid()

    def forward(self, x: Tensor) -> Tensor:
        """Return maps of the same shape (N, C, H, W)."""
        factors = self.average(x)  # (N, C, H, W) -> (N, C, 1, 1)
        factors = self.relu(self.squeeze(factors))  # (N, S, 1, 1)
        factors = self.gate(self.excite(factors))  # (N, C, 1, 1)
        weighed: Tensor = x * factors  # (N, C, H, W)
        return weighed


class ConvNorm(nn.Sequential):
    """A convolution that pads to keep the size, batch normalisation and, mostly, an activation.

    The running mean moves by a hundredth a batch, not a tenth: the paper's training is long.
    """

    def __init__(
        self, channels: int, out: int, kernel: int, activation: nn.Module | None, *, stride: int = 1, groups: int = 1
    ) -> None:
        super().__init__(
            nn.Conv2d(channels, out, kernel, stride=stride, padding=kernel // 2, groups=groups, bias=False),
            nn.BatchNorm2d(out, eps=0.001, momentum=0.01),
        )
        if activation is not None:
            self.append(activation)


class Bottleneck(nn.Module):
    """Widen with 1x1, filter every map by itself, narrow with 1x1: an inverted residual (fig. 4 of the paper).

    A k x k convolution from E to E maps takes k² E² products a place; split into one filter per map and a 1x1
    to D maps it takes k² E + E D. No activation follows the narrowing: it would cut off what few maps must carry.
    """

    def __init__(
        self, channels: int, out: int, *, kernel: int, wide: int, excite: bool, swish: bool, stride: int
    ) -> None:
        super().__init__()
        activation = nn.Hardswish if swish else nn.ReLU
        self.is_added = stride == 1 and channels == out
        # The first blocks of both forms are not widened, and have no 1x1 for it.
        self.widen = ConvNorm(channels, wide, 1, activation()) if wide != channels else nn.Identity()
        self.depthwise = ConvNorm(wide, wide, kernel, activation(), stride=stride, groups=wide)
        self.excite = SqueezeExcite(wide) if excite else nn.Identity()
        self.narrow = ConvNorm(wide, out, 1, None)

    def forward(self, x: Tensor) -> Tensor:
        """Turn maps (N, C, H, W) into (N, D, h, w); h and w are H and W divided by the stride, rounded up."""
        y: Tensor = self.widen(x)  # (N, C, H, W) -> (N, E, H, W)
        y = self.depthwise(y)  # (N, E, h, w)
        y = self.excite(y)
        y = self.narrow(y)  # (N, D, h, w)
        return x + y if self.is_added else y


class MobileNetV3(nn.Module):
    """Howard et al. 2019, Searching for MobileNetV3, arXiv:1905.02244, tables 1 (large) and 2 (small).

    The rows were found by a search for the best accuracy at a given time on a phone, then trimmed by hand. Their
    hard swish, x · clip(x + 3, 0, 6) / 6, is a cheap form of x · sigmoid(x).

    Weights start as in torchvision: convolutions normal with variance 2 / (outputs of a filter's place) after He
    et al. 2015 (arXiv:1502.01852), dense layers normal with spread 0.01, every bias 0.
    """

    # One row a block: kernel, width inside, maps out, squeeze-and-excite, hard swish (or ReLU), stride.
    LARGE = (
        (3, 16, 16, False, False, 1),
        (3, 64, 24, False, False, 2),
        (3, 72, 24, False, False, 1),
        (5, 72, 40, True, False, 2),
        (5, 120, 40, True, False, 1),
        (5, 120, 40, True, False, 1),
        (3, 240, 80, False, True, 2),
        (3, 200, 80, False, True, 1),
        (3, 184, 80, False, True, 1),
        (3, 184, 80, False, True, 1),
        (3, 480, 112, True, True, 1),
        (3, 672, 112, True, True, 1),
        (5, 672, 160, True, True, 2),
        (5, 960, 160, True, True, 1),
        (5, 960, 160, True, True, 1),
    )
    SMALL = (
        (3, 16, 16, True, False, 2),
        (3, 72, 24, False, False, 2),
        (3, 88, 24, False, False, 1),
        (5, 96, 40, True, True, 2),
        (5, 240, 40, True, True, 1),
        (5, 240, 40, True, True, 1),
        (5, 120, 48, True, True, 1),
        (5, 144, 48, True, True, 1),
        (5, 288, 96, True, True, 2),
        (5, 576, 96, True, True, 1),
        (5, 576, 96, True, True, 1),
    )

    def __init__(
        self, shape: tuple[int, int, int] = (3, 224, 224), classes: int = 1000, *, size: str = "small"
    ) -> None:
        super().__init__()
        rows, hidden = (self.LARGE, 1280) if size == "large" else (self.SMALL, 1024)
        self.stem = ConvNorm(shape[0], 16, 3, nn.Hardswish(), stride=2)
        self.blocks = nn.Sequential()
        channels = 16
        for kernel, wide, out, excite, swish, stride in rows:
            self.blocks.append(
                Bottleneck(channels, out, kernel=kernel, wide=wide, excite=excite, swish=swish, stride=stride)
            )
            channels = out
        self.last = ConvNorm(channels, 6 * channels, 1, nn.Hardswish())
        self.average = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        # After the mean there is one place only, so this wide layer costs next to nothing.
        self.dense = nn.Linear(6 * channels, hidden)
        self.swish = nn.Hardswish()
        self.dropout = nn.Dropout(0.2)
        self.output = nn.Linear(hidden, classes)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out")
            elif isinstance(layer, nn.Linear):
                nn.init.normal_(layer.weight, std=0.01)
            if isinstance(layer, nn.Conv2d | nn.Linear) and layer.bias is not None:
                nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Turn normalised images (N, C, H, W) float32 into logits (N, classes); shapes below are for 3x224x224.

        They are those of the small form; the large one ends in 160 maps, then 960 and 1,280 numbers.
        """
        x = self.stem(x)  # (N, 3, 224, 224) -> (N, 16, 112, 112)
        x = self.blocks(x)  # (N, 96, 7, 7)
        x = self.last(x)  # (N, 576, 7, 7)
        x = self.average(x)  # (N, 576, 1, 1)
        x = self.flatten(x)  # (N, 576)
        x = self.dropout(self.swish(self.dense(x)))  # (N, 1024)
        logits: Tensor = self.output(x)  # (N, 1000)
        return logits
