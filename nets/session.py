"""Everything that a run holds between two steps, how one step is made, and how all of it is saved and restored."""

import os
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import SGD, Adam, AdamW, Optimizer
from torch.optim.lr_scheduler import ConstantLR, CosineAnnealingLR, LRScheduler

from nets import augment
from nets.catalog import DATASETS
from nets.changes import normalise
from nets.checkpoints import CheckpointError
from nets.data import Data, load, order
from nets.metrics import Score, score
from nets.specs import TrainSpec
from nets.zoo import build

FORMAT = 1


class Point(NamedTuple):
    """One step as it happened; what is a tensor stays on the device until somebody must read it.

    `loss` is a scalar, `logits` (N, classes), `labels` (N,); counting the right ones is left to the reader, who
    does it for many steps at once.
    """

    step: int
    loss: Tensor
    logits: Tensor
    labels: Tensor
    rate: float


@dataclass(slots=True)
class Session:
    """A network in training. `epochs` and `step` count what is done, `place` the images shown in this epoch.

    `loss_sum` and `correct_sum` are over the images of this epoch that were read back with `note`.
    """

    spec: TrainSpec
    data: Data
    model: nn.Module
    optimiser: Optimizer
    scheduler: LRScheduler
    epochs: int = 0
    step: int = 0
    place: int = 0
    loss_sum: float = 0.0
    correct_sum: int = 0
    best: dict[str, float] = field(default_factory=dict)
    sequence: Tensor = field(default_factory=lambda: torch.empty(0, dtype=torch.long))

    @classmethod
    def begin(cls, spec: TrainSpec, *, device: torch.device) -> "Session":
        """Make the network, its optimiser and its data; all chance from here on comes from the spec's seed.

        torch has one generator per process, so a process trains one network at a time.
        """
        data = load(spec.data, device=str(device))
        torch.manual_seed(spec.seed)
        model = build(spec.arch, shape=data.shape, classes=len(DATASETS[spec.data].classes)).to(device).train()
        optimiser = _optimiser(model, spec=spec)
        steps = spec.epochs * steps_per_epoch(len(data.train), batch_size=spec.batch_size)
        session = cls(spec, data, model, optimiser, _scheduler(optimiser, spec=spec, steps=steps))
        session._shuffle()
        return session

    @property
    def is_done(self) -> bool:
        """Say whether every epoch of the spec is done."""
        return self.epochs >= self.spec.epochs

    @property
    def is_epoch_done(self) -> bool:
        """Say whether every training image was shown in this epoch."""
        return self.place >= len(self.data.train)

    def advance(self) -> Point:
        """Make one step on the next batch, without waiting for the device."""
        chosen = self.sequence[self.place : self.place + self.spec.batch_size]
        images, labels = self.data.train.images[chosen], self.data.train.labels[chosen]
        images = images.float() / 255  # (N, C, H, W), from 0 to 1
        if self.spec.augment == "light":
            images = augment.light(images)
        logits = self.model(normalise(images, mean=self.data.mean, std=self.data.std))  # (N, classes)
        loss = F.cross_entropy(logits, labels)
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()
        rate = float(self.scheduler.get_last_lr()[0])
        self.scheduler.step()
        self.step += 1
        self.place += len(labels)
        return Point(self.step, loss.detach(), logits.detach(), labels, rate)

    def note(self, *, loss: float, correct: int, size: int) -> None:
        """Add one step, as read back from the device, to the epoch's sums, weighted by its images."""
        self.loss_sum += loss * size
        self.correct_sum += correct

    def judge(self, split: str) -> Score:
        """Judge the network on "validation" or "test"; a better validation than ever before is remembered."""
        part = self.data.validation if split == "validation" else self.data.test
        result = score(self.model, part, mean=self.data.mean, std=self.data.std)
        if split == "validation" and result.accuracy > self.best.get("accuracy", -1.0):
            self.best = {"accuracy": result.accuracy, "epoch": self.epochs + 1}
        return result

    def turn(self) -> None:
        """Count this epoch as done and begin the next."""
        self.epochs += 1
        self.place, self.loss_sum, self.correct_sum = 0, 0.0, 0
        self._shuffle()

    def state(self) -> dict[str, Any]:
        """Return all that an exact resume needs, and all that a predictor needs, as tensors and plain values."""
        return {
            "format": FORMAT,
            "spec": self.spec.to_json(),
            "spec_digest": self.spec.digest(),
            "mean": self.data.mean,
            "std": self.data.std,
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "scheduler": self.scheduler.state_dict(),
            "counts": {name: getattr(self, name) for name in _COUNTS},
            "best": dict(self.best),
            "chance": {"cpu": torch.get_rng_state(), "cuda": torch.cuda.get_rng_state_all() if _has_cuda() else []},
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a saved state; raises CheckpointError when it belongs to another spec or format."""
        if state.get("format") != FORMAT or state.get("spec_digest") != self.spec.digest():
            raise CheckpointError("This checkpoint belongs to another run: its spec differs.")
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.scheduler.load_state_dict(state["scheduler"])
        for name in _COUNTS:
            setattr(self, name, state["counts"][name])
        self.best = dict(state["best"])
        self._shuffle()
        torch.set_rng_state(state["chance"]["cpu"].cpu())
        if _has_cuda():
            torch.cuda.set_rng_state_all([part.cpu() for part in state["chance"]["cuda"]])

    def _shuffle(self) -> None:
        count = len(self.data.train)
        self.sequence = order(count, seed=self.spec.seed, epoch=self.epochs + 1).to(self.data.train.labels.device)


_COUNTS = ("epochs", "step", "place", "loss_sum", "correct_sum")


def steps_per_epoch(images: int, *, batch_size: int) -> int:
    """Return how many batches show all images once; the last one may be smaller."""
    return -(-images // batch_size)


def usual_threads() -> int:
    """Return the cores that this process may use, less one for the web: two spinning pools halve each other."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores - 1)


def _has_cuda() -> bool:
    return torch.cuda.is_available() and torch.cuda.is_initialized()  # type: ignore[no-untyped-call]


def _optimiser(model: nn.Module, *, spec: TrainSpec) -> Optimizer:
    """Make the optimiser; fused means that one pass over the weights does the whole update."""
    weights, rate, decay = model.parameters(), spec.learning_rate, spec.weight_decay
    if spec.optimiser == "sgd":
        return SGD(weights, lr=rate, momentum=spec.momentum, weight_decay=decay, fused=True)
    kind = Adam if spec.optimiser == "adam" else AdamW
    return kind(weights, lr=rate, weight_decay=decay, fused=True)


def _scheduler(optimiser: Optimizer, *, spec: TrainSpec, steps: int) -> LRScheduler:
    if spec.schedule == "cosine":
        return CosineAnnealingLR(optimiser, T_max=steps)
    return ConstantLR(optimiser, factor=1.0)
