"""Train lesson 5's small network and keep its first layer: `python tests/js/make_learned_kernels.py`."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional

STATIC = Path(__file__).resolve().parents[2] / "static"
TRAINING_DIGITS = 1257
STEPS = 200
DECIMALS = 3


def main() -> None:
    """Write the kernels into static/data."""
    text = json.dumps(learned(), separators=(",", ":")) + "\n"
    (STATIC / "data" / "learned-kernels.json").write_text(text)


def learned() -> dict[str, Any]:
    """Train on the digits, 1x8x8 from 0 to 1; return the eight kernels of the first layer and the unseen accuracy."""
    digits = load_digits()
    images = torch.tensor(digits.images / 16, dtype=torch.float32).unsqueeze(1)
    labels = torch.tensor(digits.target)
    known, unseen = slice(0, TRAINING_DIGITS), slice(TRAINING_DIGITS, None)
    torch.manual_seed(0)
    first = nn.Conv2d(1, 8, 3)
    net = nn.Sequential(first, nn.ReLU(), nn.Conv2d(8, 16, 3), nn.ReLU(), nn.Flatten(), nn.Linear(16 * 4 * 4, 10))
    optimiser = torch.optim.AdamW(net.parameters(), lr=0.005, weight_decay=0.05)
    for _ in range(STEPS):
        optimiser.zero_grad()
        functional.cross_entropy(net(images[known]), labels[known]).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    with torch.no_grad():
        right = (net(images[unseen]).argmax(dim=1) == labels[unseen]).float().mean().item()
    weights = first.weight.detach().numpy().reshape(8, 9).astype(float)
    return {"kernels": np.round(weights, DECIMALS).tolist(), "accuracy": round(right, DECIMALS)}


if __name__ == "__main__":
    main()
