"""AlexNet, the network that won ImageNet in 2012 and began the rush."""

from torch import Tensor, nn


class AlexNet(nn.Module):
    """Krizhevsky, Sutskever and Hinton 2012, ImageNet classification with deep convolutional neural networks.

    This is the form of one column that Krizhevsky wrote down in 2014 (arXiv:1404.5997) and that torchvision
    holds: 64, 192, 384, 256, 256 filters, not split over two GPUs, without the local response normalisation of
    2012, which later work found to do little. The mean over a 6x6 grid lets images of other sizes in.
    Weights start as torch starts them: evenly spread, to one over the root of the number of inputs at most.
    """

    def __init__(self, shape: tuple[int, int, int] = (3, 224, 224), classes: int = 1000) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(shape[0], 64, kernel_size=11, stride=4, padding=2)
        self.relu1 = nn.ReLU()
        # Windows of 3 that step by 2 overlap: the paper saw a little less overfitting than with windows of 2.
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
        self.average = nn.AdaptiveAvgPool2d(6)
        self.flatten = nn.Flatten()
        # This layer alone holds 38 of the 61 million weights.
        self.dropout1 = nn.Dropout(0.5)
        self.dense1 = nn.Linear(256 * 6 * 6, 4096)
        self.relu6 = nn.ReLU()
        self.dropout2 = nn.Dropout(0.5)
        self.dense2 = nn.Linear(4096, 4096)
        self.relu7 = nn.ReLU()
        self.output = nn.Linear(4096, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Turn normalised images (N, C, H, W) float32 into logits (N, classes); shapes below are for 3x224x224."""
        x = self.relu1(self.conv1(x))  # (N, 3, 224, 224) -> (N, 64, 55, 55)
        x = self.pool1(x)  # (N, 64, 27, 27)
        x = self.relu2(self.conv2(x))  # (N, 192, 27, 27)
        x = self.pool2(x)  # (N, 192, 13, 13)
        x = self.relu3(self.conv3(x))  # (N, 384, 13, 13)
        x = self.relu4(self.conv4(x))  # (N, 256, 13, 13)
        x = self.relu5(self.conv5(x))
        x = self.pool3(x)  # (N, 256, 6, 6)
        x = self.average(x)  # 6x6 already; other sizes of image become 6x6 here
        x = self.flatten(x)  # (N, 9216)
        x = self.relu6(self.dense1(self.dropout1(x)))  # (N, 4096)
        x = self.relu7(self.dense2(self.dropout2(x)))
        logits: Tensor = self.output(x)  # (N, 1000)
        return logits
