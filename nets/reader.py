"""The small network that the front page runs in the browser: trained here, written for the page to fetch.

`python -m nets reader` trains it as any run is trained and writes one safetensors file, whose header says what the page
needs besides the weights: the layers, the mean and deviation of the training images, the accuracy on the test digits.
"""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from safetensors import SafetensorError, safe_open
from torch import nn

from nets import checkpoints
from nets.data import load
from nets.events import Event
from nets.layers import parse, to_json
from nets.predictor import Predictor
from nets.specs import TrainSpec
from nets.trainer import train
from nets.zoo import build_for

WEIGHTS: Final = Path(__file__).parents[1] / "static" / "data" / "digit-reader.safetensors"
# Small enough to fetch at a touch; the last pool leaves 4 by 4 places, so that the dense layer stays small as well.
LAYERS: Final[tuple[dict[str, Any], ...]] = (
    *(
        layer
        for filters in (8, 16, 24)
        for layer in (
            {"kind": "conv", "out": filters, "kernel": 3, "padding": 1},
            {"kind": "act", "how": "ReLU"},
            {"kind": "pool", "how": "max", "kernel": 2, "stride": 2},
        )
    ),
    {"kind": "flatten"},
    {"kind": "linear", "out": 10},
)
SPEC: Final = TrainSpec(
    arch="drawn",
    layers=json.dumps(LAYERS),
    data="digits",
    epochs=80,
    batch_size=32,
    optimiser="adamw",
    learning_rate=0.004,
    weight_decay=0.01,
    schedule="one_cycle",
    augment="light",
    seed=0,
)


@dataclass(frozen=True, slots=True)
class Made:
    """What was written: the file's bytes, the network's parameters, its accuracy on the test digits as a fraction."""

    bytes: int
    parameters: int
    accuracy: float


def make(*, to: Path = WEIGHTS, spec: TrainSpec = SPEC) -> Iterator[Event | Made]:
    """Train and write the file; yields the run's events and, last, what was made. Under a minute on one core."""
    with tempfile.TemporaryDirectory() as folder:
        event: Event = {}
        for event in train(spec, device="cpu", threads=1, checkpoint_to=Path(folder)):
            yield event
        kept = event["summary"]["checkpoint"]
        state = checkpoints.load(Path(folder) / kept["file"], sha256=kept["sha256"])
    network = build_for(spec)
    network.load_state_dict(state["model"])
    yield _write(Predictor(network, spec=spec, mean=state["mean"], std=state["std"]), network, state, to=to)


def load_reader(path: Path = WEIGHTS) -> Predictor:
    """Return the network of the file, asked as the server asks any; raises CheckpointError when there is none."""
    try:
        with safe_open(path, framework="pt") as file:
            about = file.metadata() or {}
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    except (OSError, SafetensorError) as error:
        raise checkpoints.CheckpointError(f"The reader {path.name} cannot be read: {error}.") from error
    network = build_for(SPEC)
    network.load_state_dict(weights)
    return Predictor(network, spec=SPEC, mean=float(about["mean"]), std=float(about["std"]))


def _write(predictor: Predictor, network: nn.Module, state: dict[str, Any], *, to: Path) -> Made:
    test = load(predictor.spec.data).test
    accuracy = (predictor.predict(test.images).argmax(dim=1) == test.labels).float().mean().item()
    about = {
        "layers": json.dumps(to_json(parse(json.loads(predictor.spec.layers)))),
        "mean": str(state["mean"]),
        "std": str(state["std"]),
        "accuracy": f"{accuracy:.4f}",
        "digits": str(len(test.labels)),
    }
    to.parent.mkdir(parents=True, exist_ok=True)
    checkpoints.save_weights(network, to, about=about)
    return Made(to.stat().st_size, sum(weight.numel() for weight in network.parameters()), accuracy)
