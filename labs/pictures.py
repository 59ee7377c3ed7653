"""The pictures of a data set that pages show beside what a network says about them: one file per data set.

Only a worker can read data sets; it keeps the file once, in the storage that all machines share.
"""

from collections.abc import Callable
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

# As many as `nets.statistics` names places of.
MOST: Final = 1000
# Side by side in a row of the file: nets.sheet.PICTURES, which the web process cannot import.
IN_A_ROW: Final = 40

_kept: set[str] = set()


def name_of(data: str) -> str:
    """Return the name in the storage of the pictures of a data set."""
    return f"pictures/{data}-validation.webp"


def are_kept(data: str) -> bool:
    """Whether a worker has kept the pictures of a data set."""
    return default_storage.exists(name_of(data))


def keep(data: str, *, draw: Callable[[], bytes]) -> None:
    """Keep what `draw` returns as the pictures of a data set, unless they are there."""
    name = name_of(data)
    if name not in _kept and not default_storage.exists(name):
        default_storage.save(name, ContentFile(draw()))
    _kept.add(name)


def forget() -> None:
    """Look into the storage again next time, for whoever has changed it."""
    _kept.clear()
