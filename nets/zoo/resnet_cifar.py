"""The small residual network for 32x32 images: every pair of layers learns only what to add."""

import torch.nn.functional as F
from torch import Tensor, nn


class Shortcut(nn.Module):
    """The way round a block, without any weights: option A of the paper.

    Where the block halves space and doubles the maps, the way round takes every second pixel and adds maps of zeros.
    """

    def __init__(self, channels: int, out: int, *, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.added = out - channels

    def forward(self, x: Tensor) -> Tensor:
        """Turn maps (N, C, H, W) into (N, D, h, w); nothing changes where the stride is 1."""
        x = x[:, :, :: self.stride, :: self.stride]  # (N, C, H, W) -> (N, C, h, w)
        return F.pad(x, (0, 0, 0, 0, 0, self.added))  # (N, D, h, w): the pairs are columns, rows, maps


class Block(nn.Module):
    """Two 3x3 convolutions F and a way round them: relu(F(x) + x), equation 1 of the paper."""

    def __init__(self, channels: int, out: int, *, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, out, kernel_size=3, stride=stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(out)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(out, out, kernel_size=3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(out)
        self.shortcut = Shortcut(channels, out, stride=stride)
        self.relu2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """Turn maps (N, C, H, W) into (N, D, h, w): as many as before, or twice as many of half the size."""
        change = self.relu1(self.norm1(self.conv1(x)))  # (N, C, H, W) -> (N, D, h, w)
        change = self.norm2(self.conv2(change))
        # The sum has a gradient of 1 towards x, whatever the convolutions do to theirs.
        out: Tensor = self.relu2(change + self.shortcut(x))  # (N, D, h, w)
        return out


class ResNetCifar(nn.Module):
    """He, Zhang, Ren and Sun 2015, Deep residual learning for image recognition, arXiv:1512.03385, section 4.2.

    Layer by layer the plain stack of the same depth, with the same number of weights; only the way round each pair
    of convolutions is new, and with it depth 56 does better than depth 20. `depth` counts the layers with
    weights: one convolution, three stages of blocks of two, one dense layer: 20, 32, 44, 56, ...

    Weights start normal, with variance 2 / (outputs of a filter's place) after He et al. 2015 (arXiv:1502.01852).
    """

    def __init__(self, shape: tuple[int, int, int] = (3, 32, 32), classes: int = 10, *, depth: int = 20) -> None:
        super().__init__()
        blocks = (depth - 2) // 6
        self.conv1 = nn.Conv2d(shape[0], 16, kernel_size=3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(16)
        self.relu1 = nn.ReLU()
        self.stage1 = nn.Sequential(*(Block(16, 16, stride=1) for _ in range(blocks)))
        self.stage2 = nn.Sequential(Block(16, 32, stride=2), *(Block(32, 32, stride=1) for _ in range(blocks - 1)))
        self.stage3 = nn.Sequential(Block(32, 64, stride=2), *(Block(64, 64, stride=1) for _ in range(blocks - 1)))
        self.average = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.output = nn.Linear(64, classes)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:
        """Turn normalised images (N, C, H, W) float32 into logits (N, classes); shapes below are for 3x32x32."""
        x = self.relu1(self.norm1(self.conv1(x)))  # (N, 3, 32, 32) -> (N, 16, 32, 32)
        x = self.stage1(x)
        x = self.stage2(x)  # (N, 32, 16, 16)
        x = self.stage3(x)  # (N, 64, 8, 8)
        x = self.average(x)  # (N, 64, 1, 1)
        x = self.flatten(x)  # (N, 64)
        logits: Tensor = self.output(x)  # (N, 10)
        return logits
