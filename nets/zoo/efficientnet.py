"""EfficientNet: one small network, and one rule that makes it wider, deeper and sharper together."""

import math

import torch
from torch import Tensor, nn


class StochasticDepth(nn.Module):
    """Leave a block out for some images at random, in training only (Huang et al. 2016, arXiv:1603.09382).

    What stays is divided by the probability of staying, so that the mean is the same with and without.
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        """Return maps (N, C, H, W), zero for about the share `p` of the images."""
        if not self.training or self.p == 0:
            return x
        stays = torch.rand(len(x), 1, 1, 1, device=x.device) >= self.p  # (N, 1, 1, 1)
        return x * stays / (1 - self.p)  # (N, C, H, W)


class SqueezeExcite(nn.Module):
    """Weigh every map by a factor from 0 to 1 that all maps together decide (Hu et al. 2017, arXiv:1709.01507)."""

    def __init__(self, channels: int, squeezed: int) -> None:
        super().__init__()
        self.average = nn.AdaptiveAvgPool2d(1)
        self.squeeze = nn.Conv2d(channels, squeezed, kernel_size=1)
        self.swish = nn.SiLU()
        self.excite = nn.Conv2d(squeezed, channels, kernel_size=1)
        self.gate = nn.Sigmoid()

    def forward(self, x: Tensor) -> Tensor:
        """Return maps of the same shape (N, C, H, W)."""
        factors = self.average(x)  # (N, C, H, W) -> (N, C, 1, 1)
        factors = self.swish(self.squeeze(factors))  # (N, S, 1, 1)
        factors = self.gate(self.excite(factors))  # (N, C, 1, 1)
        weighed: Tensor = x * factors  # (N, C, H, W)
        return weighed


class ConvNorm(nn.Sequential):
    """A convolution that pads to keep the size, batch normalisation and, unless `swish` is false, x · sigmoid(x).

    With the larger `eps`, that of B5 to B7, the running mean moves by a hundredth a batch, else by a tenth: so were
    the weights trained that torchvision offers.
    """

    def __init__(
        self, channels: int, out: int, kernel: int, *, eps: float, stride: int = 1, groups: int = 1, swish: bool = True
    ) -> None:
        super().__init__(
            nn.Conv2d(channels, out, kernel, stride=stride, padding=kernel // 2, groups=groups, bias=False),
            nn.BatchNorm2d(out, eps=eps, momentum=0.01 if eps == 1e-3 else 0.1),
        )
        if swish:
            self.append(nn.SiLU())


class Bottleneck(nn.Module):
    """Widen with 1x1, filter every map by itself, weigh the maps, narrow with 1x1: an inverted residual.

    Sandler et al. 2018, MobileNetV2, arXiv:1801.04381. No activation follows the narrowing: it would cut off what
    few maps must carry.
    """

    def __init__(
        self, channels: int, out: int, *, kernel: int, widening: int, stride: int, left_out: float, eps: float
    ) -> None:
        super().__init__()
        wide = widening * channels
        self.is_added = stride == 1 and channels == out
        self.widen = ConvNorm(channels, wide, 1, eps=eps) if widening > 1 else nn.Identity()
        self.depthwise = ConvNorm(wide, wide, kernel, eps=eps, stride=stride, groups=wide)
        # Squeezed to a quarter of the maps that came in, not of the widened ones as in MobileNet-V3.
        self.excite = SqueezeExcite(wide, channels // 4)
        self.narrow = ConvNorm(wide, out, 1, eps=eps, swish=False)
        self.chance = StochasticDepth(left_out)

    def forward(self, x: Tensor) -> Tensor:
        """Turn maps (N, C, H, W) into (N, D, h, w); h and w are H and W divided by the stride, rounded up."""
        y: Tensor = self.widen(x)  # (N, C, H, W) -> (N, E, H, W)
        y = self.depthwise(y)  # (N, E, h, w)
        y = self.excite(y)
        y = self.narrow(y)  # (N, D, h, w)
        return x + self.chance(y) if self.is_added else y


class EfficientNet(nn.Module):
    """Tan and Le 2019, EfficientNet: rethinking model scaling, arXiv:1905.11946, equation 3 and table 1.

    Compound scaling: for an effort φ, depth = 1.2^φ, width = 1.1^φ, side of the image = 1.15^φ, which together cost
    about 2^φ times the multiplications. B0 came from a search over architectures, the three bases from a small
    grid on B0. B1 to B7 then follow without any search; as published they are rounded, B4 to B7 by more than a
    little, so the numbers below are the published ones. Width: channels · width, to the nearest multiple of 8. Depth:
    blocks · depth, rounded up. The side is that of the images, so any size runs through any member.

    Weights start as in torchvision: convolutions normal with variance 2 / (outputs of a filter's place) after He
    et al. 2015 (arXiv:1502.01852), the dense layer evenly spread to 1 / √classes, every bias 0.
    """

    # Table 1, B0. One row a stage: widening, kernel, stride, maps out, blocks.
    STAGES = (
        (1, 3, 1, 16, 1),
        (6, 3, 2, 24, 2),
        (6, 5, 2, 40, 2),
        (6, 3, 2, 80, 3),
        (6, 5, 1, 112, 3),
        (6, 5, 2, 192, 4),
        (6, 3, 1, 320, 1),
    )
    # One row for each of B0 to B7: width, depth, dropout, and the eps with which torchvision's weights were trained.
    SCALES = (
        (1.0, 1.0, 0.2, 1e-5),
        (1.0, 1.1, 0.2, 1e-5),
        (1.1, 1.2, 0.3, 1e-5),
        (1.2, 1.4, 0.3, 1e-5),
        (1.4, 1.8, 0.4, 1e-5),
        (1.6, 2.2, 0.4, 1e-3),
        (1.8, 2.6, 0.5, 1e-3),
        (2.0, 3.1, 0.5, 1e-3),
    )

    def __init__(self, shape: tuple[int, int, int] = (3, 224, 224), classes: int = 1000, *, scale: int = 0) -> None:
        super().__init__()
        width, depth, dropout, eps = self.SCALES[scale]
        repeats = [math.ceil(blocks * depth) for *_, blocks in self.STAGES]
        channels = self.scaled(32, width)
        self.stem = ConvNorm(shape[0], channels, 3, eps=eps, stride=2)
        self.blocks = nn.Sequential()
        for (widening, kernel, stride, maps, _), repeat in zip(self.STAGES, repeats, strict=True):
            out = self.scaled(maps, width)
            for number in range(repeat):
                self.blocks.append(
                    Bottleneck(
                        channels,
                        out,
                        kernel=kernel,
                        widening=widening,
                        stride=stride if number == 0 else 1,
                        # From 0 at the first block towards 0.2 at the last.
                        left_out=0.2 * len(self.blocks) / sum(repeats),
                        eps=eps,
                    )
                )
                channels = out
        self.last = ConvNorm(channels, 4 * channels, 1, eps=eps)
        self.average = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(4 * channels, classes)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out")
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)
        nn.init.uniform_(self.output.weight, -(classes**-0.5), classes**-0.5)
        nn.init.zeros_(self.output.bias)

    @staticmethod
    def scaled(channels: int, width: float) -> int:
        """Multiply a number of channels by `width`, to the nearest multiple of 8, losing at most a tenth.

        >>> EfficientNet.scaled(40, 1.1), EfficientNet.scaled(24, 1.4)
        (48, 32)
        """
        wished = channels * width
        rounded = max(8, int(wished + 4) // 8 * 8)
        return rounded if rounded >= 0.9 * wished else rounded + 8

    def forward(self, x: Tensor) -> Tensor:
        """Turn normalised images (N, C, H, W) float32 into logits (N, classes); shapes below are B0's for 3x224x224."""
        x = self.stem(x)  # (N, 3, 224, 224) -> (N, 32, 112, 112)
        x = self.blocks(x)  # (N, 320, 7, 7)
        x = self.last(x)  # (N, 1280, 7, 7)
        x = self.average(x)  # (N, 1280, 1, 1)
        x = self.flatten(x)  # (N, 1280)
        logits: Tensor = self.output(self.dropout(x))  # (N, 1000)
        return logits
