"""ResNet-9: a residual network made for training time, not for depth."""

from torch import Tensor, nn


class ConvNormReLU(nn.Sequential):
    """A 3x3 convolution that keeps the size, batch normalisation, ReLU: (N, C, H, W) to (N, out, H, W)."""

    def __init__(self, channels: int, out: int) -> None:
        super().__init__(
            nn.Conv2d(channels, out, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(out),
            nn.ReLU(),
        )


class Residual(nn.Module):
    """Two layers and a way round them. Here the ReLU comes before the sum, so the sum is never cut off."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layer1 = ConvNormReLU(channels, channels)
        self.layer2 = ConvNormReLU(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        """Add to maps (N, C, H, W) what two layers make of them."""
        return x + self.layer2(self.layer1(x))  # type: ignore[no-any-return]


class ResNet9(nn.Module):
    """Page 2018, How to train your ResNet (myrtle.ai), made for the DAWNBench contest (Coleman et al. 2017).

    Few wide layers keep a GPU busier than many narrow ones, and two ways round are enough at this depth: eight
    convolutions and one dense layer. Every pool halves space while the maps double. The logits are multiplied by
    1/8, which keeps the softmax soft, and gradients alive, through the first steps at a high learning rate.
    Weights start as torch starts them: evenly spread, to one over the root of the number of inputs at most.
    """

    def __init__(self, shape: tuple[int, int, int] = (3, 32, 32), classes: int = 10) -> None:
        super().__init__()
        self.layer1 = ConvNormReLU(shape[0], 64)
        self.layer2 = ConvNormReLU(64, 128)
        self.pool1 = nn.MaxPool2d(2)
        self.residual1 = Residual(128)
        self.layer3 = ConvNormReLU(128, 256)
        self.pool2 = nn.MaxPool2d(2)
        self.layer4 = ConvNormReLU(256, 512)
        self.pool3 = nn.MaxPool2d(2)
        self.residual2 = Residual(512)
        self.highest = nn.AdaptiveMaxPool2d(1)
        self.flatten = nn.Flatten()
        self.output = nn.Linear(512, classes, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Turn normalised images (N, C, H, W) float32 into logits (N, classes); shapes below are for 3x32x32."""
        x = self.layer1(x)  # (N, 3, 32, 32) -> (N, 64, 32, 32)
        x = self.layer2(x)  # (N, 128, 32, 32)
        x = self.pool1(x)  # (N, 128, 16, 16)
        x = self.residual1(x)
        x = self.layer3(x)  # (N, 256, 16, 16)
        x = self.pool2(x)  # (N, 256, 8, 8)
        x = self.layer4(x)  # (N, 512, 8, 8)
        x = self.pool3(x)  # (N, 512, 4, 4)
        x = self.residual2(x)
        x = self.highest(x)  # (N, 512, 1, 1)
        x = self.flatten(x)  # (N, 512)
        logits: Tensor = self.output(x) / 8  # (N, 10)
        return logits
