"""Two wide convolutions with batch normalisation: the smallest network that shows what normalising does."""

from torch import Tensor, nn


class TwoConv(nn.Module):
    """Batch normalisation after Ioffe and Szegedy 2015 (arXiv:1502.03167), in two layers of 64 and 128 filters.

    Every map ends as its mean over the whole image (Lin, Chen and Yan 2013, Network in network, arXiv:1312.4400),
    so the last layer reads 128 numbers whatever the size of the image: no dense layer holds most of the weights.
    Weights start as torch starts them: evenly spread, to one over the root of the number of inputs at most.
    """

    def __init__(self, shape: tuple[int, int, int] = (3, 32, 32), classes: int = 10) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(shape[0], 64, kernel_size=3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(64)
        self.relu1 = nn.ReLU()
        self.pool1 = nn.MaxPool2d(2)
        self.conv2 = nn.Conv2d(64, 128, kernel_size=3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(128)
        self.relu2 = nn.ReLU()
        self.pool2 = nn.MaxPool2d(2)
        self.average = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.output = nn.Linear(128, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Turn normalised images (N, C, H, W) float32 into logits (N, classes); shapes below are for 3x32x32."""
        x = self.relu1(self.norm1(self.conv1(x)))  # (N, 3, 32, 32) -> (N, 64, 32, 32)
        x = self.pool1(x)  # (N, 64, 16, 16)
        x = self.relu2(self.norm2(self.conv2(x)))  # (N, 128, 16, 16)
        x = self.pool2(x)  # (N, 128, 8, 8)
        x = self.average(x)  # (N, 128, 1, 1)
        x = self.flatten(x)  # (N, 128)
        logits: Tensor = self.output(x)  # (N, 10)
        return logits
