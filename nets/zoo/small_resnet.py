"""The course's small residual network: the body that learners borrow for transfer learning."""

from torch import Tensor, nn


class Block(nn.Module):
    """The basic block of He, Zhang, Ren and Sun 2015, Deep residual learning (arXiv:1512.03385), fig. 2.

    Two 3x3 convolutions learn what to add to their input. Where the shape changes, a 1x1 convolution brings
    the input into the new shape (option B of their section 3.3); everywhere else it passes untouched.
    """

    def __init__(self, wide_in: int, wide_out: int, *, stride: int = 1) -> None:
        super().__init__()
        # Batch norm adds its own shift right after, so a bias before it would do nothing.
        self.conv1 = nn.Conv2d(wide_in, wide_out, kernel_size=3, stride=stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(wide_out)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(wide_out, wide_out, kernel_size=3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(wide_out)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or wide_in != wide_out:
            self.shortcut = nn.Sequential(
                nn.Conv2d(wide_in, wide_out, kernel_size=1, stride=stride, bias=False), nn.BatchNorm2d(wide_out)
            )
        self.relu2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """Turn maps (N, C, H, W) into (N, D, h, w): as many as before, or twice as many of half the size."""
        change = self.relu1(self.norm1(self.conv1(x)))  # (N, C, H, W) -> (N, D, h, w)
        change = self.norm2(self.conv2(change))
        total: Tensor = self.relu2(self.shortcut(x) + change)  # (N, D, h, w)
        return total


class SmallResNet(nn.Module):
    """Three residual blocks of 32, 64 and 128 channels after He et al. 2015, at a size that one core trains.

    Changed from the paper's networks: one block a stage, and pooling right after the first convolution, so that
    most of the work is done at 16x16 and below. `features` is the part that is kept when a new head is put on.
    Weights start as torch starts them: evenly spread, to one over the root of the number of inputs at most.
    """

    def __init__(self, shape: tuple[int, int, int] = (3, 32, 32), classes: int = 10) -> None:
        super().__init__()
        self.stem = nn.Conv2d(shape[0], 32, kernel_size=3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(32)
        self.relu = nn.ReLU()
        self.pool = nn.MaxPool2d(2)
        self.block1 = Block(32, 32)
        self.block2 = Block(32, 64, stride=2)
        self.block3 = Block(64, 128, stride=2)
        # An average over all places makes 128 numbers of a picture of any size.
        self.average = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.output = nn.Linear(128, classes)

    def features(self, x: Tensor) -> Tensor:
        """Turn normalised images (N, C, H, W) float32 into features (N, 128); shapes below are for 3x32x32."""
        x = self.relu(self.norm(self.stem(x)))  # (N, 3, 32, 32) -> (N, 32, 32, 32)
        x = self.pool(x)  # (N, 32, 16, 16)
        x = self.block1(x)  # (N, 32, 16, 16)
        x = self.block2(x)  # (N, 64, 8, 8)
        x = self.block3(x)  # (N, 128, 4, 4)
        found: Tensor = self.flatten(self.average(x))  # (N, 128)
        return found

    def forward(self, x: Tensor) -> Tensor:
        """Turn normalised images (N, C, H, W) float32 into logits (N, classes)."""
        logits: Tensor = self.output(self.features(x))  # (N, classes)
        return logits
