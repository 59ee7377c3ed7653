"""Record the curves on which the rules of `nets.diagnosis` are tested: python -m tests.nets.record_curves [NAME ...]

Every curve is a real run on digits, of nets.trainer where a spec can ask for it, else of a plain loop. Two cores
take some three minutes for all of them. Each file holds the run's events, rounded, less what the rules do not read.
"""

import dataclasses
import json
import logging
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import nn

from nets import events
from nets.data import load, order
from nets.events import Event
from nets.metrics import normalised, score
from nets.specs import TrainSpec
from nets.trainer import train

FOLDER: Final = Path(__file__).parent / "curves"
PLAIN: Final = TrainSpec(epochs=15, batch_size=64, augment="none", schedule="constant")


def _with(spec: TrainSpec = PLAIN, **changes: object) -> TrainSpec:
    return dataclasses.replace(spec, **changes)  # type: ignore[arg-type]


SPECS: Final[dict[str, TrainSpec]] = {
    # Runs that do it.
    "diverged": _with(optimiser="sgd", learning_rate=10.0, batch_size=128, epochs=5),
    "rate_high_thrown": _with(learning_rate=0.1, epochs=8),
    "rate_high_stuck": _with(optimiser="sgd", learning_rate=0.3, epochs=8),
    "rate_high_relapse": _with(optimiser="sgd", learning_rate=0.08),
    "rate_low": _with(learning_rate=1e-5, epochs=12),
    "rate_low_sgd": _with(optimiser="sgd", learning_rate=1e-3, epochs=12),
    "plateau": _with(weight_decay=0.1, epochs=12),
    "overfit": _with(epochs=35),
    "overfit_cosine": _with(epochs=40, schedule="cosine"),
    # Runs that look like it for a while, and are well.
    "well": _with(),
    "well_sgd": _with(optimiser="sgd", learning_rate=0.02),
    "well_light": _with(schedule="cosine", augment="light"),
    "slow_start": _with(optimiser="sgd", learning_rate=0.004),
    "slow_and_steady": _with(learning_rate=2e-4),
    "noisy_validation": _with(arch="threeblock", learning_rate=0.001, epochs=18),
    "decayed_and_slow": _with(optimiser="sgd", learning_rate=0.02, weight_decay=0.1),
    "levelled_low": _with(weight_decay=0.02),
    "levelled_restless": _with(optimiser="sgd", learning_rate=0.05, weight_decay=0.05, epochs=12),
    "smoothed": _with(label_smoothing=0.3),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Normed:
    """A run of the plain loop: a network with batch norm, with dropout in its place, or with both, on 600 images."""

    batch_size: int
    is_dense_normed: bool
    dropout: float = 0.0
    epochs: int = 5
    learning_rate: float = 0.001

    @property
    def has_batch_norm(self) -> bool:
        """Say whether the network has any; dropout alone takes the place of all of it."""
        return self.is_dense_normed or not self.dropout


# A convolution's batch norm averages over the map as well: two images are enough. A dense layer's does not.
NORMED: Final[dict[str, Normed]] = {
    "norm_batch_2": Normed(2, is_dense_normed=True),
    "norm_batch_8": Normed(8, is_dense_normed=True),
    "norm_batch_32": Normed(32, is_dense_normed=True),
    "norm_maps_batch_2": Normed(2, is_dense_normed=False),
    "dropout_batch_2": Normed(2, is_dense_normed=False, dropout=0.5),
    # In training the loss is much worse, but not the accuracy; the other way round; both are, by dropout.
    "norm_batch_4": Normed(4, is_dense_normed=True),
    "norm_slow_batch_8": Normed(8, is_dense_normed=True, learning_rate=1e-5),
    "norm_dropout_batch_16": Normed(16, is_dense_normed=True, dropout=0.8),
}


def network(run: Normed) -> nn.Module:
    """Return a small network for 1x32x32 with the norms that `run` asks for."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1, bias=False),  # (N, 16, 32, 32)
        nn.BatchNorm2d(16) if run.has_batch_norm else nn.Identity(),
        nn.ReLU(),
        nn.MaxPool2d(2),  # (N, 16, 16, 16)
        nn.Conv2d(16, 32, 3, padding=1, bias=False),  # (N, 32, 16, 16)
        nn.BatchNorm2d(32) if run.has_batch_norm else nn.Identity(),
        nn.ReLU(),
        nn.MaxPool2d(2),  # (N, 32, 8, 8)
        nn.Flatten(),  # (N, 2048)
        nn.Linear(2048, 64),
        nn.BatchNorm1d(64) if run.is_dense_normed else nn.Identity(),
        nn.ReLU(),
        nn.Dropout(run.dropout),
        nn.Linear(64, 10),
    )


def walk(run: Normed) -> list[Event]:
    """Train with Adam and return the events of steps, epochs and the end."""
    torch.manual_seed(0)
    data, model, told, step = load("digits"), network(run).train(), list[Event](), 0
    optimiser = torch.optim.Adam(model.parameters(), lr=run.learning_rate)
    for epoch in range(1, run.epochs + 1):
        sums = [0.0, 0.0]
        for chosen in torch.split(order(600, seed=0, epoch=epoch), run.batch_size):
            images = normalised(data.train.images[chosen], mean=data.mean, std=data.std)
            labels = data.train.labels[chosen]
            logits = model(images)  # (N, 10)
            loss = F.cross_entropy(logits, labels)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            step += 1
            right = float((logits.argmax(dim=1) == labels).double().mean())
            sums = [total + value * len(labels) for total, value in zip(sums, (loss.item(), right), strict=True)]
            told.append(events.steps(step=[step], loss=[loss.item()], metric=[right], lr=[run.learning_rate]))
        judged = score(model, data.validation, mean=data.mean, std=data.std)
        told.append(_epoch(epoch, step, (sums[0] / 600, sums[1] / 600), (judged.loss, judged.accuracy)))
    return [*told, events.finished(reason="completed", summary={})]


def _epoch(number: int, step: int, train: tuple[float, float], validation: tuple[float, float]) -> Event:
    return events.epoch(
        epoch=number,
        step=step,
        train_loss=train[0],
        train_metric=train[1],
        validation_loss=validation[0],
        validation_metric=validation[1],
        seconds=0.0,
        images_per_second=0.0,
    )


def record(name: str, *, epochs: int | None = None) -> list[Event]:
    """Make the run `name` now, or its first `epochs`, and return its events, all of them."""
    changes: dict[str, Any] = {} if epochs is None else {"epochs": epochs}
    if name in NORMED:
        return walk(dataclasses.replace(NORMED[name], **changes))
    return list(train(_with(SPECS[name], **changes), device="cpu", threads=1))


def trimmed(told: Iterable[Event]) -> list[Event]:
    """Return the events that the rules read, one event for the steps of each epoch, floats to five digits."""
    kept: list[Event] = []
    pending: list[Event] = []
    for event in told:
        if event["type"] == "steps":
            pending.append(event)
            continue
        if pending:
            columns = events.columns(pending)
            kept.append({"type": "steps", **{name: _rounded(columns[name]) for name in ("step", "loss", "lr")}})
            kept[-1]["metric"] = [0.0] * len(columns["step"])
            pending = []
        if event["type"] in ("epoch", "diverged", "finished"):
            times = ("seconds", "images_per_second", "summary")
            kept.append({key: _rounded(value) for key, value in event.items() if key not in times})
    return kept


def _rounded(value: object) -> object:
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value


def main(names: list[str]) -> None:
    """Write the files of `names`, of all runs when there are none."""
    FOLDER.mkdir(exist_ok=True)
    for name in names or [*SPECS, *NORMED]:
        text = json.dumps(trimmed(record(name)), separators=(",", ":"), allow_nan=False)
        (FOLDER / f"{name}.json").write_text(text.replace('{"type"', '\n{"type"') + "\n")
        logging.getLogger(__name__).info("%s: %s bytes", name, f"{len(text):,}")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main(sys.argv[1:])
