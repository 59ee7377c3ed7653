"""ResNet for ImageNet, 18 to 152 layers deep."""

from torch import Tensor, nn


class Shortcut(nn.Sequential):
    """The way round a block: nothing at all, or a 1x1 convolution where the block changes the shape (option B)."""

    def __init__(self, channels: int, out: int, *, stride: int) -> None:
        if stride == 1 and channels == out:
            super().__init__()  # a chain of no layers returns what it is given
        else:
            super().__init__(
                nn.Conv2d(channels, out, kernel_size=1, stride=stride, bias=False),
                nn.BatchNorm2d(out),
            )


class BasicBlock(nn.Module):
    """Two 3x3 convolutions F and a way round them: relu(F(x) + x). Used at depth 18 and 34."""

    widening = 1

    def __init__(self, channels: int, width: int, *, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, kernel_size=3, stride=stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(width)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(width, width, kernel_size=3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(width)
        self.shortcut = Shortcut(channels, width, stride=stride)
        self.relu2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """Turn maps (N, C, H, W) into (N, D, h, w); h and w are H and W divided by the stride, rounded up."""
        change = self.relu1(self.norm1(self.conv1(x)))  # (N, C, H, W) -> (N, D, h, w)
        change = self.norm2(self.conv2(change))
        # The sum has a gradient of 1 towards x, whatever the convolutions do to theirs.
        out: Tensor = self.relu2(change + self.shortcut(x))  # (N, D, h, w)
        return out


class Bottleneck(nn.Module):
    """A 1x1 convolution down, a 3x3 at a quarter of the width, a 1x1 up again. Used from depth 50 on.

    The 3x3 has a sixteenth of the weights that it would have at full width. The stride is in the 3x3, as in
    torchvision (often called version 1.5); the paper had it in the first 1x1, which skips three pixels of four.
    """

    widening = 4

    def __init__(self, channels: int, width: int, *, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, kernel_size=1, bias=False)
        self.norm1 = nn.BatchNorm2d(width)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(width, width, kernel_size=3, stride=stride, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(width)
        self.relu2 = nn.ReLU()
        self.conv3 = nn.Conv2d(width, 4 * width, kernel_size=1, bias=False)
        self.norm3 = nn.BatchNorm2d(4 * width)
        self.shortcut = Shortcut(channels, 4 * width, stride=stride)
        self.relu3 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """Turn maps (N, C, H, W) into (N, 4 * D, h, w); h and w are H and W divided by the stride, rounded up."""
        change = self.relu1(self.norm1(self.conv1(x)))  # (N, C, H, W) -> (N, D, H, W)
        change = self.relu2(self.norm2(self.conv2(change)))  # (N, D, h, w)
        change = self.norm3(self.conv3(change))  # (N, 4 * D, h, w)
        out: Tensor = self.relu3(change + self.shortcut(x))  # (N, 4 * D, h, w)
        return out


class ResNet(nn.Module):
    """He, Zhang, Ren and Sun 2015, Deep residual learning for image recognition, arXiv:1512.03385, table 1.

    A stem that shrinks the image to a quarter, four stages of blocks, the mean of every map, one dense layer.
    `depth` counts the layers with weights. Any image size works: nothing but the mean looks at all of space.

    Weights start as in torchvision: convolutions normal with variance 2 / (outputs of a filter's place) after He
    et al. 2015 (arXiv:1502.01852), normalisation with scale 1 and shift 0.
    """

    # Blocks in each of the four stages.
    DEPTHS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}

    def __init__(self, shape: tuple[int, int, int] = (3, 224, 224), classes: int = 1000, *, depth: int = 50) -> None:
        super().__init__()
        block = BasicBlock if depth < 50 else Bottleneck
        wide = block.widening
        one, two, three, four = self.DEPTHS[depth]
        self.conv1 = nn.Conv2d(shape[0], 64, kernel_size=7, stride=2, padding=3, bias=False)
        self.norm1 = nn.BatchNorm2d(64)
        self.relu1 = nn.ReLU()
        self.pool1 = nn.MaxPool2d(3, stride=2, padding=1)
        self.stage1 = self._stage(block, 64, width=64, blocks=one, stride=1)
        self.stage2 = self._stage(block, wide * 64, width=128, blocks=two, stride=2)
        self.stage3 = self._stage(block, wide * 128, width=256, blocks=three, stride=2)
        self.stage4 = self._stage(block, wide * 256, width=512, blocks=four, stride=2)
        self.average = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.output = nn.Linear(wide * 512, classes)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")

    @staticmethod
    def _stage(
        block: type[BasicBlock] | type[Bottleneck], channels: int, *, width: int, blocks: int, stride: int
    ) -> nn.Sequential:
        """Chain blocks; only the first shrinks space and changes the number of maps."""
        first = block(channels, width, stride=stride)
        return nn.Sequential(first, *(block(block.widening * width, width, stride=1) for _ in range(blocks - 1)))

    def forward(self, x: Tensor) -> Tensor:
        """Turn normalised images (N, C, H, W) float32 into logits (N, classes); shapes below are for 3x224x224.

        They are those of depth 50 and more; depth 18 and 34 have a quarter of the maps after each stage.
        """
        x = self.relu1(self.norm1(self.conv1(x)))  # (N, 3, 224, 224) -> (N, 64, 112, 112)
        x = self.pool1(x)  # (N, 64, 56, 56)
        x = self.stage1(x)  # (N, 256, 56, 56)
        x = self.stage2(x)  # (N, 512, 28, 28)
        x = self.stage3(x)  # (N, 1024, 14, 14)
        x = self.stage4(x)  # (N, 2048, 7, 7)
        x = self.average(x)  # (N, 2048, 1, 1)
        x = self.flatten(x)  # (N, 2048)
        logits: Tensor = self.output(x)  # (N, 1000)
        return logits
