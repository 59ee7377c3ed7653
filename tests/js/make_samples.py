"""Make the pictures and numbers that widgets show: `python tests/js/make_samples.py`."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from sklearn.datasets import load_digits, load_sample_image
from torchvision.models import ResNet18_Weights

STATIC = Path(__file__).resolve().parents[2] / "static"
LARGEST_INK = 16
# The split that lesson 1 computes its statistics on.
TRAINING_DIGITS = 1257
WEIGHT_DIGITS = 3
STEPS = 300
ACCURACY_DIGITS = 4
SHEET_ROWS, SHEET_COLUMNS, SHEET_ZOOM = 4, 12, 6


def main() -> None:
    """Write every sample into static/images and static/data."""
    photo = Image.fromarray(load_sample_image("china.jpg"))
    photo.save(STATIC / "images" / "china.webp", lossless=True, quality=100, method=6, exact=True)
    contact_sheet().save(STATIC / "images" / "digits.png", optimize=True)
    write("digit.json", digit())
    write("statistics.json", statistics())
    write("dense-digits.json", dense_layer())


def write(name: str, content: dict[str, Any]) -> None:
    """Write one JSON file, small and the same on every run."""
    (STATIC / "data" / name).write_text(json.dumps(content, separators=(",", ":")) + "\n")


def contact_sheet() -> Image.Image:
    """Return the first digits side by side, their ink as the alpha channel; cells are enlarged without smoothing."""
    images = load_digits().images[: SHEET_ROWS * SHEET_COLUMNS]
    cells = np.pad(images, ((0, 0), (1, 1), (1, 1))).reshape(SHEET_ROWS, SHEET_COLUMNS, 10, 10)
    ink = np.rint(cells.transpose(0, 2, 1, 3).reshape(SHEET_ROWS * 10, SHEET_COLUMNS * 10) / LARGEST_INK * 255)
    alpha = Image.fromarray(ink.astype(np.uint8))
    enlarged = alpha.resize((alpha.width * SHEET_ZOOM, alpha.height * SHEET_ZOOM), Image.Resampling.NEAREST)
    return Image.merge("LA", (Image.new("L", enlarged.size), enlarged))


def digit() -> dict[str, Any]:
    """Return the first digit as the pixel inspector reads a picture."""
    cells = load_digits().images[0].astype(int)
    return {"width": 8, "height": 8, "channels": 1, "largest": LARGEST_INK, "values": cells.ravel().tolist()}


def statistics() -> dict[str, Any]:
    """Return mean and standard deviation per channel, on values from 0 to 1, with their sources."""
    preparation = ResNet18_Weights.IMAGENET1K_V1.transforms()
    train = load_digits().images[:TRAINING_DIGITS] / LARGEST_INK
    return {
        "imagenet": {
            "title": "ImageNet",
            "mean": list(preparation.mean),
            "std": list(preparation.std),
            "source": "torchvision, preparation kept with ResNet18_Weights.IMAGENET1K_V1",
        },
        "cifar10": {
            "title": "CIFAR-10",
            "mean": [0.4914, 0.4822, 0.4465],
            "std": [0.2470, 0.2435, 0.2616],
            "source": "cited in lesson 1: over all pixels of the 50,000 training images; not computed here",
        },
        "digits": {
            "title": "the digits",
            "mean": [round(float(train.mean()), 4)],
            "std": [round(float(train.std(ddof=1)), 4)],
            "source": f"computed over scikit-learn's first {TRAINING_DIGITS} digits",
        },
    }


def dense_layer() -> dict[str, Any]:
    """Train one dense layer, 64 numbers to 10 scores, on the digits; return its rounded weights and what it reaches.

    From zero by plain gradient descent: the weights are then sums of the images themselves and can be read as pictures.
    """
    digits = load_digits()
    images = torch.tensor(digits.data / LARGEST_INK, dtype=torch.float32)
    labels = torch.tensor(digits.target)
    layer = torch.nn.Linear(64, 10)
    torch.nn.init.zeros_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    optimiser = torch.optim.SGD(layer.parameters(), lr=0.5)
    for _ in range(STEPS):
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(layer(images[:TRAINING_DIGITS]), labels[:TRAINING_DIGITS]).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    with torch.no_grad():
        is_right = layer(images[TRAINING_DIGITS:]).argmax(1) == labels[TRAINING_DIGITS:]
    # One unseen digit of each kind that the layer reads rightly; it misses about one in ten.
    shown = [int((is_right & (labels[TRAINING_DIGITS:] == kind)).nonzero()[0]) for kind in range(10)]
    return {
        "rows": 8,
        "columns": 8,
        "names": [str(name) for name in range(10)],
        "weights": np.round(layer.weight.detach().numpy().astype(float), WEIGHT_DIGITS).tolist(),
        "biases": np.round(layer.bias.detach().numpy().astype(float), WEIGHT_DIGITS).tolist(),
        "accuracy": round(float(is_right.float().mean()), ACCURACY_DIGITS),
        "unseen": len(labels) - TRAINING_DIGITS,
        "samples": [
            images[TRAINING_DIGITS + place].numpy().round(WEIGHT_DIGITS).astype(float).round(WEIGHT_DIGITS).tolist()
            for place in shown
        ],
    }


if __name__ == "__main__":
    main()
