"""Record the runs that the curve reader shows: `python -m tests.js.make_curves [NAME ...]`, some three minutes for all.

Every curve is a real run of nets.trainer. The file keeps what an epoch measured, rounded, what the run was, and what
`nets.diagnosis` said while it ran; a run that came to nothing in its first epoch keeps its steps instead.
"""

import dataclasses
import json
import logging
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from nets.catalog import AUGMENTATIONS, DATASETS, KNOWN, OPTIMISERS
from nets.events import Event
from nets.specs import TrainSpec
from nets.trainer import train

FILE: Final = Path(__file__).resolve().parents[2] / "static" / "data" / "curves.json"
DIGITS: Final = 4
MEASURED: Final = ("train_loss", "validation_loss", "train_metric", "validation_metric")
PLAIN: Final = TrainSpec(epochs=15, batch_size=64, augment="none", schedule="constant")
# All that it knows of a digit has to pass through two numbers.
NARROW: Final = [{"kind": "flatten"}, {"kind": "linear", "out": 2}, {"kind": "linear", "out": 10}]


def _with(spec: TrainSpec = PLAIN, **changes: object) -> TrainSpec:
    return dataclasses.replace(spec, **changes)  # type: ignore[arg-type]


SPECS: Final[dict[str, TrainSpec]] = {
    "overfits": _with(data="few_digits", batch_size=32, schedule="cosine", epochs=60),
    "healthy": _with(data="shapes", arch="fourconv_bn", epochs=12, batch_size=128, optimiser="adamw",
                     learning_rate=0.001, weight_decay=5e-4, schedule="cosine"),
    "diverges": _with(optimiser="sgd", learning_rate=10.0, batch_size=128, epochs=5),
    "underfits": _with(arch="drawn", layers=NARROW, learning_rate=0.01, epochs=30),
    "too_low": _with(learning_rate=1e-5, epochs=12),
    "altered": _with(schedule="cosine", augment="light"),
    "too_high": _with(optimiser="sgd", learning_rate=0.15),
    "restless": _with(arch="twoconv_bn", learning_rate=0.01, epochs=10),
}  # fmt: skip


def record(spec: TrainSpec) -> dict[str, Any]:
    """Train and return what the widget shows."""
    told = [event for event in train(spec, device="cpu", threads=1) if event["type"] != "snapshot"]
    found: dict[str, Any] = {"about": about(spec), "images": DATASETS[spec.data].splits["train"]}
    found["diagnoses"] = [event["kind"] for event in told if event["type"] == "diagnosis"]
    epochs = [event for event in told if event["type"] == "epoch"]
    if epochs:
        return found | {name: [rounded(epoch[name]) for epoch in epochs] for name in MEASURED}
    return found | {"steps": [rounded(loss) for loss in step_losses(told)]}


def step_losses(told: Iterable[Event]) -> list[float | None]:
    """Return the loss of every step; None where it was no number."""
    return [loss for event in told if event["type"] == "steps" for loss in event["loss"]]


def rounded(value: float | None) -> float | None:
    """Return a number to four digits."""
    return None if value is None else float(f"{value:.{DIGITS}g}")


def about(spec: TrainSpec) -> str:
    """Say what the run was, as its page does."""
    optimiser = OPTIMISERS[spec.optimiser].title
    said = [KNOWN[spec.arch].title, DATASETS[spec.data].title.lower(), f"{optimiser} at {spec.learning_rate:g}"]
    said += [f"batches of {spec.batch_size}", f"augmentation {AUGMENTATIONS[spec.augment].title.lower()}"]
    return ", ".join(said)


def main(names: list[str]) -> None:
    """Record the runs of `names`, all of them when there are none, and keep the others as they are."""
    kept = json.loads(FILE.read_text()) if FILE.exists() else {}
    for name in names or list(SPECS):
        kept[name] = record(SPECS[name])
        logging.getLogger(__name__).info("%s: %s", name, kept[name]["diagnoses"])
        lines = [f"{json.dumps(key)}:{json.dumps(kept[key], separators=(',', ':'))}" for key in SPECS if key in kept]
        FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main(sys.argv[1:])
