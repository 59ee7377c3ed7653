"""Make the numbers that the convolution widgets are held against: `python tests/js/make_convolution_fixtures.py`."""

import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

HERE = Path(__file__).resolve().parent / "fixtures"
SIZES = ((5, 5, 3, 3), (6, 4, 3, 2), (7, 9, 5, 5), (3, 3, 3, 3))
COUNTED = ((224, 3, 1000, 64, 3), (32, 3, 10, 32, 5), (8, 1, 1, 1, 1), (16, 12, 100, 8, 7))


RAMP = [[5 * row + column + 1 for column in range(5)] for row in range(5)]
# The worked examples of the course's plan: channels, kernels, bias.
EXAMPLES = {
    "a": (
        [[[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]]],
        [[[1, 0, 1], [0, 1, 0], [1, 0, 1]]],
        0,
    ),
    "b": ([[[1, 2, 3], [4, 5, 6], [7, 8, 9]]], [[[1, 0, -1]] * 3], 0),
    "c": ([RAMP], [[[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]], 0),
    "d": (
        [[[2, 2, 0, 0]] * 4, [[1] * 4] * 2 + [[0] * 4] * 2, [[0, 0, 0, 3], [0, 0, 3, 0], [0, 3, 0, 0], [3, 0, 0, 0]]],
        [[[1, 0, -1]] * 3, [[0, 0, 0], [0, 1, 0], [0, 0, 0]], [[0, 0, 1], [0, 1, 0], [1, 0, 0]]],
        -2,
    ),
}


def main() -> None:
    """Write the fixture."""
    (HERE / "convolution.json").write_text(json.dumps(convolution(), indent=1) + "\n")


def convolution() -> dict[str, Any]:
    """Return everything that static/js/arithmetic/{convolution,counting}.js must agree with."""
    dice = torch.Generator().manual_seed(0)
    return {
        "single": [single(*size, dice=dice) for size in SIZES],
        "channels": [channels(count, dice=dice) for count in (1, 3, 4)],
        "counts": [counts(*case) for case in COUNTED],
        "pictures": [picture(*size, dice=dice) for size in ((6, 5, 3), (7, 8, 5), (2, 3, 5))],
        "examples": {name: example(*problem) for name, problem in EXAMPLES.items()},
    }


def whole(*shape: int, dice: torch.Generator) -> Tensor:
    """Return whole numbers from -9 to 9, so that every sum is exact."""
    return torch.randint(-9, 10, shape, generator=dice).double()


def as_grid(values: Tensor) -> dict[str, Any]:
    """Return a matrix as the widgets keep it."""
    rows, columns = values.shape
    return {"rows": rows, "columns": columns, "values": values.flatten().int().tolist()}


def single(rows: int, columns: int, high: int, wide: int, *, dice: torch.Generator) -> dict[str, Any]:
    """Return one image under one kernel, both ways, with zeros round it, and moved."""
    image, kernel = whole(rows, columns, dice=dice), whole(high, wide, dice=dice)
    moved = torch.zeros_like(image)
    moved[1:, : columns - 2] = image[: rows - 1, 2:]
    return {
        "image": as_grid(image),
        "kernel": as_grid(kernel),
        "correlated": as_grid(functional.conv2d(image[None, None], kernel[None, None])[0, 0]),
        "convolved": as_grid(functional.conv2d(image[None, None], kernel.flip(0, 1)[None, None])[0, 0]),
        "with_bias": as_grid(
            functional.conv2d(image[None, None], kernel[None, None], torch.tensor([4.0]).double())[0, 0]
        ),
        "padded": as_grid(functional.pad(image, (2, 2, 2, 2))),
        "down_1_left_2": as_grid(moved),
    }


def channels(count: int, *, dice: torch.Generator) -> dict[str, Any]:
    """Return an image of several channels under one filter."""
    image, kernels = whole(count, 4, 5, dice=dice), whole(count, 3, 3, dice=dice)
    made = functional.conv2d(image[None], kernels[None], torch.tensor([-3.0]).double())[0, 0]
    return {
        "image": [as_grid(channel) for channel in image],
        "kernels": [as_grid(kernel) for kernel in kernels],
        "bias": -3,
        "map": as_grid(made),
    }


def example(image: list[Any], kernels: list[Any], bias: int) -> dict[str, Any]:
    """Return the map of a worked example, by cross-correlation and by convolution."""
    pixels, weights = torch.tensor([image]).double(), torch.tensor([kernels]).double()
    added = torch.tensor([bias]).double()
    ways = {"correlation": weights, "convolution": weights.flip(2, 3)}
    return {name: as_grid(functional.conv2d(pixels, way, added)[0, 0]) for name, way in ways.items()}


def picture(height: int, width: int, side: int, *, dice: torch.Generator) -> dict[str, Any]:
    """Return a picture from 0 to 255 under a kernel, as large as before because its border is repeated."""
    pixels, kernel = torch.randint(0, 256, (height, width), generator=dice).double(), whole(side, side, dice=dice)
    room = functional.pad(pixels[None, None], [side // 2] * 4, mode="replicate")
    answers = functional.conv2d(room, kernel[None, None])[0, 0]
    return {
        "width": width,
        "height": height,
        "values": as_grid(pixels)["values"],
        "kernel": as_grid(kernel),
        "answers": as_grid(answers)["values"],
    }


def counts(side: int, depth: int, units: int, filters: int, kernel: int) -> dict[str, Any]:
    """Return what torch counts in both layers; on the meta device, where weights take no memory."""
    with torch.device("meta"):
        layers = [
            (nn.Linear(side * side * depth, units, bias=b), nn.Conv2d(depth, filters, kernel, bias=b))
            for b in (True, False)
        ]
    total = [[sum(parameter.numel() for parameter in layer.parameters()) for layer in pair] for pair in layers]
    return {
        "settings": {"side": side, "channels": depth, "units": units, "filters": filters, "kernel": kernel},
        "with_bias": total[0],
        "without_bias": total[1],
    }


if __name__ == "__main__":
    main()
