"""What a run will take, before it is queued: seconds as such runs took here, or by the ledger's arithmetic; memory."""

from dataclasses import dataclass
from math import prod
from statistics import median
from typing import Final

from labs import speeds
from labs.speeds import Known, kind_of
from nets.batches import largest_batch, steps_per_epoch
from nets.catalog import ARCHITECTURES, DATASETS
from nets.ledger import Ledger, ledger, ledger_of
from nets.recipes import parse as recipe_of
from nets.specs import TrainSpec

# What a step takes on the machine on which this was fitted (one core, 14 runs of 11 networks): itself, each
# multiply-add, each byte of activations, each number that augmentation moves. Least squares of the ratio over the 12
# that fix the constants; those are within 17 %. Two of LeNet-5 with light augmentation were at 0.83 and 0.55.
# Forward and backward together are about three forward passes.
STEP_SECONDS: Final = 2.3e-3
MULTIPLY_ADD_SECONDS: Final = 1.56e-11
BYTE_SECONDS: Final = 1.03e-9
AUGMENT_SECONDS: Final = 2e-8
PASSES: Final = 3
# How many of the largest activation live at once beside those that a step keeps, and while judging; and how many images
# are judged at once (`nets.metrics.AT_ONCE`).
STEP_COPIES: Final = 2
JUDGED_COPIES: Final = 3
JUDGED_AT_ONCE: Final = 512
# For an image of a library's network, of which the web process knows no layer: as a small residual network takes.
UNCOUNTED_SECONDS: Final = 4e-3
# The same for the block that `nets.machine` probes with: two convolutions of 64 filters with norm and ReLU on 32
# images of 16x16 with 32 channels. What the probe takes here, divided by this, is how slow this machine is.
PROBE_MULTIPLY_ADDS: Final = (32 + 64) * 9 * 64 * 16 * 16
PROBE_BYTES: Final = 4 * 64 * 16 * 16 * 4
PROBE_IMAGES: Final = 32


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run costs. `basis` says where the seconds come from, see BASES."""

    steps: int
    seconds: float
    memory_bytes: int
    basis: str

    @property
    def is_measured(self) -> bool:
        """Whether runs of this very kind have ended on this server."""
        return self.basis == "measured"

    @property
    def bounds(self) -> tuple[float, float]:
        """The seconds between which it will take, as sure as the basis lets one be: equal once such runs were seen."""
        low, high = SPREADS[self.basis]
        return self.seconds * low, self.seconds * high

    @property
    def words(self) -> str:
        """Where the seconds come from, as the end of a sentence."""
        return BASES[self.basis]


BASES: Final = {
    "measured": "as such runs took on this server",
    "related": "from runs of this network on this server",
    "calibrated": "from the layer table and the speed of this server",
    "assumed": "estimated from the layer table",
    "unknown": "a guess: nobody has trained this network here yet",
}

# By what the truth may differ from the estimate. The probe and the constants come from a machine at rest, and a server
# that does something else besides takes up to five times as long; a faster step than theirs is rare.
SPREADS: Final = {
    "measured": (1.0, 1.0),
    "related": (0.7, 1.5),
    "calibrated": (0.7, 3.0),
    "assumed": (0.5, 5.0),
    "unknown": (0.2, 5.0),
}


def cost_of(spec: TrainSpec, *, known: Known | None = None) -> Cost:
    """Return what this run will take; `known` is what `speeds.known()` returned, for who asks about many."""
    data = spec.dataset
    steps = spec.epochs * steps_per_epoch(data.splits["train"], batch_size=spec.batch_size)
    seconds, basis = seconds_of_a_step(spec, known=speeds.known() if known is None else known)
    memory = memory_of(spec)
    return Cost(steps=steps, seconds=steps * seconds, memory_bytes=memory, basis=basis)


def memory_of(spec: TrainSpec) -> int:
    """Return the bytes that a run needs at its peak: weights and their learning, a step, a look at validation, data.

    A step keeps every activation for the way back, whose gradients are dropped again one layer after the other; judging
    keeps none, but judges hundreds of images at once. `python -m benchmarks.memory` measures how true it is.
    """
    book, data = book_of(spec), spec.dataset
    largest = max((row.activation_bytes for row in book.rows), default=0)
    judged = min(JUDGED_AT_ONCE, data.splits["validation"])
    batch = largest_batch(data.splits["train"], batch_size=spec.batch_size)
    step = batch * (book.activation_bytes + STEP_COPIES * largest)
    # Every worker has the digits from its warm-up on.
    images = 0 if spec.data == TrainSpec().data else sum(data.splits.values()) * prod(data.shape)
    return book.memory_bytes(batch_size=0, optimiser=spec.optimiser) + step + JUDGED_COPIES * judged * largest + images


def book_of(spec: TrainSpec) -> Ledger:
    """Return the ledger of the run's network; one without rows for a library's, which torch alone can count."""
    data = spec.dataset
    return ledger_of(spec) or Ledger(data.shape, len(data.classes), ())


def seconds_of_a_step(spec: TrainSpec, *, known: Known) -> tuple[float, str]:
    """Return the seconds of one step, and the basis that they have.

    Measured beats everything. Then runs of the same network on the same data with another batch or augmentation,
    scaled by the ledger; then the ledger at this machine's speed, which other runs tell, or the probe.
    """
    if (measured := known.steps.get(kind_of(spec))) is not None:
        return measured, "measured"
    ratios = _ratios(spec, known)
    if not book_of(spec).rows:
        # A library's network, which nobody has counted: of the size of its family's usual one.
        slowness = _slowness(known)
        return UNCOUNTED_SECONDS * spec.batch_size * (1.0 if slowness is None else slowness), "unknown"
    if ratios:
        return reckoned(spec) * median(ratios), "related"
    slowness = _slowness(known)
    return (reckoned(spec), "assumed") if slowness is None else (reckoned(spec) * slowness, "calibrated")


def reckoned(spec: TrainSpec) -> float:
    """Return the seconds of one step by arithmetic, on the machine on which the constants were fitted."""
    book, data = book_of(spec), spec.dataset
    channels, height, width = data.shape
    changed = channels * height * width if recipe_of(spec.augment).steps else 0
    return _seconds(book.multiply_adds, book.activation_bytes, images=spec.batch_size) + (
        AUGMENT_SECONDS * changed * spec.batch_size
    )


def _ratios(spec: TrainSpec, known: Known) -> list[float]:
    """Return how much slower than reckoned the same network was here with another batch, or failing that, otherwise."""
    *_, rest = kind_of(spec).split("/")
    family = f"{speeds.family_of(spec)}/"
    alike = [key for key in known.steps if key.startswith(family)]
    book = book_of(spec)
    return [_ratio(key, book, known) for key in alike if key.endswith(rest)] or [
        _ratio(key, book, known) for key in alike
    ]


def _slowness(known: Known) -> float | None:
    """Return how much slower than reckoned this machine is: by the runs of all networks, else by the probe."""
    ratios = []
    for key in known.steps:
        arch, data, *_ = key.split("/")
        if arch in ARCHITECTURES and data in DATASETS:
            entry = DATASETS[data]
            ratios.append(_ratio(key, ledger(arch, shape=entry.shape, classes=len(entry.classes)), known))
    if ratios:
        return median(ratios)
    return None if known.probe is None else known.probe / _reckoned_probe()


def _ratio(key: str, book: Ledger, known: Known) -> float:
    batch = int(key.split("/")[2])
    return known.steps[key] / _seconds(book.multiply_adds, book.activation_bytes, images=batch)


def _reckoned_probe() -> float:
    return _seconds(PROBE_MULTIPLY_ADDS, PROBE_BYTES, images=PROBE_IMAGES)


def _seconds(multiply_adds: int, activation_bytes: int, *, images: int) -> float:
    arithmetic = PASSES * multiply_adds * MULTIPLY_ADD_SECONDS
    return STEP_SECONDS + images * (arithmetic + activation_bytes * BYTE_SECONDS)
