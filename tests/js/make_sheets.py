"""Make the contact sheets of the augmentation widget: `python -m tests.js.make_sheets`, half a minute.

The sheets are made by the pipeline that runs use (nets.augment, through nets.sheet). One picture a subject: a row for
each change and strength, twelve variants in it. Beside them, sheets.json says what made each row and, for the digits,
how two networks read its variants: both learned from the 100 digits of `few_digits`, one without augmentation.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from sklearn.datasets import load_sample_image
from torch import Tensor, nn

from nets import changes, recipes
from nets.augment import Pipeline
from nets.data import Data, Split, load, order
from nets.sheet import variants
from nets.zoo import build

STATIC: Final = Path(__file__).resolve().parents[2] / "static"
SHOWN: Final = 12
PHOTO_SIDE: Final = 48
EPOCHS: Final = 150
# Each change in three strengths: a little, as usual, too much. The keys are what the widget calls them.
STEPS: Final[Mapping[str, tuple[dict[str, Any], ...]]] = MappingProxyType(
    {
        "flip": ({"probability": 0.1}, {"probability": 0.5}, {"probability": 1.0}),
        "crop": ({"padding": 2}, {"padding": 4}, {"padding": 16}),
        "rotate": ({"degrees": 8.0}, {"degrees": 15.0}, {"degrees": 180.0}),
        "colour": (
            {"brightness": 0.1, "contrast": 0.1, "saturation": 0.1, "hue": 0.0},
            {"brightness": 0.3, "contrast": 0.3, "saturation": 0.3, "hue": 0.05},
            {"brightness": 0.9, "contrast": 0.9, "saturation": 1.0, "hue": 0.5},
        ),
        "resized_crop": ({"scale": [0.8, 1.0]}, {"scale": [0.5, 1.0]}, {"scale": [0.08, 0.25]}),
        "affine": (
            {"degrees": 5.0, "translate": 0.05, "scale": [0.95, 1.05], "shear": 5.0},
            {"degrees": 10.0, "translate": 0.1, "scale": [0.85, 1.15], "shear": 15.0},
            {"degrees": 45.0, "translate": 0.3, "scale": [0.4, 1.8], "shear": 50.0},
        ),
        "noise": ({"std": 0.03}, {"std": 0.1}, {"std": 0.6}),
        "cutout": ({"size": 4}, {"size": 10}, {"size": 26}),
        "mixup": ({"alpha": 0.1}, {"alpha": 0.4}, {"alpha": 8.0}),
    }
)


def subjects() -> dict[str, tuple[Data, int]]:
    """Return each subject: a data set, and the place of its image among the training images."""
    digits, shapes = load("digits"), load("shapes")
    # This 2 is one that everybody reads; the first of the others are as good as any.
    found = {"two": (digits, place_of(digits, 2, which=10)), "six": (digits, place_of(digits, 6))}
    return found | {"arrow": (shapes, place_of(shapes, shapes.classes.index("arrow"))), "flower": (photos(), 0)}


def place_of(data: Data, label: int, *, which: int = 0) -> int:
    """Return the place of a training image of a class, the first or another."""
    return int((data.train.labels == label).nonzero()[which])


def photos() -> Data:
    """Return scikit-learn's flower and, to blend it with, its tower, in small squares, as a data set."""
    squares = [square(load_sample_image(f"{name}.jpg"), left=left) for name, left in (("flower", 120), ("china", 140))]
    images = torch.from_numpy(np.stack([squares[0], *[squares[1]] * 29])).permute(0, 3, 1, 2).contiguous()
    pixels = images.double() / 255
    part = Split(images, torch.tensor([0, *[1] * 29]))
    mean, std = (tuple(found.tolist()) for found in (pixels.mean(dim=(0, 2, 3)), pixels.std(dim=(0, 2, 3))))
    return replace(load("shapes"), name="photos", train=part, mean=mean, std=std, classes=("flower", "tower"))


def square(photo: Any, *, left: int) -> Any:
    """Return a square of a photograph, made smaller."""
    side = photo.shape[0]
    cut = Image.fromarray(photo[:, left : left + side])
    return np.asarray(cut.resize((PHOTO_SIDE, PHOTO_SIDE), Image.Resampling.LANCZOS))


def rows(data: Data, number: int) -> dict[str, list[Tensor]]:
    """Return the variants of one image, SHOWN for each change and strength: (SHOWN, C, H, W) uint8."""
    return {
        kind: [
            variants(data, recipes.parse([{"kind": kind, **settings}]), number=number, seed=3)[:SHOWN]
            for settings in strengths
        ]
        for kind, strengths in STEPS.items()
    }


def picture(made: Mapping[str, list[Tensor]]) -> Image.Image:
    """Lay all rows of a subject under one another, pixel by pixel."""
    lines = [torch.cat([*row], dim=2) for strengths in made.values() for row in strengths]  # (C, H, SHOWN * W) each
    pixels = torch.cat(lines, dim=1).numpy()
    return Image.fromarray(pixels[0] if len(pixels) == 1 else np.ascontiguousarray(pixels.transpose(1, 2, 0)))


def trained(augment: str) -> nn.Module:
    """Train LeNet-5 on the 100 digits of `few_digits` with Adam and a cosine, as the lab does."""
    torch.manual_seed(0)
    data, model = load("few_digits"), build("lenet5", shape=(1, 32, 32), classes=10)
    pipeline = Pipeline(recipes.parse(augment), classes=10)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.003)
    steps = EPOCHS * -(-len(data.train) // 32)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for epoch in range(1, EPOCHS + 1):
        for chosen in torch.split(order(len(data.train), seed=0, epoch=epoch), 32):
            images, labels = pipeline(data.train.images[chosen], data.train.labels[chosen], data.mean, data.std)
            loss = F.cross_entropy(model(images), labels)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
    return model.eval()


def read(model: nn.Module, images: Tensor) -> list[int]:
    """Return the digit that a network takes each image (N, 1, 32, 32) uint8 for."""
    data = load("few_digits")
    with torch.no_grad():
        logits: Tensor = model(changes.normalise(images, mean=data.mean, std=data.std))
    return [int(label) for label in logits.argmax(dim=1)]


def main() -> None:
    """Write a picture for each subject, and sheets.json."""
    folder = STATIC / "images" / "sheets"
    folder.mkdir(exist_ok=True)
    models = {"plain": trained("none"), "light": trained("light")}
    told: dict[str, Any] = {"shown": SHOWN, "steps": dict(STEPS), "subjects": {}}
    for name, (data, number) in subjects().items():
        made = rows(data, number)
        picture(made).save(folder / f"{name}.webp", lossless=data.name == "digits", quality=88, method=6)
        picture({"whole": [data.train.images[number : number + 1]]}).save(folder / f"{name}-whole.webp", lossless=True)
        told["subjects"][name] = {"side": data.shape[1]}
        if data.name == "digits":
            told["subjects"][name]["read"] = {
                kind: [{who: read(model, row) for who, model in models.items()} for row in strengths]
                for kind, strengths in made.items()
            }
    (STATIC / "data" / "sheets.json").write_text(json.dumps(told, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
