"""The course's own first network: three blocks of convolution, ReLU and pooling, then two dense layers."""

from torch import Tensor, nn


class ThreeBlock(nn.Module):
    """Small filters in blocks after Simonyan and Zisserman 2014 (arXiv:1409.1556), at a size that a laptop trains.

    Space halves and channels double from block to block. Dropout (Srivastava et al. 2014, JMLR 15) stands
    before the last layer, where most of the weights could learn images by heart.
    Weights start as torch starts them: evenly spread, to one over the root of the number of inputs at most.
    """

    def __init__(self, shape: tuple[int, int, int] = (3, 32, 32), classes: int = 10) -> None:
        super().__init__()
        channels, height, width = shape
        self.conv1 = nn.Conv2d(channels, 32, kernel_size=3, padding=1)
        self.relu1 = nn.ReLU()
        self.pool1 = nn.MaxPool2d(2)
        self.conv2 = nn.Conv2d(32, 64, kernel_size=3, padding=1)
        self.relu2 = nn.ReLU()
        self.pool2 = nn.MaxPool2d(2)
        self.conv3 = nn.Conv2d(64, 128, kernel_size=3, padding=1)
        self.relu3 = nn.ReLU()
        self.pool3 = nn.MaxPool2d(2)
        self.flatten = nn.Flatten()
        # Padding keeps the size, every pooling halves it, rounding down: 32 > 16 > 8 > 4.
        self.dense1 = nn.Linear(128 * (height // 8) * (width // 8), 512)
        self.relu4 = nn.ReLU()
        self.dropout = nn.Dropout(0.5)
        self.output = nn.Linear(512, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Turn normalised images (N, C, H, W) float32 into logits (N, classes); shapes below are for 3x32x32."""
        x = self.relu1(self.conv1(x))  # (N, 3, 32, 32) -> (N, 32, 32, 32)
        x = self.pool1(x)  # (N, 32, 16, 16)
        x = self.relu2(self.conv2(x))  # (N, 64, 16, 16)
        x = self.pool2(x)  # (N, 64, 8, 8)
        x = self.relu3(self.conv3(x))  # (N, 128, 8, 8)
        x = self.pool3(x)  # (N, 128, 4, 4)
        x = self.flatten(x)  # (N, 2048)
        x = self.relu4(self.dense1(x))  # (N, 512)
        x = self.dropout(x)
        logits: Tensor = self.output(x)  # (N, 10)
        return logits
