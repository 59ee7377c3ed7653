"""How long a run will take, before it is queued: as long as such runs took here, or by the ledger's arithmetic."""

from dataclasses import dataclass
from statistics import median
from typing import Final

from labs.models import Run
from labs.models.runs import State
from nets.catalog import DATASETS
from nets.ledger import Ledger, ledger_of
from nets.specs import TrainSpec

# Until such a run has ended here: multiply-adds per second of one ordinary core, and what a step costs beside its
# arithmetic. Small layers reach less, large ones more; forward and backward together are about three forward passes.
ASSUMED_RATE: Final = 1e10
ASSUMED_STEP_SECONDS: Final = 0.008
PASSES: Final = 3
REMEMBERED_RUNS: Final = 5


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run costs. `is_measured` tells the time of such runs on this server from the ledger's guess."""

    steps: int
    seconds: float
    memory_bytes: int
    is_measured: bool


def cost_of(spec: TrainSpec) -> Cost:
    """Return what this run will take."""
    data = DATASETS[spec.data]
    steps = spec.epochs * -(-data.splits["train"] // spec.batch_size)
    book = book_of(spec)
    measured = _measured(spec)
    guess = ASSUMED_STEP_SECONDS + PASSES * book.multiply_adds * spec.batch_size / ASSUMED_RATE
    return Cost(
        steps=steps,
        seconds=steps * (guess if measured is None else measured),
        memory_bytes=book.memory_bytes(batch_size=spec.batch_size, optimiser=spec.optimiser),
        is_measured=measured is not None,
    )


def book_of(spec: TrainSpec) -> Ledger:
    """Return the ledger of the run's network; one without rows for a library's, which torch alone can count."""
    data = DATASETS[spec.data]
    return ledger_of(spec) or Ledger(data.shape, len(data.classes), ())


def _measured(spec: TrainSpec) -> float | None:
    """Return the median seconds of a step over the last such runs on this server; None when there was none."""
    alike = {f"spec__{name}": getattr(spec, name) for name in ("arch", "data", "batch_size")}
    ended = Run.objects.filter(state=State.FINISHED, **alike).order_by("-ended_at")
    summaries = ended.values_list("summary", flat=True)[:REMEMBERED_RUNS]
    known = [said["seconds"] / said["steps"] for said in summaries if said.get("seconds") and said.get("steps")]
    return median(known) if known else None
