"""How good a network is on a split: loss and accuracy, as means over images."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nets import changes
from nets.changes import Statistic
from nets.data import Split

AT_ONCE = 512


class Score(NamedTuple):
    """`loss` is the mean cross-entropy in nats, `accuracy` a fraction from 0 to 1."""

    loss: float
    accuracy: float


def normalised(images: Tensor, *, mean: Statistic, std: Statistic) -> Tensor:
    """Turn uint8 images (N, C, H, W) into the float32 values that a network takes."""
    return changes.normalise(images, mean=mean, std=std)


@torch.no_grad()
def score(model: nn.Module, split: Split, *, mean: Statistic, std: Statistic) -> Score:
    """Judge `model` on every image of `split`; leaves it in the mode, train or eval, in which it was."""
    was_training = model.training
    model.eval()
    loss = correct = torch.zeros((), device=split.images.device)
    for start in range(0, len(split), AT_ONCE):
        images, labels = split.images[start : start + AT_ONCE], split.labels[start : start + AT_ONCE]
        logits = model(normalised(images, mean=mean, std=std))  # (N, classes)
        loss = loss + F.cross_entropy(logits, labels, reduction="sum")
        correct = correct + (logits.argmax(dim=1) == labels).sum()
    model.train(was_training)
    return Score(loss.item() / len(split), correct.item() / len(split))
