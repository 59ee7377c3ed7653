"""How fast `nets` trains: against the script that people usually write, and against its own ceiling.

Every way trains the same network on the same images, an epoch of each by turns, so that whatever else the machine
does falls on all of them alike; ratios are taken within such a round. The epochs of the usual script and of the
trainer are those of whole runs, and at their end both networks are judged. Run it with `python -m benchmarks.nets`;
the part for a GPU runs at toy size where there is none.
"""

import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import torch

from benchmarks import bare, lending, nets_gpu, trainer
from benchmarks.figures import Figure, show
from benchmarks.usual import UsualScript
from nets import data
from nets.events import Event
from nets.metrics import score
from nets.specs import TrainSpec
from nets.trainer import train

SEEDS: Final = 3
EPOCHS: Final = 5
TRAINER_ROUNDS: Final = 9
STARTS: Final = 10
COLD_STARTS: Final = 3

USUAL_AIM: Final = 2.5
CEILING_AIM: Final = 0.92
DATA_AIM: Final = 10.0
EVENTS_AIM: Final = 0.98
ACCURACY_AIM: Final = 0.005
WARM_AIM_MS: Final = 150.0
COLD_AIM_MS: Final = 5000.0

# One pass over the training images; returns images per second.
Way = Callable[[], float]

# The network of lesson 11 on colour images; number format and layout are what this machine does best.
SPEC: Final = TrainSpec(
    arch="fourconv_bn",
    data="shapes",
    augment="standard",
    epochs=EPOCHS,
    batch_size=128,
    optimiser="adamw",
    learning_rate=1e-3,
    weight_decay=5e-4,
    schedule="cosine",
    precision="auto",
    layout="auto",
)


@dataclass(slots=True)
class Measured:
    """Images per second of every way, one number per round, and the accuracies of each pair of whole runs."""

    speeds: dict[str, list[float]] = field(default_factory=dict)
    accuracies: list[tuple[float, float]] = field(default_factory=list)
    on: str = ""

    def add(self, ways: Mapping[str, Way], *, is_counted: bool, is_reversed: bool) -> None:
        """Go each way once."""
        names = list(ways)[:: -1 if is_reversed else 1]
        for name in names:
            speed = ways[name]()
            if is_counted:
                self.speeds.setdefault(name, []).append(speed)


class Run:
    """One run of the trainer, an epoch at a time."""

    def __init__(self, spec: TrainSpec, *, probes: Path) -> None:
        self._events = train(spec, device="cpu", threads=torch.get_num_threads(), probes=probes)
        self.started = next(self._events)

    def train(self) -> float:
        """Train one epoch; returns images per second over its steps, as the trainer tells them."""
        return float(self._until("epoch")["images_per_second"])

    def accuracy(self) -> float:
        """Return the validation accuracy after the last epoch."""
        return float(self._until("finished")["summary"]["validation_accuracy"])

    def _until(self, kind: str) -> Event:
        return next(event for event in self._events if event["type"] == kind)


def measure(spec: TrainSpec = SPEC, *, probes: Path, seeds: int = SEEDS) -> Measured:
    """Train both to the end, seed by seed, with the other ways between; takes some minutes."""
    found, part = Measured(), lending.easy_shapes()
    for seed in range(seeds):
        one = replace(spec, seed=seed)
        with lending.lent(part), UsualScript(one, part=part) as usual:
            run, ceiling = Run(one, probes=probes), Ceiling(one, probes=probes)
            ways: dict[str, Way] = {
                "usual": usual.train,
                "trainer": run.train,
                "ceiling": ceiling.train,
                "usual data": usual.read,
                "our data": ceiling.read,
            }
            for epoch in range(spec.epochs):
                # What a first epoch makes ready is not counted.
                found.add(ways, is_counted=epoch > 0, is_reversed=epoch % 2 == 1)
            theirs = score(usual.model, part.validation, mean=part.mean, std=part.std).accuracy
            found.accuracies.append((theirs, run.accuracy()))
            found.on = "{dtype}, {layout}, {threads} threads".format_map(run.started)
    return found


class Ceiling:
    """The same network, number format and layout with batches made in advance and nothing measured."""

    def __init__(self, spec: TrainSpec, *, probes: Path) -> None:
        self._session = bare.begin(spec, probes=probes)
        self._batches = list(bare.batches(self._session))

    def train(self) -> float:
        """Train one epoch; returns images per second."""
        begun = time.perf_counter()
        bare.learn(self._session, self._batches)
        return len(self._session.data.train) / (time.perf_counter() - begun)

    def read(self) -> float:
        """Make the batches of one epoch and train nothing; returns images per second."""
        begun = time.perf_counter()
        for _batch in bare.batches(self._session):
            pass
        return len(self._session.data.train) / (time.perf_counter() - begun)


def warm_starts(spec: TrainSpec, *, probes: Path, count: int = STARTS) -> list[float]:
    """Return milliseconds from `train(spec)` to its first point, in a process that has trained before."""
    taken = []
    for _ in range(count + 1):
        begun = time.perf_counter()
        run = train(spec, device="cpu", threads=torch.get_num_threads(), probes=probes)
        next(event for event in run if event["type"] == "steps")
        taken.append((time.perf_counter() - begun) * 1000)
        run.close()
    return taken[1:]


def cold_starts(spec: TrainSpec, *, count: int = COLD_STARTS) -> list[float]:
    """Return milliseconds from `python -m nets train` to the first point that it prints, nothing probed before."""
    usual = TrainSpec().to_json()
    wish = {name: value for name, value in spec.to_json().items() if value != usual[name]}
    options = itertools.chain.from_iterable((f"--{name.replace('_', '-')}", str(value)) for name, value in wish.items())
    command = [sys.executable, "-m", "nets", "train", *options, "--device", "cpu"]
    command += ["--threads", str(torch.get_num_threads())]
    taken = []
    for _ in range(count):
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, "STRIDE_PROBES": str(Path(folder) / "probes.json")}
            begun = time.perf_counter()
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
                if not any('"type": "steps"' in line for line in process.stdout or ()):
                    raise RuntimeError(f"{' '.join(command)} ended without a step.")
                taken.append((time.perf_counter() - begun) * 1000)
                process.kill()
    return taken


def figures(spec: TrainSpec = SPEC, *, seeds: int = SEEDS) -> list[Figure]:
    """Measure everything on the CPU; takes some minutes on an otherwise idle machine."""
    threads = cores()
    torch.set_num_threads(threads)
    data.load(spec.data)
    with tempfile.TemporaryDirectory() as folder:
        # Probed in this very run: one made while something else ran could choose another number format.
        probes = Path(folder) / "probes.json"
        warm = warm_starts(spec, probes=probes)
        found = measure(spec, probes=probes, seeds=seeds)
        pairs = trainer.measure(replace(spec, epochs=1), rounds=TRAINER_ROUNDS, threads=threads, probes=probes)
    what = f"{spec.arch}, {spec.data}, {spec.augment}, batch {spec.batch_size}"
    speeds, seconds = found.speeds, cold_starts(spec)
    return [
        _ratio(f"Trainer ({found.on}) against the usual script: {what}", speeds["trainer"], speeds["usual"], USUAL_AIM),
        accuracy(found.accuracies, epochs=spec.epochs),
        _ratio("Trainer against its ceiling", speeds["trainer"], speeds["ceiling"], CEILING_AIM),
        _ratio("Data path alone against PIL and DataLoader", speeds["our data"], speeds["usual data"], DATA_AIM),
        trainer.figure(pairs, what="the same training", aim=EVENTS_AIM),
        _start("From train(spec) to the first step, warm process", warm, WARM_AIM_MS),
        _start("From `python -m nets` to the first step, cold, first on its machine", seconds, COLD_AIM_MS),
    ]


def accuracy(pairs: Sequence[tuple[float, float]], *, epochs: int) -> Figure:
    """Return the line that says whether speed was bought with accuracy: the means over the seeds, and their gap."""
    theirs, ours = (statistics.fmean(each) for each in zip(*pairs, strict=True))
    gaps = [100 * (mine - other) for other, mine in pairs]
    return Figure(
        f"Validation accuracy beside it, trainer and usual script (shapes of difficulty {lending.DIFFICULTY})",
        f"{ours:.4f} and {theirs:.4f}",
        f"by seed {', '.join(f'{gap:+.2f}' for gap in gaps)} points ({epochs} epochs, {lending.JUDGED:,} images)",
        f"within {100 * ACCURACY_AIM:g} point",
        abs(ours - theirs) <= ACCURACY_AIM,
    )


def _ratio(name: str, one: Sequence[float], other: Sequence[float], aim: float) -> Figure:
    """Return a line with the median of the ratios of the rounds."""
    ratios = [mine / theirs for mine, theirs in zip(one, other, strict=True)]
    low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive")
    value = f"{middle:.3g} ({statistics.median(one):,.0f} against {statistics.median(other):,.0f} images/s)"
    spread = f"quartiles {low:.3g} to {high:.3g} ({len(ratios)} rounds)"
    return Figure(name, value, spread, f"at least {aim:g}", middle >= aim)


def _start(name: str, taken: Sequence[float], aim: float) -> Figure:
    middle = statistics.median(taken)
    spread = f"min {min(taken):,.0f}, max {max(taken):,.0f} ({len(taken)})"
    return Figure(name, f"{middle:,.0f} ms", spread, f"under {aim:,.0f} ms", middle < aim)


def cores() -> int:
    """Return the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


if __name__ == "__main__":
    sys.stdout.write(show([*figures(), *nets_gpu.figures()]) + "\n")
