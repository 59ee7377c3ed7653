"""Where the archives of downloaded data sets lie, and whether they are there; the standard library alone."""

import os
from pathlib import Path
from typing import Final

from nets.catalog import DATASETS, DataSet

# The folder of all archives; another one may be named in the environment.
VARIABLE: Final = "STRIDE_DATA"
USUAL: Final = Path("var", "data")


def folder() -> Path:
    """Return where archives are looked for and downloaded to."""
    return Path(os.environ.get(VARIABLE) or USUAL)


def missing(data: DataSet) -> list[Path]:
    """Return the archives of `data` that are neither there nor unpacked; none for a set that needs no network."""
    wanted = ((folder() / name, folder() / unpacked) for name, unpacked in data.archives)
    return [archive for archive, unpacked in wanted if not archive.exists() and not unpacked.exists()]


def is_here(data: DataSet) -> bool:
    """Say whether `data` can be read without a network; the contents are checked when it is read."""
    return not missing(data)


def names_here() -> list[str]:
    """Return the names of all data sets that can be read without a network."""
    return [name for name, data in DATASETS.items() if is_here(data)]
