"""Images per second of the trainer against the same loop written bare: what do events and checkpoints cost?

Both train the first-run default on one thread, in turns, from the first step to the end of the last epoch,
validation included. The trainer tells its events to a reader that drops them and writes its checkpoints.
"""

import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch.optim.lr_scheduler import CosineAnnealingLR

from nets import data
from nets.augment import light
from nets.metrics import score
from nets.session import Session
from nets.specs import TrainSpec
from nets.trainer import train

ROUNDS = 9
SPEC = replace(TrainSpec(), epochs=12)


def measure(*, rounds: int = ROUNDS, spec: TrainSpec = SPEC) -> dict[str, Any]:
    """Return the median ratio of the trainer's speed to the bare loop's, with its quartiles and both speeds.

    The ratio of each round compares two runs made one right after the other, so that a busy machine slows
    both; speeds are images per second.
    """
    torch.set_num_threads(1)
    data.warm()
    bare_loop(replace(spec, epochs=1))
    pairs = [_pair(spec, bare_first=number % 2 == 0) for number in range(rounds)]
    ratios = [trained / bare for bare, trained in pairs]
    low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive")
    return {
        "ratio": middle,
        "ratio_quartiles": [low, high],
        "bare_images_per_second": statistics.median(bare for bare, _ in pairs),
        "trainer_images_per_second": statistics.median(trained for _, trained in pairs),
        "rounds": rounds,
        "arch": spec.arch,
        "batch_size": spec.batch_size,
    }


def _pair(spec: TrainSpec, *, bare_first: bool) -> tuple[float, float]:
    """Run both loops once and return their speeds, bare first."""
    if bare_first:
        bare = bare_loop(spec)
        return bare, trainer_loop(spec)
    trained = trainer_loop(spec)
    return bare_loop(spec), trained


def bare_loop(spec: TrainSpec) -> float:
    """Train as one would by hand, telling nobody; returns images per second."""
    session = Session.begin(spec, device=torch.device("cpu"))
    model, optimiser, part = session.model, session.optimiser, session.data
    scheduler = CosineAnnealingLR(optimiser, T_max=spec.epochs * -(-len(part.train) // spec.batch_size))
    mean, std = torch.tensor(part.mean), torch.tensor(part.std)
    begun = time.perf_counter()
    for epoch in range(1, spec.epochs + 1):
        for chosen in data.order(len(part.train), seed=spec.seed, epoch=epoch).split(spec.batch_size):  # type: ignore[no-untyped-call]
            images = part.train.images[chosen].float() / 255
            if spec.augment == "light":
                images = light(images)
            loss = F.cross_entropy(model((images - mean) / std), part.train.labels[chosen])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            scheduler.step()
        score(model, part.validation, mean=part.mean, std=part.std)
    return spec.epochs * len(part.train) / (time.perf_counter() - begun)


def trainer_loop(spec: TrainSpec) -> float:
    """Train with the course's trainer, events read and checkpoints written; returns images per second."""
    images = len(data.load(spec.data).train)
    with tempfile.TemporaryDirectory() as folder:
        run = train(spec, device="cpu", threads=1, checkpoint_to=Path(folder))
        next(run)
        begun = ended = time.perf_counter()
        for event in run:
            if event["type"] == "epoch":
                ended = time.perf_counter()
    return spec.epochs * images / (ended - begun)


def main() -> int:
    """Print the ratio as one line of text."""
    found = measure()
    low, high = found["ratio_quartiles"]
    sys.stdout.write(
        f"trainer / bare loop: {found['ratio']:.3f} (quartiles {low:.3f} to {high:.3f}, {found['rounds']} rounds); "
        f"{found['trainer_images_per_second']:,.0f} and {found['bare_images_per_second']:,.0f} images/s, "
        f"{found['arch']}, batch {found['batch_size']}, one thread\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
