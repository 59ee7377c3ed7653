"""How long a run will take, before it is queued: from measured seconds per step, or from the ledger's arithmetic."""

from dataclasses import dataclass
from statistics import median
from typing import Final

from labs.models import Device
from nets.catalog import DATASETS
from nets.ledger import ledger
from nets.specs import TrainSpec

# Until a device has been measured: multiply-adds per second of one ordinary core in small float32 layers, and what a
# step costs beside its arithmetic. Forward and backward together are about three times the forward pass.
ASSUMED_RATE: Final = 4e9
ASSUMED_STEP_SECONDS: Final = 0.002
PASSES: Final = 3


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run costs. `is_measured` tells a device's own seconds per step from the ledger's guess."""

    steps: int
    seconds: float
    memory_bytes: int
    is_measured: bool


def cost_of(spec: TrainSpec) -> Cost:
    """Return what this run will take on the devices that are known."""
    images = DATASETS[spec.data].splits["train"]
    steps = spec.epochs * -(-images // spec.batch_size)
    book = ledger(spec.arch, shape=DATASETS[spec.data].shape, classes=len(DATASETS[spec.data].classes))
    measured = _measured(spec)
    per_step = measured or ASSUMED_STEP_SECONDS + PASSES * book.multiply_adds * spec.batch_size / ASSUMED_RATE
    return Cost(
        steps=steps,
        seconds=steps * per_step,
        memory_bytes=book.memory_bytes(batch_size=spec.batch_size, optimiser=spec.optimiser),
        is_measured=measured is not None,
    )


def _measured(spec: TrainSpec) -> float | None:
    """Return the median seconds of such a step over all devices that have made one."""
    key = f"{spec.arch}/{spec.data}/{spec.batch_size}"
    known = [speeds[key] for speeds in Device.objects.values_list("speeds", flat=True) if key in speeds]
    return median(known) if known else None
