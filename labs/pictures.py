"""The pictures of a data set that pages show beside what a network says about them: one file per data set.

Only a worker can read data sets; it keeps the file once, in the storage that all machines share.
"""

from collections.abc import Callable
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from labs import owning
from labs.models import PictureSet, Run
from nets.own_sets import OWN
from nets.specs import TrainSpec

# As many as `nets.statistics` names places of.
MOST: Final = 1000
# Side by side in a row of the file: nets.sheet.PICTURES, which the web process cannot import.
IN_A_ROW: Final = 40

_kept: set[str] = set()


def name_of(run: Run) -> str:
    """Return the name in the storage of the pictures of a run's data set; empty when they are gone for good."""
    spec = TrainSpec.from_json(run.spec)
    if spec.data != OWN:
        return f"pictures/{spec.data}-validation.webp"
    found = owning.set_of(spec, run.owner)
    return name_of_set(found) if found else ""


def name_of_set(found: PictureSet) -> str:
    """Return the name in the storage of the validation pictures of a learner's own set."""
    return f"own/{found.pk}/validation.webp"


def are_kept(run: Run) -> bool:
    """Whether a worker has kept the pictures of a run's data set."""
    name = name_of(run)
    return bool(name) and default_storage.exists(name)


def keep(run: Run, *, draw: Callable[[], bytes]) -> None:
    """Keep what `draw` returns as the pictures of a run's data set, unless they are there or may not be."""
    name = name_of(run)
    if name and name not in _kept and not default_storage.exists(name):
        default_storage.save(name, ContentFile(draw()))
    _kept.add(name)


def forget() -> None:
    """Look into the storage again next time, for whoever has changed it."""
    _kept.clear()
