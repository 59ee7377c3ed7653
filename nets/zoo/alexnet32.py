"""AlexNet for small images: the same five convolutions, with a first layer that does not shrink them."""

from torch import Tensor, nn


class AlexNet32(nn.Module):
    """After Krizhevsky, Sutskever and Hinton 2012, ImageNet classification with deep convolutional neural networks.

    The widths 64, 192, 384, 256, 256 and the overlapping pools are those of the network for 224x224 (in the form of
    arXiv:1404.5997). Changed for 32x32, where an 11x11 kernel with stride 4 would leave 7x7 places at once: the
    first kernel is 5x5 with stride 1, and the dense layers have 1,024 units in place of 4,096.
    Weights start as torch starts them: evenly spread, to one over the root of the number of inputs at most.
    """

    def __init__(self, shape: tuple[int, int, int] = (3, 32, 32), classes: int = 10) -> None:
        super().__init__()
        channels, height, width = shape
        self.conv1 = nn.Conv2d(channels, 64, kernel_size=5, padding=2)
        self.relu1 = nn.ReLU()
        self.pool1 = nn.MaxPool2d(3, stride=2)
        self.conv2 = nn.Conv2d(64, 192, kernel_size=5, padding=2)
        self.relu2 = nn.ReLU()
        self.pool2 = nn.MaxPool2d(3, stride=2)
        self.conv3 = nn.Conv2d(192, 384, kernel_size=3, padding=1)
        self.relu3 = nn.ReLU()
        self.conv4 = nn.Conv2d(384, 256, kernel_size=3, padding=1)
        self.relu4 = nn.ReLU()
        self.conv5 = nn.Conv2d(256, 256, kernel_size=3, padding=1)
        self.relu5 = nn.ReLU()
        self.pool3 = nn.MaxPool2d(3, stride=2)
        self.flatten = nn.Flatten()
        # A window of 3 that steps by 2 has (side - 1) // 2 places: 32 > 15 > 7 > 3.
        rows, columns = ((((side - 1) // 2 - 1) // 2 - 1) // 2 for side in (height, width))
        self.dropout1 = nn.Dropout(0.5)
        self.dense1 = nn.Linear(256 * rows * columns, 1024)
        self.relu6 = nn.ReLU()
        self.dropout2 = nn.Dropout(0.5)
        self.dense2 = nn.Linear(1024, 1024)
        self.relu7 = nn.ReLU()
        self.output = nn.Linear(1024, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Turn normalised images (N, C, H, W) float32 into logits (N, classes); shapes below are for 3x32x32."""
        x = self.relu1(self.conv1(x))  # (N, 3, 32, 32) -> (N, 64, 32, 32)
        x = self.pool1(x)  # (N, 64, 15, 15)
        x = self.relu2(self.conv2(x))  # (N, 192, 15, 15)
        x = self.pool2(x)  # (N, 192, 7, 7)
        x = self.relu3(self.conv3(x))  # (N, 384, 7, 7)
        x = self.relu4(self.conv4(x))  # (N, 256, 7, 7)
        x = self.relu5(self.conv5(x))
        x = self.pool3(x)  # (N, 256, 3, 3)
        x = self.flatten(x)  # (N, 2304)
        x = self.relu6(self.dense1(self.dropout1(x)))  # (N, 1024)
        x = self.relu7(self.dense2(self.dropout2(x)))
        logits: Tensor = self.output(x)  # (N, 10)
        return logits
