"""How fast `nets` trains on a GPU; where there is none, the same code at toy size, which only shows that it runs.

The images are random ones of the form of CIFAR-10's, as many as it has: nothing is downloaded, and no speed depends
on what an image shows. Run it with `python -m benchmarks.nets_gpu`.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import torch

from benchmarks import lending
from benchmarks.figures import Figure, show
from nets.data import Data
from nets.machine import best_device
from nets.specs import TrainSpec
from nets.trainer import train


@dataclass(frozen=True, slots=True)
class Size:
    """How much is trained: images by split, the largest batch, how often each case is timed, runs at once."""

    train: int
    judged: int
    batch: int
    rounds: int
    at_once: int


FULL: Final = Size(train=50_000, judged=5_000, batch=512, rounds=3, at_once=8)
TOY: Final = Size(train=32, judged=8, batch=16, rounds=1, at_once=2)
AT_ONCE_AIM: Final = 2.0
RUN_SECONDS: Final = 600


@dataclass(frozen=True, slots=True)
class Case:
    """One training to time; `aim` is in seconds at full size.

    With `is_whole` the clock runs from the call of `train` to its last event, through `epochs` with their validation
    and the test; without, over the steps of one epoch, the median of `epochs` after a first that is not counted.
    """

    name: str
    wish: Mapping[str, Any]
    epochs: int
    aim: float
    is_whole: bool = False


_USUAL: Final = {"data": "shapes", "augment": "standard", "precision": "auto", "layout": "auto"}
_HALF: Final = {**_USUAL, "precision": "bfloat16", "layout": "channels_last"}
CASES: Final = (
    Case("An epoch of the batch-normed 32-32-64-64 net", {**_USUAL, "arch": "fourconv_bn"}, 3, 0.3),
    Case("An epoch of ResNet-18, bfloat16", {**_HALF, "arch": "resnet18"}, 3, 2.5),
    Case("Ten epochs of ResNet-9, call to last event", {**_HALF, "arch": "resnet9"}, 10, 8.0, is_whole=True),
)


def figures(size: Size | None = None) -> list[Figure]:
    """Time every case, and several runs at once against one; toy size where there is no GPU."""
    size = size or (FULL if torch.cuda.is_available() else TOY)
    return [*(_timed(case, size) for case in CASES), _at_once(size)]


def _timed(case: Case, size: Size) -> Figure:
    epochs = case.epochs if size is FULL else 1
    if case.is_whole:
        seconds(spec(case, size, epochs=1), size)  # what a first run makes ready is not counted
        taken = [seconds(spec(case, size, epochs=epochs), size)[0] for _ in range(size.rounds)]
    else:
        taken = seconds(spec(case, size, epochs=1 + epochs), size)[1][1:]
    middle = statistics.median(taken)
    spread = f"min {min(taken):.3g}, max {max(taken):.3g} s ({len(taken)})"
    return _figure(case.name, f"{middle:.3g} s", spread, f"under {case.aim:g} s", size, is_met=middle < case.aim)


def spec(case: Case, size: Size, *, epochs: int) -> TrainSpec:
    """Return what a case trains at this size."""
    return TrainSpec.from_json({**case.wish, "batch_size": size.batch, "epochs": epochs})


@cache
def _images(train: int, judged: int, device: str) -> Data:
    return lending.random_images(train=train, judged=judged, device=device)


def seconds(spec: TrainSpec, size: Size) -> tuple[float, list[float]]:
    """Train on random images; return the seconds from the call to the last event, and those of each epoch's steps."""
    device = best_device()
    with lending.lent(_images(size.train, size.judged, device)):
        begun = time.perf_counter()
        told = list(train(spec, device=device))
        whole = time.perf_counter() - begun
    return whole, [size.train / event["images_per_second"] for event in told if event["type"] == "epoch"]


def _at_once(size: Size) -> Figure:
    """Start several processes that train the first case; their speeds, while all of them train, are added up."""
    alone, together = sum(_speeds(1, size)), sum(_speeds(size.at_once, size))
    name, spread = f"{size.at_once} runs at once against one", f"{together:,.0f} and {alone:,.0f} images/s"
    ratio = together / alone
    return _figure(name, f"{ratio:.3g}", spread, f"at least {AT_ONCE_AIM:g}", size, is_met=ratio >= AT_ONCE_AIM)


def _figure(name: str, value: str, spread: str, aim: str, size: Size, *, is_met: bool) -> Figure:
    """Return a line that says where it was measured; a toy neither meets nor misses an aim."""
    is_real = size is FULL
    where = torch.cuda.get_device_name() if torch.cuda.is_available() else "the CPU: there is no GPU"
    name += f", {size.train:,} images on {where}" + ("" if is_real else "; a toy, one epoch")
    return Figure(name, value, spread, aim if is_real else f"{aim} on a GPU", is_met if is_real else None)


def _speeds(count: int, size: Size) -> list[float]:
    command = [sys.executable, "-m", "benchmarks.nets_gpu", "one", "full" if size is FULL else "toy"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    runs = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        for _ in range(count)
    ]
    try:
        for run in runs:
            _line(run)  # ready: imported, data on the device, an epoch done
        for run in runs:
            _go(run)
        return [float(_line(run)) for run in runs]
    finally:
        for run in runs:
            run.kill()
            run.communicate(timeout=RUN_SECONDS)


def _go(run: "subprocess.Popen[str]") -> None:
    if run.stdin is not None:
        run.stdin.write("go\n")
        run.stdin.flush()


def _line(run: "subprocess.Popen[str]") -> str:
    line = run.stdout.readline() if run.stdout is not None else ""
    if not line:
        raise RuntimeError("A run beside others ended before it was measured.")
    return line


def one(size: Size) -> None:
    """Be one of several runs: say when ready, wait for a line, train some epochs and print images per second."""
    epochs = 20 if size is FULL else 2
    seconds(spec(CASES[0], size, epochs=1), size)
    _say("ready")
    sys.stdin.readline()
    _say(str(size.train / statistics.median(seconds(spec(CASES[0], size, epochs=epochs), size)[1])))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    one(FULL if sys.argv[2] == "full" else TOY) if sys.argv[1:2] == ["one"] else _say(show(figures()))
