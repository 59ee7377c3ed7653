"""Train the backbone on the drawn set and write its weights: `python -m nets backbone`."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.optim import AdamW
from torch.optim.lr_scheduler import OneCycleLR

from nets import checkpoints
from nets.backbones import drawn
from nets.data import order
from nets.metrics import normalised
from nets.zoo.small_resnet import SmallResNet


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How the committed weights were made; `each` is pictures per class, `held_out` of them are never trained on."""

    each: int = 130
    held_out: int = 10
    epochs: int = 8
    batch_size: int = 128
    learning_rate: float = 0.004
    weight_decay: float = 0.01
    smoothing: float = 0.1
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Epoch:
    """What one epoch came to: mean training loss in nats, accuracy on the held-out drawings, seconds so far."""

    epoch: int
    loss: float
    accuracy: float
    seconds: float


def fit(recipe: Recipe, *, to: Path) -> Iterator[Epoch]:
    """Draw, train and write the weights to `to`, telling every epoch; takes minutes on one core.

    The file's header holds the pixels' mean and std, the classes and the recipe.
    """
    begun = time.perf_counter()
    torch.manual_seed(recipe.seed)
    pixels, names = drawn.draw(recipe.each, seed=recipe.seed)
    images, labels = torch.from_numpy(pixels), torch.from_numpy(names)
    is_held_out = torch.arange(len(labels)) % recipe.each < recipe.held_out
    train, rest = (images[~is_held_out], labels[~is_held_out]), (images[is_held_out], labels[is_held_out])
    mean, std = _statistics(train[0])
    model = SmallResNet(drawn.SHAPE, len(drawn.classes())).to(memory_format=torch.channels_last)
    seen = Epoch(0, 0.0, 0.0, 0.0)
    for number, loss in enumerate(_epochs(model, train, recipe=recipe, mean=mean, std=std), start=1):
        accuracy = _accuracy(model, rest, mean=mean, std=std)
        seen = Epoch(number, loss, accuracy, time.perf_counter() - begun)
        yield seen
    about = {"mean": mean, "std": std, "accuracy": seen.accuracy, "classes": len(drawn.classes())}
    about |= {name: getattr(recipe, name) for name in recipe.__slots__}
    to.parent.mkdir(parents=True, exist_ok=True)
    checkpoints.save_weights(model, to, about={name: str(value) for name, value in about.items()})


def _epochs(
    model: SmallResNet, train: tuple[Tensor, Tensor], *, recipe: Recipe, mean: float, std: float
) -> Iterator[float]:
    """Train epoch by epoch; yields the mean loss of each."""
    images, labels = train
    optimiser = AdamW(model.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay, fused=True)
    steps = recipe.epochs * -(-len(labels) // recipe.batch_size)
    scheduler = OneCycleLR(optimiser, max_lr=recipe.learning_rate, total_steps=steps)
    for epoch in range(1, recipe.epochs + 1):
        model.train()
        total = torch.zeros(())
        for chosen in order(len(labels), seed=recipe.seed, epoch=epoch).split(recipe.batch_size):  # type: ignore[no-untyped-call]
            batch = normalised(_moved(images[chosen]), mean=mean, std=std)  # (N, 3, 32, 32)
            loss = F.cross_entropy(model(batch), labels[chosen], label_smoothing=recipe.smoothing)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            scheduler.step()
            total += loss.detach() * len(chosen)
        yield total.item() / len(labels)


def _moved(images: Tensor) -> Tensor:
    """Move a batch (N, 3, 32, 32) uint8 by up to three pixels each way: the set itself brings the other changes."""
    padded = F.pad(images, (3, 3, 3, 3), mode="replicate")  # (N, 3, 38, 38)
    down, right = torch.randint(0, 7, (2,)).tolist()
    return padded[:, :, down : down + drawn.SIDE, right : right + drawn.SIDE]


@torch.no_grad()
def _accuracy(model: SmallResNet, part: tuple[Tensor, Tensor], *, mean: float, std: float) -> float:
    """Return the share of drawings, never trained on, that the network names rightly."""
    model.eval()
    images, labels = part
    hits = [
        (model(normalised(some, mean=mean, std=std)).argmax(dim=1) == names).sum().item()
        for some, names in zip(images.split(512), labels.split(512), strict=True)  # type: ignore[no-untyped-call]
    ]
    return float(sum(hits)) / len(labels)


def _statistics(images: Tensor) -> tuple[float, float]:
    """Return mean and standard deviation of the pixels divided by 255."""
    pixels = images.float() / 255
    return round(pixels.mean().item(), 4), round(pixels.std().item(), 4)
