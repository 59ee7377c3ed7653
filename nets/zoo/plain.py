"""The plain stack that residual networks are measured against: the same layers, and no way round them."""

from torch import Tensor, nn


class Block(nn.Module):
    """Two 3x3 convolutions, one after the other; a stride of 2 halves space in the first of them."""

    def __init__(self, channels: int, out: int, *, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, out, kernel_size=3, stride=stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(out)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(out, out, kernel_size=3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(out)
        self.relu2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """Turn maps (N, C, H, W) into (N, D, h, w): as many as before, or twice as many of half the size."""
        x = self.relu1(self.norm1(self.conv1(x)))  # (N, C, H, W) -> (N, D, h, w)
        out: Tensor = self.relu2(self.norm2(self.conv2(x)))
        return out


class Plain(nn.Module):
    """He, Zhang, Ren and Sun 2015, Deep residual learning for image recognition, arXiv:1512.03385, section 4.2.

    The paper's first finding: at depth 56 this network fits even the training images worse than at depth 20,
    although the deeper one could copy the shallower and let its other layers do nothing. `depth` counts the
    layers with weights: one convolution, three stages of blocks of two, one dense layer: 20, 32, 44, 56, ...

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
