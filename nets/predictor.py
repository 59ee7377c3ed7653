"""Ask a trained network: classes with probabilities, and where it looked."""

from pathlib import Path
from typing import NamedTuple, Self

import torch
from torch import Tensor, nn

from nets import checkpoints, explain
from nets.changes import Statistic
from nets.metrics import normalised
from nets.specs import SpecError, TrainSpec
from nets.zoo import build_for
from nets.zoo.library import LibraryError


class Answer(NamedTuple):
    """One class that the network considers: its place among the outputs from 0, its name, its probability 0 to 1."""

    place: int
    name: str
    probability: float


class Predictor:
    """A trained network with everything that it needs to read pictures: its spec, classes, mean and std."""

    def __init__(
        self, model: nn.Module, *, spec: TrainSpec, mean: Statistic, std: Statistic, device: str = "cpu"
    ) -> None:
        self.spec = spec
        self.classes = spec.dataset.classes
        self._mean, self._std = mean, std
        self._model = model.to(device).eval()
        self._device = device

    @classmethod
    def load(cls, path: Path, *, sha256: str | None = None, device: str = "cpu") -> Self:
        """Read the network of a checkpoint that the trainer wrote.

        Raises CheckpointError when the file is missing, damaged, or not a run's checkpoint, and when its network is
        one of another package that is not there.
        """
        state = checkpoints.load(path, sha256=sha256, device=device)
        try:
            spec = TrainSpec.from_json(state["spec"])
            model = build_for(spec)
            model.load_state_dict(state["model"])
            return cls(model, spec=spec, mean=state["mean"], std=state["std"], device=device)
        except LibraryError as error:
            raise checkpoints.CheckpointError(f"The checkpoint {path.name} cannot be used here: {error}") from error
        except (KeyError, TypeError, SpecError, RuntimeError) as error:
            raise checkpoints.CheckpointError(f"The checkpoint {path.name} holds no network of this course.") from error

    @property
    def layers(self) -> list[str]:
        """Return the names of the layers that `grad_cam` can be asked for, from input to output."""
        return explain.convolutions(self._model)

    @torch.inference_mode()
    def predict(self, images: Tensor) -> Tensor:
        """Return probabilities (N, classes) float32 on the CPU for images uint8, (N, C, H, W) or one (C, H, W)."""
        return self._model(self._batch(images)).softmax(dim=1).cpu()  # type: ignore[no-any-return]

    def top(self, images: Tensor, k: int = 5) -> list[list[Answer]]:
        """Return, for each image, the `k` likeliest classes, likeliest first."""
        best = self.predict(images).topk(min(k, len(self.classes)), dim=1)
        return [
            [Answer(place, self.classes[place], probability) for probability, place in zip(row, places, strict=True)]
            for row, places in zip(best.values.tolist(), best.indices.tolist(), strict=True)
        ]

    def grad_cam(self, images: Tensor, class_index: int, layer: str | None = None) -> Tensor:
        """Return where the network finds evidence for a class: (N, H, W) float32 from 0 to 1, on the CPU.

        Raises IndexError for a class that does not exist and KeyError for a layer outside `layers`.
        """
        if not 0 <= class_index < len(self.classes):
            raise IndexError(f"A class must be from 0 to {len(self.classes) - 1}; {class_index} was given.")
        return explain.grad_cam(self._model, self._batch(images), class_index=class_index, layer=layer).cpu()

    def _batch(self, images: Tensor) -> Tensor:
        """Normalise uint8 images; raises ValueError, quoting both shapes, for any other form."""
        batch = images[None] if images.dim() == 3 else images
        shape = self.spec.dataset.shape
        if batch.dtype != torch.uint8 or tuple(batch.shape[1:]) != shape:
            given = f"{tuple(images.shape)} {images.dtype}"
            raise ValueError(f"This network reads uint8 images of shape {shape}; {given} was given.")
        return normalised(batch.to(self._device), mean=self._mean, std=self._std)
