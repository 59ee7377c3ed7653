"""Make the numbers that the browser's arithmetic is held against, with torch: `python tests/js/make_fixtures.py`."""

import copy
import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

HERE = Path(__file__).resolve().parent / "fixtures"
DIGITS = 6


def main() -> None:
    """Write every fixture."""
    HERE.mkdir(exist_ok=True)
    torch.manual_seed(0)
    for name, content in {"neuron": neuron(), "pixels": pixels(), "ledger": ledger()}.items():
        (HERE / f"{name}.json").write_text(json.dumps(content, indent=1) + "\n")


def rounded(values: Tensor) -> Any:
    """Return a tensor as (nested) lists of rounded numbers."""
    return [rounded(row) for row in values] if values.dim() else round(float(values), DIGITS)


def neuron() -> dict[str, Any]:
    """Return dense layers with their outputs, through each activation, and softmax of the scores."""
    cases = []
    for inputs, outputs in ((9, 1), (25, 4), (64, 10)):
        layer = nn.Linear(inputs, outputs, dtype=torch.float64)
        x = torch.rand(inputs, dtype=torch.float64).round(decimals=3)
        with torch.no_grad():
            layer.weight.copy_(torch.randn_like(layer.weight).round(decimals=3))
            layer.bias.copy_(torch.randn_like(layer.bias).round(decimals=3))
            z = layer(x)
        cases.append(
            {
                "inputs": rounded(x),
                "weights": rounded(layer.weight.detach()),
                "biases": rounded(layer.bias.detach()),
                "parameters": sum(parameter.numel() for parameter in layer.parameters()),
                "none": rounded(z),
                "step": rounded(torch.heaviside(z, torch.zeros_like(z))),
                "relu": rounded(torch.relu(z)),
                "sigmoid": rounded(torch.sigmoid(z)),
                "softmax": rounded(torch.softmax(z, dim=0)),
            }
        )
    return {"cases": cases}


def pixels() -> dict[str, Any]:
    """Return places in memory in both orders, and normalised values, as torch has them."""
    channels, height, width = 3, 5, 7
    numbered = torch.arange(channels * height * width).reshape(channels, height, width)
    last = torch.arange(channels * height * width).reshape(height, width, channels)
    places = [(0, 0, 0), (1, 0, 0), (2, 4, 6), (1, 3, 2), (0, 4, 0)]
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    values = torch.tensor([[0, 128, 255], [12, 200, 99]], dtype=torch.uint8)
    return {
        "height": height,
        "width": width,
        "channels": channels,
        "places": [
            {"channel": c, "row": r, "column": k, "first": int(numbered[c, r, k]), "last": int(last[r, k, c])}
            for c, r, k in places
        ],
        "mean": rounded(mean),
        "std": rounded(std),
        "values": values.tolist(),
        "normalised": rounded((values.to(torch.float64) / 255 - mean) / std),
    }


CASES = (
    ("threeblock", 3, 32, 32, 512, 10),
    ("threeblock", 1, 28, 28, 512, 10),
    ("threeblock", 3, 224, 224, 512, 10),
    ("threeblock", 3, 50, 37, 64, 100),
    ("lenet5", 1, 32, 32, 120, 10),
    ("lenet5", 3, 28, 28, 120, 10),
    ("lenet5", 1, 33, 47, 30, 5),
)


def ledger() -> dict[str, Any]:
    """Return what torch makes of each network: shapes, parameters, multiply-adds and views of single outputs."""
    return {"cases": [ledger_case(*case) for case in CASES]}


def ledger_case(arch: str, channels: int, height: int, width: int, hidden: int, classes: int) -> dict[str, Any]:
    """Build one network with torch alone and run one image through it, layer by layer."""
    stack = (threeblock if arch == "threeblock" else lenet5)(channels, hidden, classes)
    x = torch.rand(1, channels, height, width)
    rows = []
    layers = list(stack.children())
    for place, layer in enumerate(layers):
        x = layer(x)
        rows.append(
            {
                "shape": list(x.shape[1:]),
                "parameters": sum(parameter.numel() for parameter in layer.parameters()),
                "multiply_adds": multiply_adds(layer, after=x),
                "sees": sees(layers[: place + 1], channels=channels),
            }
        )
    return {
        "arch": arch,
        "shape": [channels, height, width],
        "hidden": hidden,
        "classes": classes,
        "rows": rows,
        "parameters": sum(parameter.numel() for parameter in stack.parameters()),
    }


def threeblock(channels: int, hidden: int, classes: int) -> nn.Sequential:
    """Return the three-block network; the first dense layer finds its own input size."""
    layers: list[nn.Module] = []
    for before, after in ((channels, 32), (32, 64), (64, 128)):
        layers += [nn.Conv2d(before, after, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    head = [nn.Flatten(), nn.LazyLinear(hidden), nn.ReLU(), nn.Dropout(0.5), nn.Linear(hidden, classes)]
    return nn.Sequential(*layers, *head)


def lenet5(channels: int, hidden: int, classes: int) -> nn.Sequential:
    """Return LeNet-5 with average pooling and tanh."""
    return nn.Sequential(
        nn.Conv2d(channels, 6, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.LazyLinear(hidden), nn.ReLU(),
        nn.Linear(hidden, 84), nn.ReLU(), nn.Linear(84, classes),
    )  # fmt: skip


def multiply_adds(layer: nn.Module, *, after: Tensor) -> int:
    """Count products: the weights of one output times the outputs (padding counts like any pixel)."""
    if not isinstance(layer, nn.Conv2d | nn.Linear):
        return 0
    return layer.weight[0].numel() * after.numel()


SIDE = 96


def sees(layers: list[nn.Module], *, channels: int) -> int | None:
    """Measure the receptive field: which inputs have a gradient from one output in the middle; None after a Flatten."""
    if any(isinstance(layer, nn.Flatten) for layer in layers):
        return None
    x = torch.zeros(1, channels, SIDE, SIDE, dtype=torch.float64, requires_grad=True)
    y = x
    for layer in layers:
        y = smooth(layer)(y)
    (gradient,) = torch.autograd.grad(y[0, 0, y.shape[2] // 2, y.shape[3] // 2], x)
    return int((gradient.abs().sum(dim=(0, 1, 3)) > 0).sum())


def smooth(layer: nn.Module) -> nn.Module:
    """Return a layer of the same reach through which every input has a gradient: ones for weights, mean for maximum."""
    if isinstance(layer, nn.Conv2d):
        same = copy.deepcopy(layer).double()
        nn.init.ones_(same.weight)
        return same
    if isinstance(layer, nn.MaxPool2d):
        return nn.AvgPool2d(layer.kernel_size)
    return nn.Identity() if not isinstance(layer, nn.AvgPool2d) else layer


if __name__ == "__main__":
    main()
