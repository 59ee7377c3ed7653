"""Epochs to a fixed validation accuracy: Muon against AdamW, each at its best rate: `python -m benchmarks.muon`.

Stride would offer Muon if it saved a fifth of the epochs in every case (docs/decisions/0009); it does not.

Both take constant rates and the same decay, and what is judged is the averaged network, so that no schedule and no
lucky step decides. Rates are chosen on seeds of their own.
"""

import math
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import torch

from benchmarks.orthogonal import muon_of
from nets.batches import steps_per_epoch
from nets.session import Session
from nets.specs import TrainSpec

RATES: Final = (0.001, 0.002, 0.004, 0.008, 0.016, 0.032)
TUNING_SEEDS: Final = (100, 101)
SEEDS: Final = (0, 1, 2)
BATCH_SIZE: Final = 64
DECAY: Final = 0.01
AVERAGING: Final = 0.9
LOOKS_PER_EPOCH: Final = 5
# What Muon must save to be offered (issue 3).
AIM: Final = 0.2


@dataclass(frozen=True, slots=True)
class Case:
    """A network on a data set, the validation accuracy to reach, and the epochs after which that has failed."""

    arch: str
    data: str
    target: float
    epochs: int


CASES: Final = (
    Case("lenet5", "digits", 0.97, 15),
    Case("lenet5", "shapes", 0.96, 12),
)


@dataclass(frozen=True, slots=True)
class Found:
    """One optimiser in one case: its rate, epochs to the target for each seed (inf: never), seconds per epoch."""

    case: Case
    is_muon: bool
    rate: float
    epochs: tuple[float, ...]
    seconds: float


def measure(case: Case) -> Iterator[Found]:
    """Yield AdamW's figures and Muon's: the rate with the fewest epochs on TUNING_SEEDS, walked again on SEEDS."""
    for is_muon in (False, True):
        walk = partial(epochs_needed, case, is_muon=is_muon)
        mean = {rate: statistics.mean(walk(rate=rate, seed=seed)[0] for seed in TUNING_SEEDS) for rate in RATES}
        rate = min(RATES, key=lambda rate: mean[rate])
        told = ", ".join(f"{rate:g}: {epochs:.1f}" for rate, epochs in mean.items())
        sys.stderr.write(f"{case.arch} {case.data} {_name(is_muon)}: epochs by rate {told}\n")
        walked = [walk(rate=rate, seed=seed) for seed in SEEDS]
        seconds = statistics.median(seconds for _, seconds in walked)
        yield Found(case, is_muon, rate, tuple(epochs for epochs, _ in walked), seconds)


def epochs_needed(case: Case, *, rate: float, seed: int, is_muon: bool) -> tuple[float, float]:
    """Train until the target is reached; return the epochs that took, infinity for never, and seconds per epoch."""
    session = _session(case, rate=rate, seed=seed, is_muon=is_muon)
    steps = steps_per_epoch(len(session.data.train), batch_size=BATCH_SIZE)
    spent = 0.0
    for step in range(1, case.epochs * steps + 1):
        begun = time.perf_counter()
        session.advance()
        spent += time.perf_counter() - begun
        if session.is_epoch_done:
            session.turn()
        if step % (steps // LOOKS_PER_EPOCH) == 0 and session.judge("validation").accuracy >= case.target:
            return step / steps, spent * steps / step
    return math.inf, spent / case.epochs


def _session(case: Case, *, rate: float, seed: int, is_muon: bool) -> Session:
    spec = TrainSpec(
        arch=case.arch,
        data=case.data,
        epochs=case.epochs,
        batch_size=BATCH_SIZE,
        optimiser="adamw",
        learning_rate=rate,
        weight_decay=DECAY,
        schedule="constant",
        augment="none",
        seed=seed,
        ema=AVERAGING,
    )
    session = Session.begin(spec, device=torch.device("cpu"))
    if is_muon:
        session.optimiser = muon_of(session.model, rate=rate, decay=DECAY)
        session.scales = [1.0 for _ in session.optimiser.param_groups]
    return session


def saved(found: Sequence[Found]) -> float:
    """Return the share of AdamW's mean epochs that Muon saves in one case; negative when it needs more."""
    adamw, muon = (statistics.mean(one.epochs) for one in sorted(found, key=lambda one: one.is_muon))
    return 1 - muon / adamw


def rows(found: Sequence[Found]) -> list[str]:
    """Return the lines of the table for one case."""
    lines = []
    for one in found:
        each = ", ".join(f"{epochs:.1f}" for epochs in one.epochs)
        share = f"{saved(found):+.0%}" if one.is_muon else ""
        lines.append(
            f"| {one.case.arch} | {one.case.data} | {one.case.target:.0%} | {_name(one.is_muon)} | {one.rate:g} "
            f"| {each} | {statistics.mean(one.epochs):.2f} | {share} | {one.seconds:.2f} |"
        )
    return lines


def _name(is_muon: bool) -> str:
    return "Muon" if is_muon else "AdamW"


def main() -> int:
    """Print the table, and whether Muon saves enough in every case."""
    torch.set_num_threads(1)
    head = "| Network | Data | Target | Optimiser | Rate | Epochs, each seed | Mean | Saved | Seconds an epoch |"
    sys.stdout.write(f"{head}\n|---|---|---|---|---|---|---|---|---|\n")
    is_enough = True
    for case in CASES:
        found = list(measure(case))
        is_enough &= saved(found) >= AIM
        sys.stdout.write("\n".join(rows(found)) + "\n")
        sys.stdout.flush()
    sys.stdout.write(f"\nMuon saves {AIM:.0%} of the epochs in every case: {'yes' if is_enough else 'no'}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
