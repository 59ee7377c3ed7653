"""The training loop as one would write it by hand, telling nobody: what the trainer is measured against.

It computes as a session does that was resolved on this machine: the same number format, layout and threads.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.optim.lr_scheduler import CosineAnnealingLR, LRScheduler

from nets import recipes
from nets.augment import Pipeline
from nets.batches import cuts, steps_per_epoch
from nets.machine import resolve
from nets.session import Session
from nets.specs import TrainSpec

# Inputs (N, C, H, W) float32 as the network takes them, and labels (N,) or shares of classes (N, classes).
Batch = tuple[Tensor, Tensor]


def begin(spec: TrainSpec, *, probes: Path | None = None) -> Session:
    """Make network, optimiser and data on the CPU, on as many threads as are set."""
    machine = resolve(spec, device="cpu", threads=torch.get_num_threads(), probes=probes)
    return Session.begin(spec, device=torch.device("cpu"), machine=machine)


def batches(session: Session) -> Iterator[Batch]:
    """Yield the changed and normalised batches of one epoch, in the order of the session."""
    part = session.data
    change = Pipeline(recipes.parse(session.spec.augment), classes=len(part.classes))
    places = cuts(len(session.sequence), batch_size=session.spec.batch_size)
    for chosen in session.sequence.tensor_split(tuple(places)):
        images, targets = change(part.train.images[chosen], part.train.labels[chosen], part.mean, part.std)
        yield images.contiguous(memory_format=session.machine.memory_format), targets


def scheduler(session: Session) -> LRScheduler | None:
    """Return torch's own schedule for a spec that asks for a cosine, None for a constant rate."""
    steps = steps_per_epoch(len(session.data.train), batch_size=session.spec.batch_size)
    if session.spec.schedule == "cosine":
        return CosineAnnealingLR(session.optimiser, T_max=session.spec.epochs * steps)
    return None


def learn(session: Session, given: Iterable[Batch], *, schedule: LRScheduler | None = None) -> None:
    """Make one step for each batch."""
    for images, targets in given:
        with session.machine.autocast():
            loss = F.cross_entropy(session.model(images), targets)
        session.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        session.optimiser.step()
        if schedule is not None:
            schedule.step()
