"""Measure a lab: `python courses/content/cnn/labs/measure.py first-run` writes first-run.record.json beside it.

The record holds, for the lab's own settings and for changes that the lesson suggests, the validation accuracy of
three seeds, with an untrained network for comparison, and what each run took with one thread: seconds by the clock
(which a busy machine lengthens) and seconds of processor time.
"""

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
import yaml

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[3]))  # run as a file, from anywhere

from nets.specs import TrainSpec  # noqa: E402
from nets.trainer import train  # noqa: E402

SEEDS = (0, 1, 2)
THREADS = 1  # what a worker on two cores uses: one is left for the web
CHANGES: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "taster": {"as given": {}},
    "first-run": {
        "as given": {},
        "one epoch": {"epochs": 1},
        "learning rate x 100": {"learning_rate": 0.3},
        "no augmentation": {"augment": "none"},
        "three blocks, 6 epochs": {"arch": "threeblock", "epochs": 6},
    },
    "cifar10": {"as given": {}, "one epoch": {"epochs": 1}},
    "batch-norm": {
        "as given": {},
        "without batch norm": {"arch": "fourconv"},
        "without batch norm, a tenth of the rate": {"arch": "fourconv", "learning_rate": 0.001},
        "batches of 2": {"batch_size": 2},
        "batches of 2, a tenth of the rate": {"batch_size": 2, "learning_rate": 0.001},
    },
    "augment": {
        "as given": {},
        "without augmentation": {"augment": "none"},
        "mirrored": {"augment": [{"kind": "flip"}]},
        "turned all the way": {"augment": [{"kind": "rotate", "degrees": 180}]},
    },
    "learning-rate": {
        "as given": {},
        "a tenth": {"learning_rate": 0.0003},
        "ten times": {"learning_rate": 0.03},
    },
}


def summary(spec: TrainSpec) -> dict[str, Any]:
    """Train to the end and return what the last event says."""
    last: dict[str, Any] = {}
    begun = time.process_time()
    for event in train(spec, device="cpu", threads=THREADS):
        last = event
    return {**last["summary"], "processor_seconds": time.process_time() - begun}


def untrained_accuracy(spec: TrainSpec) -> float:
    """Return the validation accuracy of a run whose steps are too few and too small to teach anything."""
    frozen = TrainSpec.from_json({**spec.to_json(), "epochs": 1, "learning_rate": 1e-6, "batch_size": 1024})
    return float(summary(frozen)["validation_accuracy"])


def measure(lab: Mapping[str, Any]) -> dict[str, Any]:
    """Train every change of a lab with every seed."""
    given: dict[str, Any] = dict(lab["spec"])
    base = [TrainSpec.from_json({**given, "seed": seed}) for seed in SEEDS]
    record: dict[str, Any] = {"lab": lab["id"], "goal": lab["goal"]["at_least"], "spec": given, "seeds": list(SEEDS)}
    record |= {"threads": THREADS, "torch": torch.__version__}
    record["untrained"] = [round(untrained_accuracy(spec), 4) for spec in base]
    record["changes"] = {
        name: outcome([TrainSpec.from_json({**spec.to_json(), **change}) for spec in base])
        for name, change in CHANGES[lab["id"]].items()
    }
    return record


def outcome(specs: list[TrainSpec]) -> dict[str, Any]:
    """Return accuracies and seconds of some runs, in their order."""
    ends = [summary(spec) for spec in specs]
    return {
        "validation_accuracy": [round(end["validation_accuracy"] or 0.0, 4) for end in ends],
        "test_accuracy": [round(end["test_accuracy"] or 0.0, 4) for end in ends],
        "seconds": [round(end["seconds"], 1) for end in ends],
        "processor_seconds": [round(end["processor_seconds"], 1) for end in ends],
    }


if __name__ == "__main__":
    for slug in sys.argv[1:] or sorted(CHANGES):
        lab = yaml.safe_load((HERE / f"{slug}.yaml").read_text(encoding="utf-8"))
        path = HERE / f"{slug}.record.json"
        path.write_text(json.dumps(measure(lab), indent=2) + "\n", encoding="utf-8")
