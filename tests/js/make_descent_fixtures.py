"""Make the ways down that the optimisers are held against, with torch: `python tests/js/make_descent_fixtures.py`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

HERE = Path(__file__).resolve().parent / "fixtures"
STEPS = 40
SURFACES: dict[str, Callable[[Tensor], Tensor]] = {
    "bowl": lambda w: (w[0] ** 2 + w[1] ** 2) / 2,
    "ravine": lambda w: (w[0] ** 2 + 25 * w[1] ** 2) / 2,
    "saddle": lambda w: w[0] ** 2 / 2 - w[1] ** 2 / 2 + w[1] ** 4 / 4 + 0.25,
    "bend": lambda w: (1 - w[0]) ** 2 / 2 + 5 * (w[1] - w[0] ** 2) ** 2,
}
RULES: dict[str, Callable[[Tensor, float], torch.optim.Optimizer]] = {
    "sgd": lambda w, rate: torch.optim.SGD([w], lr=rate),
    "momentum": lambda w, rate: torch.optim.SGD([w], lr=rate, momentum=0.9),
    "adam": lambda w, rate: torch.optim.Adam([w], lr=rate),
}
STARTS = {"bowl": [-3.0, 2.0], "ravine": [-3.5, 1.0], "saddle": [-2.8, 0.01], "bend": [-1.3, 1.2]}
RATES = {"sgd": (0.01, 0.07), "momentum": (0.005, 0.03), "adam": (0.1, 0.5)}


def made() -> dict[str, Any]:
    """Return a way down for each surface, rule and rate."""
    return {
        "cases": [
            {"surface": surface, "optimiser": rule, "rate": rate, "start": STARTS[surface], **way(surface, rule, rate)}
            for surface in SURFACES
            for rule in RULES
            for rate in RATES[rule]
        ]
    }


def way(surface: str, rule: str, rate: float) -> dict[str, Any]:
    """Return the weights after each step, and every loss, from the start on."""
    weights = torch.tensor(STARTS[surface], dtype=torch.float64, requires_grad=True)
    optimiser = RULES[rule](weights, rate)
    path, losses = [], []
    for _ in range(STEPS + 1):
        optimiser.zero_grad()
        loss = SURFACES[surface](weights)
        path.append([float(f"{value:.12g}") for value in weights.tolist()])
        losses.append(float(f"{loss.item():.12g}"))
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    return {"path": path, "losses": losses}


if __name__ == "__main__":
    (HERE / "descent.json").write_text(json.dumps(made()) + "\n")
