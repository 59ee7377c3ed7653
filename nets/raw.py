"""What a reader of a data set hands over: all images with their labels, before they are split."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.int64]


class DataError(ValueError):
    """A data set that cannot be read; the text says in one sentence why, and what helps."""


@dataclass(frozen=True, slots=True)
class Raw:
    """Images (N, C, H, W) uint8, labels (N,), and whatever else is known of each image, first axis N.

    `test` is the official test set, None where the set has none and one must be split off.
    """

    images: Bytes
    labels: Labels
    beside: Mapping[str, npt.NDArray[Any]] = field(default_factory=lambda: MappingProxyType({}))
    test: "Raw | None" = None
