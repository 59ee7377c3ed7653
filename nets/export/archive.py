"""The zip of an exported run and the data file in it: the same run makes the same bytes, whenever it is exported."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from nets import checkpoints
from nets.data import Data
from nets.script import PARTS

# The earliest time that a zip can hold: when a run was exported says nothing about it.
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE: Final = 0o100644 << 16


def write_zip(files: Mapping[str, bytes], to: Path) -> Path:
    """Write `files`, by name, as a zip to `to`, whole or not at all; returns `to`.

    Raises OSError when the disk does not take it.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            about = zipfile.ZipInfo(name, _NO_TIME)
            about.compress_type = zipfile.ZIP_DEFLATED
            about.external_attr = _PLAIN_FILE
            archive.writestr(about, content)
    checkpoints.write(buffer.getvalue(), to)
    return to


def data_bytes(data: Data) -> bytes:
    """Return a data set as an .npz file: per part `*_images` (N, C, H, W) uint8 and `*_labels` (N,), `mean`, `std`."""
    arrays: dict[str, npt.NDArray[np.generic]] = {}
    for name in PARTS:
        split = getattr(data, name)
        arrays[f"{name}_images"] = split.images.cpu().numpy()
        arrays[f"{name}_labels"] = split.labels.cpu().numpy()
    arrays |= {"mean": _statistic(data.mean), "std": _statistic(data.std)}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def save_data(data: Data, to: Path) -> None:
    """Write `data_bytes` to a file."""
    to.write_bytes(data_bytes(data))


def _statistic(value: float | Sequence[float]) -> npt.NDArray[np.generic]:
    """Return one number as float64, one per channel as float32 (C, 1, 1): so both meet images as in the trainer."""
    if isinstance(value, Sequence):
        return np.asarray(value, dtype=np.float32)[:, None, None]
    return np.asarray(value, dtype=np.float64)
