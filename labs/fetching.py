"""On a worker: the file of own pictures that a run or a preview needs, on this machine for as long as it does."""

from pathlib import Path

from labs import caching, owning
from labs.models import PictureSet, Preview, Run
from labs.models.picture_sets import SetState
from nets.specs import TrainSpec


def data_file_of(run: Run, *, folder: Path) -> Path | None:
    """Return the file of the pictures that a run learns from, in `folder` where the storage is elsewhere.

    None for a run on other data, and when the file is gone or damaged: reading the data says which. A storage that
    is away fails with OSError.
    """
    return _fetched(owning.set_of(TrainSpec.from_json(run.spec), run.owner), folder=folder)


def data_file_of_preview(preview: Preview, *, folder: Path) -> Path | None:
    """Return the same for a preview of settings, whose pictures are those of somebody who asked for it."""
    said = preview.asked.get("pictures", "")
    return _fetched(
        PictureSet.objects.filter(pictures=said, state=SetState.READY).first() if said else None, folder=folder
    )


def _fetched(found: PictureSet | None, *, folder: Path) -> Path | None:
    # Not kept in this machine's cache: what its owner deletes must not lie on a worker's disk for weeks.
    return None if found is None else caching.lend(found.name, sha256=found.sha256, folder=folder)
