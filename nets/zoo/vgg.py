"""VGG: nothing but 3x3 convolutions and 2x2 pools, eleven to nineteen layers deep."""

from torch import Tensor, nn


class Block(nn.Sequential):
    """Some 3x3 convolutions that keep the size, then a pool that halves it: (N, C, H, W) to (N, out, H/2, W/2)."""

    def __init__(self, channels: int, out: int, *, convolutions: int, batch_norm: bool) -> None:
        layers: list[nn.Module] = []
        for _ in range(convolutions):
            layers.append(nn.Conv2d(channels, out, kernel_size=3, padding=1))
            if batch_norm:
                layers.append(nn.BatchNorm2d(out))
            layers.append(nn.ReLU())
            channels = out
        super().__init__(*layers, nn.MaxPool2d(2))


class VGG(nn.Module):
    """Simonyan and Zisserman 2014, Very deep convolutional networks, arXiv:1409.1556, table 1: A, B, D and E.

    `depth` counts the layers with weights: the convolutions below and three dense layers. Two 3x3 convolutions
    see as far as one 5x5 with 18/25 of its weights and one ReLU more. The form with batch normalisation is not in
    the paper; torchvision adds it (and keeps the biases, which do nothing then). The mean over a 7x7 grid
    lets images of other sizes in, from 32x32.

    Weights start as in torchvision: convolutions normal with variance 2 / (outputs of a filter's place) after
    He et al. 2015 (arXiv:1502.01852), dense layers normal with spread 0.01, every bias 0.
    """

    # Convolutions in each of the five blocks.
    DEPTHS = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}

    def __init__(
        self,
        shape: tuple[int, int, int] = (3, 224, 224),
        classes: int = 1000,
        *,
        depth: int = 16,
        batch_norm: bool = False,
    ) -> None:
        super().__init__()
        one, two, three, four, five = self.DEPTHS[depth]
        self.block1 = Block(shape[0], 64, convolutions=one, batch_norm=batch_norm)
        self.block2 = Block(64, 128, convolutions=two, batch_norm=batch_norm)
        self.block3 = Block(128, 256, convolutions=three, batch_norm=batch_norm)
        self.block4 = Block(256, 512, convolutions=four, batch_norm=batch_norm)
        self.block5 = Block(512, 512, convolutions=five, batch_norm=batch_norm)
        self.average = nn.AdaptiveAvgPool2d(7)
        self.flatten = nn.Flatten()
        # This layer alone holds 103 million weights: three quarters of VGG-16.
        self.dense1 = nn.Linear(512 * 7 * 7, 4096)
        self.relu1 = nn.ReLU()
        self.dropout1 = nn.Dropout(0.5)
        self.dense2 = nn.Linear(4096, 4096)
        self.relu2 = nn.ReLU()
        self.dropout2 = nn.Dropout(0.5)
        self.output = nn.Linear(4096, classes)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
            elif isinstance(layer, nn.Linear):
                nn.init.normal_(layer.weight, std=0.01)
            if isinstance(layer, nn.Conv2d | nn.Linear) and layer.bias is not None:
                nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Turn normalised images (N, C, H, W) float32 into logits (N, classes); shapes below are for 3x224x224."""
        x = self.block1(x)  # (N, 3, 224, 224) -> (N, 64, 112, 112)
        x = self.block2(x)  # (N, 128, 56, 56)
        x = self.block3(x)  # (N, 256, 28, 28)
        x = self.block4(x)  # (N, 512, 14, 14)
        x = self.block5(x)  # (N, 512, 7, 7)
        x = self.average(x)  # 7x7 already; other sizes of image become 7x7 here
        x = self.flatten(x)  # (N, 25088)
        x = self.dropout1(self.relu1(self.dense1(x)))  # (N, 4096)
        x = self.dropout2(self.relu2(self.dense2(x)))
        logits: Tensor = self.output(x)  # (N, 1000)
        return logits
