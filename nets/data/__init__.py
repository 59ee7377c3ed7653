"""Data sets as tensors: read once per process, split once and for all, batched by index on the device."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from nets import folder, own_files
from nets.catalog import DATASETS, DataSet
from nets.changes import Statistic
from nets.data import digits, downloaded, shapes
from nets.data.stratified import parted
from nets.own_sets import OWN, OwnSet
from nets.raw import Bytes, DataError, Raw
from nets.specs import TrainSpec

__all__ = ["Data", "DataError", "Split", "load", "load_folder", "load_for", "order", "warm"]

READERS: Final[Mapping[str, Callable[[], Raw]]] = MappingProxyType(
    {
        "digits": digits.read,
        "few_digits": digits.read,
        "shapes": shapes.read,
        **{name: partial(downloaded.read, name) for name in downloaded.NAMES},
    }
)

# Coprime to any seed that matters, so that no two (seed, epoch) pairs of a class share an order.
_EPOCHS_APART: Final = 1_000_003


@dataclass(frozen=True, slots=True)
class Split:
    """One part of a data set: `images` (N, C, H, W) uint8 and `labels` (N,) int64, both on one device.

    `beside` holds what else is known of each image, first axis N: for `shapes` boxes, masks and keypoints.
    """

    images: Tensor
    labels: Tensor
    beside: Mapping[str, Tensor] = field(default_factory=lambda: MappingProxyType({}))

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, slots=True)
class Data:
    """A data set on a device; `mean` and `std` are those of the training pixels divided by 255.

    They are one number for one channel, and one per channel for more.
    """

    name: str
    train: Split
    validation: Split
    test: Split
    mean: Statistic
    std: Statistic
    classes: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Return (C, H, W) of one image."""
        channels, height, width = self.train.images.shape[1:]
        return channels, height, width


@cache
def load(name: str, *, device: str = "cpu") -> Data:
    """Read and split the data set `name`, once per process and device; KeyError for an unknown name.

    The split is stratified and the same for every run: no seed of a learner moves an image into the test set. A
    set that is not here is downloaded; DataError where that fails, and where its files are damaged.
    """
    return _split(READERS[name](), DATASETS[name], device=device)


def load_for(spec: TrainSpec, *, file: Path | None = None, device: str = "cpu") -> Data:
    """Return the data of `spec`; `file` holds its own pictures, where it has some.

    Raises DataError as `load` does, and when that file is absent or is not the one whose sha256 the spec names.
    """
    if spec.data != OWN:
        return load(spec.data, device=device)
    # Not kept in memory: reading takes a tenth of a second, and pictures that were deleted are gone at once.
    own = OwnSet.parse(spec.pictures)
    return _split(own_files.read(file, own), own.data_set, device=device)


def load_folder(path: Path, *, side: int = 32, device: str = "cpu") -> Data:
    """Read and split a learner's own pictures, a folder or a zip; raises `folder.FolderError`, see `folder.read`."""
    pictures = folder.read(path, side=side)
    entry = own_files.set_of(own_files.to_bytes(pictures)).data_set
    return _split(Raw(pictures.images, pictures.labels), entry, device=device)


def order(count: int, *, seed: int, epoch: int) -> Tensor:
    """Return the order in which epoch number `epoch` shows `count` images: a function of seed and epoch alone."""
    dice = torch.Generator().manual_seed(seed * _EPOCHS_APART + epoch)
    return torch.randperm(count, generator=dice)


def warm() -> None:
    """Read every data set that needs no network now, so that the first run of this process starts at once."""
    for name, entry in DATASETS.items():
        if entry.is_offline:
            load(name)


def _split(raw: Raw, entry: DataSet, *, device: str) -> Data:
    """Part the images into training, validation and, where the set has no official one, test images."""
    share = {part: count / entry.images for part, count in entry.splits.items()}
    labels, rest = raw.labels, np.arange(len(raw.labels))
    test = _part(raw.test, slice(None), device) if raw.test is not None else None
    left = 1 - share["test"]
    if test is None:
        wanted = round(len(labels) * share["test"])
        rest, chosen = parted(labels, held_out=wanted)
        test = _part(raw, chosen, device)
    wanted = round(len(rest) * share["validation"] / left)
    train, validation = (rest[places] for places in parted(labels[rest], held_out=wanted))
    mean, std = _statistics(raw.images, train)
    return Data(
        name=entry.name,
        train=_part(raw, train, device),
        validation=_part(raw, validation, device),
        test=test,
        mean=mean,
        std=std,
        classes=entry.classes,
    )


def _part(raw: Raw, chosen: npt.NDArray[np.int64] | slice, device: str) -> Split:
    beside = {name: torch.from_numpy(values[chosen]).to(device) for name, values in raw.beside.items()}
    # numpy leaves a single channel with the stride of channels_last, which makes torch choose other kernels than
    # for the same images read from a file: sums would differ in their last digits.
    pixels = torch.from_numpy(raw.images[chosen]).clone(memory_format=torch.contiguous_format)
    return Split(
        pixels.to(device),
        torch.from_numpy(raw.labels[chosen]).to(device),
        MappingProxyType(beside),
    )


def _statistics(images: Bytes, chosen: npt.NDArray[np.int64]) -> tuple[Statistic, Statistic]:
    """Return mean and standard deviation of every channel over all chosen pixels / 255, to four places.

    They come from how often each of the 256 values occurs, exactly: no array of floats as large as the set.
    """
    values = np.arange(256) / 255
    means, stds = [], []
    for channel in range(images.shape[1]):
        counts = np.bincount(images[chosen, channel].ravel(), minlength=256)
        mean = float(counts @ values / counts.sum())
        means.append(round(mean, 4))
        stds.append(round(float(np.sqrt(counts @ (values - mean) ** 2 / counts.sum())), 4))
    return (means[0], stds[0]) if len(means) == 1 else (tuple(means), tuple(stds))
