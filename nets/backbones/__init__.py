"""Networks that were trained here, on drawn pictures, to lend their features: offline, and small enough for git.

What the weights are, how they came about and what they are not good for stands in README.md beside them.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from safetensors import SafetensorError, safe_open

from nets.checkpoints import CheckpointError
from nets.zoo.small_resnet import SmallResNet

WEIGHTS: Final = Path(__file__).parent / "drawn.safetensors"
HEAD: Final = "output."


@dataclass(frozen=True, slots=True)
class Backbone:
    """A network with borrowed features and a new head, and the normalisation that its features are used to.

    `mean` and `std` are those of the drawn set's pixels divided by 255, over all channels.
    """

    model: SmallResNet
    mean: float
    std: float


def load(*, shape: tuple[int, int, int], classes: int, path: Path = WEIGHTS) -> Backbone:
    """Make a SmallResNet for images of `shape` (C, H, W), C 1 or 3, whose features were learned from drawings.

    The head has fresh weights from torch's generator. For one channel the three slices of every first kernel
    are added up, which is exactly a grey picture shown in all three channels. Raises ValueError for another
    number of channels, CheckpointError when the file is missing or damaged.
    """
    if shape[0] not in (1, 3):
        raise ValueError(f"The backbone reads images of 1 or 3 channels; the shape {shape} was given.")
    try:
        with safe_open(path, framework="pt") as file:
            about = file.metadata() or {}
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"The backbone {path.name} cannot be read: {error}.") from error
    model = SmallResNet(shape, classes)
    if shape[0] == 1:
        weights["stem.weight"] = weights["stem.weight"].sum(dim=1, keepdim=True)  # (32, 3, 3, 3) -> (32, 1, 3, 3)
    own = model.state_dict()
    model.load_state_dict({**weights, **{name: own[name] for name in own if name.startswith(HEAD)}})
    return Backbone(model, mean=float(about["mean"]), std=float(about["std"]))


def digest(path: Path = WEIGHTS) -> str:
    """Return the sha256 of the weights file in hex: what a run that starts from it should note."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def head_parameters(model: SmallResNet) -> list[torch.nn.Parameter]:
    """Return the weights that are trained when the features are frozen."""
    return list(model.output.parameters())
