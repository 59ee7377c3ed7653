"""Images per second of the trainer against the same loop written bare: what do events, chunks and checkpoints cost?

Both train the same spec, in turns, from the first step to the end of the last epoch, validation included. The
trainer's events become rows of SQLite, each in a transaction of its own, as a worker keeps its chunks, and it
writes its checkpoints. Run it with `python -m benchmarks.trainer`.
"""

import json
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

import torch

from benchmarks import bare
from benchmarks.figures import Figure, show
from nets import data
from nets.events import Event
from nets.specs import TrainSpec
from nets.trainer import train

ROUNDS: Final = 9
# What a learner trains who changes nothing, on the one thread that it has: its steps are short, so that whatever is
# done beside them weighs most.
SPEC: Final = replace(TrainSpec(), epochs=12)
AIM: Final = 0.97

# Images per second of the bare loop and of the trainer.
Pair = tuple[float, float]


def measure(
    spec: TrainSpec = SPEC, *, rounds: int = ROUNDS, threads: int = 1, probes: Path | None = None
) -> list[Pair]:
    """Return the two speeds of each round; a busy machine slows both, for one runs right after the other."""
    torch.set_num_threads(threads)
    data.load(spec.data)
    first = replace(spec, epochs=1)
    bare_loop(first, probes=probes)  # what a first pass makes ready is not counted
    return [_pair(spec, bare_first=number % 2 == 0, probes=probes) for number in range(rounds)]


def _pair(spec: TrainSpec, *, bare_first: bool, probes: Path | None) -> Pair:
    if bare_first:
        alone = bare_loop(spec, probes=probes)
        return alone, trainer_loop(spec, probes=probes)
    trained = trainer_loop(spec, probes=probes)
    return bare_loop(spec, probes=probes), trained


def bare_loop(spec: TrainSpec, *, probes: Path | None = None) -> float:
    """Train as one would by hand, telling nobody; returns images per second."""
    session = bare.begin(spec, probes=probes)
    schedule = bare.scheduler(session)
    begun = time.perf_counter()
    for _ in range(spec.epochs):
        bare.learn(session, bare.batches(session), schedule=schedule)
        session.judge("validation")
        session.turn()
    return spec.epochs * len(session.data.train) / (time.perf_counter() - begun)


def trainer_loop(spec: TrainSpec, *, probes: Path | None = None) -> float:
    """Train with the course's trainer, events kept and checkpoints written; returns images per second."""
    with tempfile.TemporaryDirectory() as folder, closing(_rows(Path(folder) / "rows.sqlite3")) as rows:
        keep = keeper(rows)
        run = train(spec, device="cpu", threads=torch.get_num_threads(), checkpoint_to=Path(folder), probes=probes)
        started = next(run)
        begun = ended = time.perf_counter()
        for event in run:
            keep(event)
            if event["type"] == "epoch":
                ended = time.perf_counter()
    return float(spec.epochs * started["dataset"]["train"] / (ended - begun))


def _rows(file: Path) -> sqlite3.Connection:
    rows = sqlite3.connect(file, isolation_level=None)
    # As the site opens its own (stride.environment).
    rows.execute("PRAGMA journal_mode = WAL")
    rows.execute("PRAGMA synchronous = NORMAL")
    rows.execute("CREATE TABLE chunk (seq INTEGER PRIMARY KEY, events TEXT NOT NULL)")
    return rows


def keeper(rows: sqlite3.Connection) -> Callable[[Event], None]:
    """Return what makes each event a row."""

    def keep(event: Event) -> None:
        rows.execute("INSERT INTO chunk (events) VALUES (?)", (json.dumps(event),))

    return keep


def figure(pairs: Sequence[Pair], *, what: str = "the first-run default, one thread", aim: float = AIM) -> Figure:
    """Return the measured line against its aim: the median of the ratios of the rounds."""
    ratios = [trained / alone for alone, trained in pairs]
    low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive")
    speeds = [statistics.median(each) for each in zip(*pairs, strict=True)]
    return Figure(
        f"Trainer with events, chunks and checkpoints against the same loop written bare ({what})",
        f"{middle:.3f} ({speeds[1]:,.0f} against {speeds[0]:,.0f} images/s)",
        f"quartiles {low:.3f} to {high:.3f} ({len(ratios)} pairs)",
        f"at least {aim}",
        middle >= aim,
    )


if __name__ == "__main__":
    sys.stdout.write(show([figure(measure())]) + "\n")
