"""A small network with every operation that a unit's formula must follow: for tests only."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Block(nn.Module):
    """Two convolutions and a shortcut: F(x) + x, with the ReLU as a function and the sum in place."""

    def __init__(self, before: int, after: int, *, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(after)
        self.relu1 = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(after, after, 3, padding=2, dilation=2, groups=2, bias=False)
        self.bn2 = nn.BatchNorm2d(after)
        self.shortcut = nn.Sequential()
        if stride != 1 or before != after:
            self.shortcut = nn.Sequential(nn.Conv2d(before, after, 1, stride=stride), nn.BatchNorm2d(after))

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn2(self.conv2(self.relu1(self.bn1(self.conv1(x)))))
        y += self.shortcut(x)
        return F.relu(y)


class ResidualNet(nn.Module):
    """Images (N, 3, 16, 16) to logits (N, 5), through odd strides, groups, dilation and all kinds of pooling."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 6, (3, 5), stride=(1, 2), padding=(0, 2))  # (N, 6, 14, 8)
        self.act = nn.Hardswish()
        self.pool1 = nn.MaxPool2d(3, stride=1, padding=1)  # (N, 6, 14, 8)
        self.block1 = Block(6, 6, stride=1)
        self.block2 = Block(6, 8, stride=2)  # (N, 8, 7, 4)
        self.pool2 = nn.AvgPool2d(3, stride=2, padding=1, ceil_mode=True)  # (N, 8, 4, 3)
        self.depthwise = nn.Conv2d(8, 16, (3, 2), groups=8, dilation=(2, 1), padding="same")
        self.leaky = nn.LeakyReLU(0.1)
        self.pool3 = nn.AdaptiveAvgPool2d((3, 2))  # (N, 16, 3, 2)
        self.drop = nn.Dropout(0.5)
        self.flatten = nn.Flatten()
        self.dense = nn.Linear(96, 12)
        self.bn = nn.BatchNorm1d(12)
        self.output = nn.Linear(12, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.block2(self.block1(self.pool1(self.act(self.stem(x)))))
        x = self.pool3(self.leaky(self.depthwise(self.pool2(x))))
        logits: Tensor = self.output(torch.relu(self.bn(self.dense(self.flatten(self.drop(x))))))
        return logits


def lived_in(model: nn.Module) -> nn.Module:
    """Give every batch norm a past and a scale of its own, as training does: fresh ones change next to nothing."""
    dice = torch.Generator().manual_seed(5)
    for layer in model.modules():
        if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
            for weight, low in ((layer.running_mean, -0.5), (layer.running_var, 0.5), (layer.weight, 0.5)):
                assert isinstance(weight, Tensor)
                weight.data.copy_(torch.rand(weight.shape, generator=dice) + low)
            layer.bias.data.copy_(torch.rand(layer.bias.shape, generator=dice) - 0.5)
    return model
