"""Record the values that the batch-norm widget shows: `python -m tests.js.make_norms`, some seconds.

A small network with batch norm learns from scikit-learn's digits for a few epochs. Then 16 digits that it was not
trained on go through it, and what reaches two of its norms is kept: four channels of a convolution, four units of a
dense layer.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import Tensor, nn

FILE: Final = Path(__file__).resolve().parents[2] / "static" / "data" / "norms.json"
TRAINED, IMAGES, KEPT = 1257, 16, 4
EPOCHS, BATCH, DIGITS = 5, 64, 3


def network() -> nn.Sequential:
    """Return two convolutions and a dense layer for 1x8x8, each normed before its ReLU."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1, bias=False),  # (N, 16, 8, 8)
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.MaxPool2d(2),  # (N, 16, 4, 4)
        nn.Conv2d(16, 32, 3, padding=1, bias=False),  # (N, 32, 4, 4)
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.Flatten(),  # (N, 512)
        nn.Linear(512, 64, bias=False),
        nn.BatchNorm1d(64),
        nn.ReLU(),
        nn.Linear(64, 10),
    )


def trained() -> tuple[nn.Sequential, Tensor, Tensor]:
    """Return the trained network and the digits, 0 to 1, with their labels."""
    torch.manual_seed(0)
    digits, model = load_digits(), network()
    images, labels = torch.tensor(digits.images / 16).float()[:, None], torch.tensor(digits.target)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.002)
    for _ in range(EPOCHS):
        for chosen in torch.split(torch.randperm(TRAINED)[: TRAINED // BATCH * BATCH], BATCH):
            loss = F.cross_entropy(model(images[chosen]), labels[chosen])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
    return model.eval(), images, labels


def apart(values: Tensor) -> list[int]:
    """Return the places of KEPT channels of (N, C, ...), from the lowest mean to the highest, evenly spread."""
    means = values.transpose(0, 1).flatten(1).mean(dim=1)
    places = torch.linspace(0, len(means) - 1, KEPT).round().long()
    return [int(place) for place in means.argsort()[places]]


def layer(
    norm: nn.BatchNorm1d | nn.BatchNorm2d, values: Tensor, *, chosen: Sequence[int] | None = None
) -> dict[str, Any]:
    """Return what reaches one norm, (N, KEPT, places), and what the norm remembers and has learned.

    Of the channels that were `chosen`, or of KEPT that lie apart.
    """
    chosen = list(chosen or apart(values))
    assert norm.running_mean is not None
    assert norm.running_var is not None
    remembered = {"mean": norm.running_mean, "variance": norm.running_var, "scale": norm.weight, "shift": norm.bias}
    kept = values[:, chosen].flatten(2) if values.dim() > 2 else values[:, chosen, None]
    return {
        "values": rounded(kept),
        "channels": chosen,
        **{name: rounded(tensor.detach()[chosen]) for name, tensor in remembered.items()},
        "eps": norm.eps,
    }


def rounded(values: Tensor) -> Any:
    """Return a tensor as nested lists of rounded numbers."""
    return [rounded(row) for row in values] if values.dim() else round(float(values), DIGITS)


def record(chosen: Mapping[str, Sequence[int]] | None = None) -> dict[str, Any]:
    """Train, and return what the widget shows; `chosen` names the channels of each layer, else they are found."""
    chosen = chosen or {}
    model, images, labels = trained()
    shown = slice(TRAINED, TRAINED + IMAGES)
    with torch.no_grad():
        conv, dense = model[:5](images[shown]), model[:9](images[shown])
    return {
        "labels": labels[shown].tolist(),
        "pictures": (images[shown, 0] * 16).round().int().flatten(1).tolist(),
        "conv": layer(model[5], conv, chosen=chosen.get("conv")),  # type: ignore[arg-type]
        "dense": layer(model[9], dense, chosen=chosen.get("dense")),  # type: ignore[arg-type]
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(record(), separators=(",", ":")) + "\n")
