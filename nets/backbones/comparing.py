"""What the backbone is worth with few images: the same network borrowed and from scratch, over several seeds."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.optim import AdamW
from torch.optim.lr_scheduler import CosineAnnealingLR

from nets import backbones, changes
from nets.augment import light
from nets.changes import Statistic
from nets.data import Data, load
from nets.metrics import normalised, score
from nets.zoo.small_resnet import SmallResNet

PER_CLASS: Final = 10
SEEDS: Final = (0, 1, 2)
EPOCHS: Final = 60
BATCH_SIZE: Final = 20
# From scratch gets both rates and keeps what judges better: an advantage that the borrowed network does not get.
SCRATCH_RATES: Final = (0.001, 0.004)
HEAD_RATE: Final = 0.004
BODY_RATE: Final = 0.001


@dataclass(frozen=True, slots=True)
class Compared:
    """Accuracies of one seed, fractions from 0 to 1: features frozen, fine-tuned, and from scratch."""

    seed: int
    frozen: float
    tuned: float
    scratch: float


def compare(*, seeds: tuple[int, ...] = SEEDS, epochs: int = EPOCHS) -> Iterator[Compared]:
    """Train on PER_CLASS digits of each class, chosen by the seed, and judge on the 270 test digits."""
    data = load("digits")
    for seed in seeds:
        few = pick_few(data.train.labels, seed=seed)
        scratch = max(_from_scratch(data, few, seed=seed, epochs=epochs, rate=rate) for rate in SCRATCH_RATES)
        frozen = _borrowed(data, few, seed=seed, epochs=epochs, is_frozen=True)
        tuned = _borrowed(data, few, seed=seed, epochs=epochs, is_frozen=False)
        yield Compared(seed, frozen, tuned, scratch)


def margin(found: list[Compared]) -> float:
    """Return how many points of accuracy fine-tuning wins over from scratch in the mean, as a fraction."""
    return statistics.mean(one.tuned - one.scratch for one in found)


def pick_few(labels: Tensor, *, seed: int) -> Tensor:
    """Return the places of PER_CLASS images of each class."""
    dice = torch.Generator().manual_seed(seed)
    mixed = torch.randperm(len(labels), generator=dice)
    return torch.cat([mixed[labels[mixed] == label][:PER_CLASS] for label in range(10)])  # (100,)


def _from_scratch(data: Data, few: Tensor, *, seed: int, epochs: int, rate: float) -> float:
    torch.manual_seed(seed)
    model = SmallResNet(data.shape, classes=10)
    groups: list[dict[str, Any]] = [{"params": list(model.parameters()), "lr": rate}]
    return _accuracy(model, data, few, groups, epochs=epochs, mean=data.mean, std=data.std)


def _borrowed(data: Data, few: Tensor, *, seed: int, epochs: int, is_frozen: bool) -> float:
    torch.manual_seed(seed)
    borrowed = backbones.load(shape=data.shape, classes=10)
    model, head = borrowed.model, backbones.head_parameters(borrowed.model)
    body = [weight for name, weight in model.named_parameters() if not name.startswith(backbones.HEAD)]
    groups: list[dict[str, Any]] = [{"params": head, "lr": HEAD_RATE}]
    if is_frozen:
        for weight in body:
            weight.requires_grad_(False)
    else:
        groups.append({"params": body, "lr": BODY_RATE})
    return _accuracy(model, data, few, groups, epochs=epochs, mean=borrowed.mean, std=borrowed.std, is_frozen=is_frozen)


def _accuracy(
    model: SmallResNet,
    data: Data,
    few: Tensor,
    groups: Sequence[dict[str, Any]],
    *,
    epochs: int,
    mean: Statistic,
    std: Statistic,
    is_frozen: bool = False,
) -> float:
    """Train on the images numbered in `few`, with light augmentation, and return the accuracy on the test part."""
    optimiser = AdamW(groups, weight_decay=0.01, fused=True)
    scheduler = CosineAnnealingLR(optimiser, T_max=epochs * (len(few) // BATCH_SIZE))
    for _ in range(epochs):
        # Frozen features are those of the drawings: batch norm must keep their statistics.
        model.train(not is_frozen)
        for chosen in few[torch.randperm(len(few))].split(BATCH_SIZE):  # type: ignore[no-untyped-call]
            batch = light(changes.as_float(data.train.images[chosen]))  # (N, 1, 32, 32), from 0 to 1
            loss = F.cross_entropy(model(normalised(batch, mean=mean, std=std)), data.train.labels[chosen])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            scheduler.step()
    return score(model, data.test, mean=mean, std=std).accuracy
