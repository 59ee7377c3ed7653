"""LeNet-5, the network that read cheques."""

from torch import Tensor, nn


class LeNet5(nn.Module):
    """LeCun, Bottou, Bengio and Haffner 1998, Gradient-based learning applied to document recognition, fig. 2.

    Kept: the widths 6, 16, 120, 84, the 5x5 kernels, the order of layers. Changed, as is usual today: ReLU in
    place of tanh, max pooling in place of averages with weights, every filter of conv2 sees all six maps of
    conv1 (the paper's table I left some out), and logits for cross-entropy in place of distances to drawn digits.
    Weights start as torch starts them: evenly spread, to one over the root of the number of inputs at most.
    """

    def __init__(self, shape: tuple[int, int, int] = (1, 32, 32), classes: int = 10) -> None:
        super().__init__()
        channels, height, width = shape
        # Two 5x5 convolutions without padding take 4 pixels each, every pooling halves: 32 -> 28 -> 14 -> 10 -> 5.
        rows, columns = (((side - 4) // 2 - 4) // 2 for side in (height, width))
        self.conv1 = nn.Conv2d(channels, 6, kernel_size=5)
        self.relu1 = nn.ReLU()
        self.pool1 = nn.MaxPool2d(2)
        self.conv2 = nn.Conv2d(6, 16, kernel_size=5)
        self.relu2 = nn.ReLU()
        self.pool2 = nn.MaxPool2d(2)
        self.flatten = nn.Flatten()
        self.dense1 = nn.Linear(16 * rows * columns, 120)
        self.relu3 = nn.ReLU()
        self.dense2 = nn.Linear(120, 84)
        self.relu4 = nn.ReLU()
        self.output = nn.Linear(84, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Turn normalised images (N, C, H, W) float32 into logits (N, classes); shapes below are for 1x32x32."""
        x = self.relu1(self.conv1(x))  # (N, 1, 32, 32) -> (N, 6, 28, 28)
        x = self.pool1(x)  # (N, 6, 14, 14)
        x = self.relu2(self.conv2(x))  # (N, 16, 10, 10)
        x = self.pool2(x)  # (N, 16, 5, 5)
        x = self.flatten(x)  # (N, 400)
        x = self.relu3(self.dense1(x))  # (N, 120)
        x = self.relu4(self.dense2(x))  # (N, 84)
        logits: Tensor = self.output(x)  # (N, 10)
        return logits
