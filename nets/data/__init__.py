"""Data sets as tensors: read once per process, split once and for all, batched by index on the device."""

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from nets.catalog import DATASETS
from nets.data import digits

READERS: Final = MappingProxyType({"digits": digits.read})

# Coprime to any seed that matters, so that no two (seed, epoch) pairs of a class share an order.
_EPOCHS_APART: Final = 1_000_003


@dataclass(frozen=True, slots=True)
class Split:
    """One part of a data set: `images` (N, C, H, W) uint8 and `labels` (N,) int64, both on one device."""

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, slots=True)
class Data:
    """A data set on a device; `mean` and `std` are those of the training pixels divided by 255."""

    name: str
    train: Split
    validation: Split
    test: Split
    mean: float
    std: float

    @property
    def shape(self) -> tuple[int, int, int]:
        """Return (C, H, W) of one image."""
        channels, height, width = self.train.images.shape[1:]
        return channels, height, width


@cache
def load(name: str, *, device: str = "cpu") -> Data:
    """Read and split the data set `name`, once per process and device; KeyError for an unknown name.

    The split is stratified and the same for every run: no seed of a learner moves an image into the test set.
    """
    from sklearn.model_selection import train_test_split

    images, labels = READERS[name]()
    sizes = DATASETS[name].splits
    rest, test = train_test_split(np.arange(len(labels)), test_size=sizes["test"], stratify=labels, random_state=0)
    train, validation = train_test_split(rest, test_size=sizes["validation"], stratify=labels[rest], random_state=0)

    def split(part: npt.NDArray[np.int64]) -> Split:
        # numpy leaves a single channel with the stride of channels_last, which makes torch choose other kernels than
        # for the same images read from a file: sums would differ in their last digits.
        pixels = torch.from_numpy(images[part]).clone(memory_format=torch.contiguous_format)
        return Split(pixels.to(device), torch.from_numpy(labels[part]).to(device))

    pixels = images[train] / 255
    return Data(
        name=name,
        train=split(train),
        validation=split(validation),
        test=split(test),
        mean=round(float(pixels.mean()), 4),
        std=round(float(pixels.std()), 4),
    )


def order(count: int, *, seed: int, epoch: int) -> Tensor:
    """Return the order in which epoch number `epoch` shows `count` images: a function of seed and epoch alone."""
    dice = torch.Generator().manual_seed(seed * _EPOCHS_APART + epoch)
    return torch.randperm(count, generator=dice)


def warm() -> None:
    """Read every data set now, so that the first run of this process starts at once."""
    for name in READERS:
        load(name)
