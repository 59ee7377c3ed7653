"""Make what the widgets on training are held against, with torch: `python -m tests.js.make_training_fixtures`."""

import json
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

HERE = Path(__file__).resolve().parent / "fixtures"
DIGITS = 6
EPS = 1e-5


def main() -> None:
    """Write both fixtures."""
    for name, content in {"normalising": normalising(), "curves": curves()}.items():
        (HERE / f"{name}.json").write_text(json.dumps(content, indent=1) + "\n")


def rounded(values: Tensor) -> Any:
    """Return a tensor as nested lists of rounded numbers."""
    return [rounded(row) for row in values] if values.dim() else round(float(values), DIGITS)


def normalising() -> dict[str, Any]:
    """Return batches (N, C, places) after each norm, in both modes, and what batch norm remembers after two batches."""
    return {"eps": EPS, "cases": [normed(images, places) for images, places in ((6, 4), (3, 1), (2, 9))]}


def normed(images: int, places: int) -> dict[str, Any]:
    """Return one batch of four channels after batch, layer and instance norm."""
    dice = torch.Generator().manual_seed(images)
    x = (torch.randn(images, 4, places, generator=dice, dtype=torch.float64) * 2 + 1).round(decimals=3)
    scale, shift, mean, variance = torch.rand(4, 4, generator=dice, dtype=torch.float64).round(decimals=3) + 0.5
    affine = {"weight": scale, "bias": shift}
    taught = scale[:, None], shift[:, None]
    found = {
        "values": rounded(x),
        "scale": rounded(scale),
        "shift": rounded(shift),
        "mean": rounded(mean),
        "variance": rounded(variance),
        "batch": rounded(F.batch_norm(x, None, None, training=True, eps=EPS, **affine)),
        "use": rounded(F.batch_norm(x, mean, variance, training=False, eps=EPS, **affine)),
        "layer": rounded(F.layer_norm(x, x.shape[1:], eps=EPS) * taught[0] + taught[1]),
        "remembered": remembered(x),
    }
    if places > 1:
        found["instance"] = rounded(F.instance_norm(x, eps=EPS) * taught[0] + taught[1])
    return found


def remembered(x: Tensor) -> dict[str, Any]:
    """Return what torch's batch norm remembers of channel 0 after this batch and its double."""
    norm = nn.BatchNorm1d(x.shape[1], momentum=0.1, dtype=torch.float64)
    for batch in (x, 2 * x):
        norm(batch)
    assert norm.running_mean is not None
    assert norm.running_var is not None
    return {"mean": rounded(norm.running_mean[0]), "variance": rounded(norm.running_var[0])}


def curves() -> dict[str, Any]:
    """Return curves with their lowest place, their trend and where early stopping ends them."""
    dice = torch.Generator().manual_seed(3)
    found = []
    for length, patience in ((12, 3), (30, 5), (7, 10)):
        values = (torch.rand(length, generator=dice, dtype=torch.float64) + 1 / torch.arange(1, length + 1)).round(
            decimals=4
        )
        found.append(
            {
                "values": rounded(values),
                "lowest": int(values.argmin()),
                "trend": rounded(trend(values, 2)),
                "patience": patience,
                "stops": stops(values.tolist(), patience),
            }
        )
    return {"cases": found}


def trend(values: Tensor, reach: int) -> Tensor:
    """Return means over neighbours; what lies beyond an end does not count."""
    width = 2 * reach + 1
    return F.avg_pool1d(values[None, None], width, stride=1, padding=reach, count_include_pad=False)[0, 0]


def stops(values: list[float], patience: int) -> int:
    """Return the place after which a loop with this patience breaks."""
    best, since = float("inf"), 0
    for place, value in enumerate(values):
        best, since = (value, 0) if value < best else (best, since + 1)
        if since == patience:
            return place
    return len(values) - 1


if __name__ == "__main__":
    main()
