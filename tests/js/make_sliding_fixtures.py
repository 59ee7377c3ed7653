"""Make what windows, pools and fields in the browser are held against: `python -m tests.js.make_sliding_fixtures`."""

import json
import random
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

HERE = Path(__file__).resolve().parent / "fixtures"
Setting = dict[str, Any]


def main() -> None:
    """Write every fixture."""
    for name, content in contents().items():
        (HERE / f"{name}.json").write_text(json.dumps(content) + "\n")


def contents() -> dict[str, Any]:
    """Return every fixture by its name, drawn anew from the same seed."""
    dice = random.Random(0)
    return {"sliding": sliding(dice), "pooling": pooling(dice), "field": field(dice)}


def sliding(dice: random.Random) -> dict[str, Any]:
    """Return which pixels each output of a convolution reads, and what convolutions hold, or torch's refusal."""
    named = [
        (224, 3, 1, 1, 1),
        (8, 3, 2, 0, 1),
        (224, 3, 2, 1, 1),
        (7, 3, 1, 0, 2),
        (5, 7, 1, 0, 1),
        (9, 4, 1, "same", 3),
    ]
    drawn = [setting_of(dice) for _ in range(120)]
    fields = ("size", "kernel", "stride", "padding", "dilation")
    settings = [dict(zip(fields, one, strict=True)) for one in [*named, *drawn]]
    channels = [
        (3, 64, 3, 1),
        (16, 32, 1, 1),
        (32, 32, 3, 32),
        (32, 64, 3, 32),
        (8, 12, 5, 4),
        (6, 9, 3, 2),
        (9, 6, 3, 4),
        (8, 6, 3, 4),
    ]
    return {
        "landings": [landed(one) for one in settings],
        "held": [holding(*one, bias) for one in channels for bias in (True, False)],
    }


def setting_of(dice: random.Random) -> tuple[int, int, int, int | str, int]:
    """Draw a setting; some do not fit, some ask for "same" with a stride."""
    padding = "same" if dice.random() < 0.25 else dice.randint(0, 4)
    return dice.randint(1, 20), dice.randint(1, 6), dice.randint(1, 4), padding, dice.randint(1, 3)


def landed(setting: Setting) -> dict[str, Any]:
    """Let torch slide a kernel of ones: an input has a gradient from exactly the outputs that read it."""
    options = {name: value for name, value in setting.items() if name != "size"}
    try:
        layer = nn.Conv1d(1, 1, options.pop("kernel"), **options, dtype=torch.float64)
        nn.init.ones_(layer.weight)
        x = torch.zeros(1, 1, setting["size"], dtype=torch.float64, requires_grad=True)
        y = layer(x)[0, 0]  # (outputs,)
    except (ValueError, RuntimeError) as error:
        return {**setting, "refused": str(error)}
    return {**setting, "output": len(y), "reads": [reads(one, of=x) for one in y]}


def reads(output: Tensor, *, of: Tensor) -> list[int]:
    """Return the places of a row (1, 1, W) that have a gradient from one output."""
    (gradient,) = torch.autograd.grad(output, of, retain_graph=True)
    places: list[int] = gradient[0, 0].nonzero().flatten().tolist()
    return places


def holding(before: int, after: int, kernel: int, groups: int, bias: bool) -> dict[str, Any]:
    """Return the shape of a convolution's weights and how many parameters it has, or torch's refusal."""
    asked = {"inChannels": before, "outChannels": after, "kernel": kernel, "groups": groups, "bias": bias}
    try:
        layer = nn.Conv2d(before, after, kernel, groups=groups, bias=bias)
    except ValueError as error:
        return {**asked, "refused": str(error)}
    return {**asked, "shape": list(layer.weight.shape), "parameters": sum(each.numel() for each in layer.parameters())}


def pooling(dice: random.Random) -> list[dict[str, Any]]:
    """Return maps of whole numbers and what torch's pools make of them."""
    return [pooled(dice) for _ in range(40)]


def pooled(dice: random.Random) -> dict[str, Any]:
    """Draw a map and a window and pool it in every way."""
    kernel, stride = dice.randint(1, 4), dice.randint(1, 4)
    high, wide = dice.randint(kernel, 9), dice.randint(kernel, 9)
    grid = [[dice.randint(-9, 9) for _ in range(wide)] for _ in range(high)]
    x = torch.tensor(grid, dtype=torch.float64)[None, None]
    return {
        "map": grid,
        "kernel": kernel,
        "stride": stride,
        "max": F.max_pool2d(x, kernel, stride)[0, 0].tolist(),
        "average": F.avg_pool2d(x, kernel, stride)[0, 0].tolist(),
        "global": F.adaptive_avg_pool2d(x, 1)[0, 0].tolist(),
    }


def field(dice: random.Random) -> list[dict[str, Any]]:
    """Return stacks of layers with what one unit of each sees of the row below and of the input."""
    lenet = [layer_of(5), layer_of(2, 2), layer_of(5), layer_of(2, 2)]
    blocks = [layer_of(3, padding=1), layer_of(2, 2)] * 3
    dilated = [layer_of(3, padding=2**depth, dilation=2**depth) for depth in range(4)]
    drawn = [
        [
            layer_of(dice.randint(1, 5), dice.randint(1, 3), dice.randint(0, 2), dice.randint(1, 2))
            for _ in range(dice.randint(1, 4))
        ]
        for _ in range(30)
    ]
    return [found for stack in [lenet, blocks, dilated, *drawn] if (found := stacked(stack, side=48, dice=dice))]


def layer_of(kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> Setting:
    """Return one sliding layer."""
    return {"kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}


def stacked(stack: list[Setting], *, side: int, dice: random.Random) -> dict[str, Any] | None:
    """Run a row through a stack; None where a layer does not fit."""
    x = torch.zeros(1, 1, side, dtype=torch.float64, requires_grad=True)
    rows = [x]
    try:
        for setting in stack:
            rows.append(ones(setting)(rows[-1]))
    except RuntimeError:
        return None
    unit = dice.randrange(rows[-1].shape[-1])
    return {
        "layers": stack,
        "side": side,
        "sides": [row.shape[-1] for row in rows],
        "unit": unit,
        "seen": [reads(rows[-1][0, 0, unit], of=row) for row in rows[:-1]],
    }


def ones(setting: Setting) -> nn.Conv1d:
    """Return a layer of ones, through which every input that is read has a gradient."""
    options = {name: value for name, value in setting.items() if name != "kernel"}
    layer = nn.Conv1d(1, 1, setting["kernel"], **options, dtype=torch.float64)
    nn.init.ones_(layer.weight)
    return layer


if __name__ == "__main__":
    main()
