"""How good a network is: loss and accuracy on a split, and what a table of confusions says about each class."""

from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nets import changes
from nets.changes import Statistic
from nets.data import Split
from nets.modes import judged

AT_ONCE = 512


class Score(NamedTuple):
    """`loss` is the mean cross-entropy in nats, `accuracy` a fraction from 0 to 1."""

    loss: float
    accuracy: float


class ClassScore(NamedTuple):
    """How one class fares, as fractions from 0 to 1; `support` counts its images.

    `precision` is the share of rightly named images among those that were given this name, `recall` among those
    that bear it, `f1` their harmonic mean. Where nothing is to be divided by, 0.
    """

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class Report:
    """Every class's score in order, and their plain means: every class counts alike, however rare it is."""

    classes: tuple[ClassScore, ...]
    accuracy: float
    macro_precision: float
    macro_recall: float
    macro_f1: float


def normalised(images: Tensor, *, mean: Statistic, std: Statistic) -> Tensor:
    """Turn images (N, C, H, W), uint8 or float32 from 0 to 1, into the float32 values that a network takes."""
    return changes.normalise(images, mean=mean, std=std)


@torch.no_grad()
def score(model: nn.Module, split: Split, *, mean: Statistic, std: Statistic) -> Score:
    """Judge `model` on every image of `split`; every layer keeps the mode, train or eval, in which it was."""
    loss = correct = torch.zeros((), device=split.images.device)
    with judged(model):
        for start in range(0, len(split), AT_ONCE):
            images, labels = split.images[start : start + AT_ONCE], split.labels[start : start + AT_ONCE]
            logits = model(normalised(images, mean=mean, std=std))  # (N, classes)
            loss = loss + F.cross_entropy(logits, labels, reduction="sum")
            correct = correct + (logits.argmax(dim=1) == labels).sum()
    return Score(loss.item() / len(split), correct.item() / len(split))


def confusion(predictions: Tensor, labels: Tensor, *, classes: int) -> Tensor:
    """Count who was taken for whom: (classes, classes) int64, a row per true class, a column per given name.

    `predictions` and `labels` are class indices (N,) int64. Raises ValueError when their shapes differ, or when
    an index is outside 0 to `classes` - 1.
    """
    if predictions.shape != labels.shape:
        raise ValueError(
            f"There must be one prediction per label; {tuple(predictions.shape)} and {tuple(labels.shape)} were given."
        )
    both = torch.cat([predictions, labels])
    lowest, highest = (int(both.min()), int(both.max())) if len(both) else (0, 0)
    if lowest < 0 or highest >= classes:
        given = f"{lowest} to {highest}"
        raise ValueError(f"Class indices must be from 0 to {classes - 1}; {given} were given.")
    return torch.bincount(labels * classes + predictions, minlength=classes * classes).reshape(classes, classes)


def report(counts: Tensor) -> Report:
    """Read precision, recall and F1 of each class, and their means, out of `confusion` counts (classes, classes)."""
    counts = counts.double()
    right, named, borne = counts.diagonal(), counts.sum(dim=0), counts.sum(dim=1)  # each (classes,)
    precision, recall = _share(right, named), _share(right, borne)
    f1 = _share(2 * right, named + borne)
    rows = torch.stack([precision, recall, f1, borne], dim=1).tolist()
    return Report(
        classes=tuple(ClassScore(p, r, f, int(support)) for p, r, f, support in rows),
        accuracy=float(_share(right.sum(), counts.sum())),
        macro_precision=float(precision.mean()),
        macro_recall=float(recall.mean()),
        macro_f1=float(f1.mean()),
    )


def top_accuracy(logits: Tensor, labels: Tensor, *, k: int = 5) -> float:
    """Return the share of images whose label is among the `k` highest logits (N, classes), from 0 to 1.

    With fewer classes than `k` every label is. Raises ValueError for no images at all or a `k` under 1.
    """
    if not len(labels) or k < 1:
        raise ValueError(f"There must be an image and a place to look at; {len(labels)} and {k} were given.")
    highest = logits.topk(min(k, logits.shape[1]), dim=1).indices  # (N, k)
    return float((highest == labels[:, None]).any(dim=1).double().mean())


def _share(part: Tensor, whole: Tensor) -> Tensor:
    """Divide, with 0 where there is nothing to divide by."""
    return torch.where(whole > 0, part / whole.clamp_min(1), 0.0)
