"""Four convolutions without normalisation: what `fourconv_bn` would be without the layers that it is known for."""

from torch import Tensor, nn


class PlainFourConv(nn.Module):
    """Pairs of 3x3 convolutions after Simonyan and Zisserman 2014 (arXiv:1409.1556), with dropout and no norm.

    Made to be compared: filters, pools and dropout are those of the batch-normed network. Only its norms are gone,
    and each layer has the bias that a norm would have made useless.
    Weights start as torch starts them: evenly spread, to one over the root of the number of inputs at most.
    """

    def __init__(self, shape: tuple[int, int, int] = (3, 32, 32), classes: int = 10) -> None:
        super().__init__()
        channels, height, width = shape
        self.conv1 = nn.Conv2d(channels, 32, kernel_size=3, padding=1)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(32, 32, kernel_size=3, padding=1)
        self.relu2 = nn.ReLU()
        self.pool1 = nn.MaxPool2d(2)
        self.dropout1 = nn.Dropout2d(0.25)
        self.conv3 = nn.Conv2d(32, 64, kernel_size=3, padding=1)
        self.relu3 = nn.ReLU()
        self.conv4 = nn.Conv2d(64, 64, kernel_size=3, padding=1)
        self.relu4 = nn.ReLU()
        self.pool2 = nn.MaxPool2d(2)
        self.dropout2 = nn.Dropout2d(0.25)
        self.flatten = nn.Flatten()
        # Padding keeps the size, every pooling halves it, rounding down: 32 > 16 > 8.
        self.dense1 = nn.Linear(64 * (height // 4) * (width // 4), 512)
        self.relu5 = nn.ReLU()
        self.dropout3 = nn.Dropout(0.5)
        self.output = nn.Linear(512, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Turn normalised images (N, C, H, W) float32 into logits (N, classes); shapes below are for 3x32x32."""
        x = self.relu1(self.conv1(x))  # (N, 3, 32, 32) -> (N, 32, 32, 32)
        x = self.relu2(self.conv2(x))
        x = self.dropout1(self.pool1(x))  # (N, 32, 16, 16)
        x = self.relu3(self.conv3(x))  # (N, 64, 16, 16)
        x = self.relu4(self.conv4(x))
        x = self.dropout2(self.pool2(x))  # (N, 64, 8, 8)
        x = self.flatten(x)  # (N, 4096)
        x = self.relu5(self.dense1(x))  # (N, 512)
        x = self.dropout3(x)
        logits: Tensor = self.output(x)  # (N, 10)
        return logits
