"""Make what softmax and the graphs are held against, with torch: `python tests/js/make_backprop_fixtures.py`."""

import json
import math
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

Grid = list[list[float]]

HERE = Path(__file__).resolve().parent / "fixtures"
DIGITS = 8
LOGITS = (
    [2.0, 1.0, 0.0, -1.0],
    [0.0, 0.0, 0.0, 0.0],
    [0.0, 12.0, 1.0, -1.0],
    [3.5, -2.25, 0.75, 3.5],
    [104.0, 101.0, 99.0, 90.0],
)
TEMPERATURES = (1.0, 0.25, 4.0)
UNITS = (
    {"w1": 0.5, "x1": 2.0, "w2": -1.0, "x2": -1.0, "b": 0.5, "t": 1.0},
    {"w1": 0.5, "x1": 2.0, "w2": -1.0, "x2": 3.0, "b": 0.5, "t": 1.0},  # z below 0: the slope stops at the ReLU
    {"w1": -1.25, "x1": 0.5, "w2": 2.0, "x2": 1.5, "b": -0.375, "t": 4.0},
)
IMAGES: tuple[Grid, ...] = ([[2, 0, 2], [0, 1, 1], [2, 1, 1]], [[1, 2, 0], [3, -1, 1], [0, 2, 4]])
KERNELS: tuple[Grid, ...] = ([[1, -1], [0.5, 1]], [[-0.5, 0.25], [1.5, -1]])
FILTER = {"b": -0.5, "t": 3.0}


def main() -> None:
    """Write the fixtures."""
    HERE.mkdir(exist_ok=True)
    for name, content in made().items():
        (HERE / f"{name}.json").write_text(json.dumps(content, indent=1) + "\n")


def made() -> dict[str, Any]:
    """Return both fixtures by name."""
    units = [unit(given) for given in UNITS]
    filters = [one_filter(image, kernel) for image, kernel in zip(IMAGES, KERNELS, strict=True)]
    return {"softmax": {"cases": softmax()}, "backprop": {"unit": units, "filter": filters}}


def softmax() -> list[dict[str, Any]]:
    """Return probabilities, loss and slopes of logits, and the formula as written in float32."""
    cases = []
    for logits in LOGITS:
        for temperature in TEMPERATURES:
            for target in (0, 3):
                z = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
                loss = F.cross_entropy(z / temperature, torch.tensor(target))
                loss.backward()  # type: ignore[no-untyped-call]
                powers = (torch.tensor(logits) / temperature).exp()
                cases.append(
                    {
                        "logits": logits,
                        "temperature": temperature,
                        "target": target,
                        "probabilities": rounded(torch.softmax(z / temperature, 0)),
                        "loss": rounded(loss),
                        "slopes": rounded(gradient(z)),
                        "written": [spoken(share) for share in (powers / powers.sum()).tolist()],
                    }
                )
    return cases


def unit(given: dict[str, float]) -> dict[str, Any]:
    """Return every value and slope of one unit with ReLU and a squared error."""
    leaves = {name: torch.tensor(value, dtype=torch.float64, requires_grad=True) for name, value in given.items()}
    nodes = {"p1": leaves["w1"] * leaves["x1"], "p2": leaves["w2"] * leaves["x2"]}
    nodes["z"] = nodes["p1"] + nodes["p2"] + leaves["b"]
    nodes["a"] = nodes["z"].relu()
    nodes["L"] = (nodes["a"] - leaves["t"]) ** 2
    return told(given, leaves, nodes)


def one_filter(image: Grid, kernel: Grid) -> dict[str, Any]:
    """Return the same of one 2 by 2 filter on a 3 by 3 image, by torch's own convolution."""
    x = torch.tensor(image, dtype=torch.float64)
    w = torch.tensor(kernel, dtype=torch.float64, requires_grad=True)
    b, t = (torch.tensor([FILTER[name]], dtype=torch.float64, requires_grad=True) for name in ("b", "t"))
    z = F.conv2d(x[None, None], w[None, None], b)[0, 0]
    a = z.relu()
    m = a.mean()
    loss = (m - t[0]) ** 2
    for kept in (z, a, m, loss):
        kept.retain_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    values = grid("x", x) | grid("w", w) | FILTER | grid("z", z) | grid("a", a) | {"m": m.item(), "L": loss.item()}
    slopes = grid("w", gradient(w)) | {"b": float(gradient(b))} | grid("z", gradient(z)) | grid("a", gradient(a))
    given = grid("x", x) | grid("w", w) | FILTER
    return {"given": given, "values": values, "slopes": slopes | {"m": float(gradient(m)), "L": 1.0}}


def told(given: dict[str, float], leaves: dict[str, Tensor], nodes: dict[str, Tensor]) -> dict[str, Any]:
    for node in nodes.values():
        node.retain_grad()
    nodes["L"].backward()  # type: ignore[no-untyped-call]
    known = {name: tensor for name, tensor in (leaves | nodes).items() if name != "t"}
    values = given | {name: node.item() for name, node in nodes.items()}
    return {"given": given, "values": values, "slopes": {name: float(gradient(each)) for name, each in known.items()}}


def grid(letter: str, values: Tensor) -> dict[str, float]:
    """Return a grid by names that count rows and columns from one."""
    rows, columns = values.shape
    return {
        f"{letter}{row + 1}{column + 1}": values[row, column].item() for row in range(rows) for column in range(columns)
    }


def gradient(tensor: Tensor) -> Tensor:
    if tensor.grad is None:
        raise ValueError("no slope arrived here")
    return tensor.grad


def rounded(values: Tensor) -> Any:
    return [rounded(each) for each in values] if values.dim() else round(values.item(), DIGITS)


def spoken(value: float) -> float | str:
    """Return a number, or the word for what JSON cannot hold."""
    return round(value, 6) if math.isfinite(value) else str(value)


if __name__ == "__main__":
    main()
