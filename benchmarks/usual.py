"""The training script of most tutorials: PIL transforms, DataLoader workers, float32 NCHW, `.item()` each step."""

import time
import warnings
from itertools import chain
from typing import Any, Final

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor
from torch.optim.lr_scheduler import CosineAnnealingLR
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from nets import recipes
from nets.data import Data
from nets.specs import TrainSpec
from nets.zoo import build

WORKERS: Final = 4
# That four workers are many for two cores is known: most tutorials name four.
warnings.filterwarnings("ignore", message="This DataLoader will create")


class Pictures(Dataset[tuple[Tensor, int]]):
    """Training images as a folder of pictures would give them: one PIL image at a time, changed one by one."""

    def __init__(self, part: Data, *, augment: str) -> None:
        pixels = part.train.images.permute(0, 2, 3, 1).numpy()  # (N, H, W, 3)
        self._images = [Image.fromarray(image) for image in pixels]
        self._labels: list[int] = part.train.labels.tolist()
        steps = chain.from_iterable(_as_torchvision(step) for step in recipes.parse(augment).steps)
        self._change = transforms.Compose([*steps, transforms.ToTensor(), transforms.Normalize(part.mean, part.std)])

    def __len__(self) -> int:
        return len(self._labels)

    def __getitem__(self, place: int) -> tuple[Tensor, int]:
        return self._change(self._images[place]), self._labels[place]


def _as_torchvision(step: recipes.Step) -> list[Any]:
    """Return a step of a recipe as tutorials write it; raises KeyError for one that has no such form here."""
    amounts = dict(step.settings)
    known = {
        "flip": lambda: transforms.RandomHorizontalFlip(amounts["probability"]),
        "crop": lambda: transforms.RandomCrop(32, padding=amounts["padding"]),
        "colour": lambda: transforms.ColorJitter(*(amounts[name] for name in ("brightness", "contrast", "saturation"))),
    }
    return [known[step.kind]()]


class UsualScript:
    """One run of that script, an epoch at a time; its workers stay from one epoch to the next."""

    def __init__(self, spec: TrainSpec, *, part: Data) -> None:
        self._pictures = Pictures(part, augment=spec.augment)
        self._loader = DataLoader(
            self._pictures, batch_size=spec.batch_size, shuffle=True, num_workers=WORKERS, persistent_workers=True
        )
        torch.manual_seed(spec.seed)
        self.model = build(spec.arch, shape=part.shape, classes=len(part.classes))
        weights = self.model.parameters()
        self._optimiser = torch.optim.AdamW(weights, lr=spec.learning_rate, weight_decay=spec.weight_decay)
        steps = spec.epochs * len(self._loader)
        self._scheduler = CosineAnnealingLR(self._optimiser, T_max=steps)
        self.told: list[tuple[float, float]] = []

    def __enter__(self) -> "UsualScript":
        return self

    def __exit__(self, *_: object) -> None:
        # Dropping the loader ends its workers.
        del self._loader

    def train(self) -> float:
        """Train one epoch; returns images per second, and adds loss and accuracy to what it has `told`."""
        self.model.train()
        running, correct = 0.0, 0
        begun = time.perf_counter()
        for images, labels in self._loader:
            self._optimiser.zero_grad()
            logits = self.model(images)
            loss = F.cross_entropy(logits, labels)
            loss.backward()  # type: ignore[no-untyped-call]
            self._optimiser.step()
            self._scheduler.step()
            running += loss.item() * len(labels)
            correct += (logits.argmax(dim=1) == labels).sum().item()
        self.told.append((running / len(self._pictures), correct / len(self._pictures)))
        return len(self._pictures) / (time.perf_counter() - begun)

    def read(self) -> float:
        """Read and change the images of one epoch and train nothing; returns images per second."""
        begun = time.perf_counter()
        for _batch in self._loader:
            pass
        return len(self._pictures) / (time.perf_counter() - begun)
