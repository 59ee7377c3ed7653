"""Files that runs leave behind: stored under a name of their own, then named by a row with their hash."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from labs.models import Artifact, Run

CHECKPOINT: Final = "checkpoint"
WEIGHTS: Final = "weights"
# The newest may be damaged; the one before is the spare. A run that has ended needs none.
CHECKPOINTS_KEPT: Final = 2
CHECKPOINTS_KEPT_AT_THE_END: Final = 1


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that lies in the default storage and has no row yet."""

    kind: str
    name: str
    sha256: str
    bytes: int
    step: int | None


def latest_weights(run: Run) -> Artifact | None:
    """Return the newest weights of a run (safetensors), or None when it has left none: there is nothing to ask."""
    return latest(run, kind=WEIGHTS)


def latest_checkpoint(run: Run) -> Artifact | None:
    """Return the newest checkpoint of a run, or None."""
    return latest(run, kind=CHECKPOINT)


def latest(run: Run, *, kind: str) -> Artifact | None:
    """Return the newest artifact of one kind."""
    return Artifact.objects.filter(run=run, kind=kind).order_by("-created_at", "-id").first()


def store(run: Run, *, kind: str, path: Path, about: Mapping[str, Any]) -> Stored:
    """Copy a file of the run's folder into the storage; `about` holds its sha256, bytes and step.

    The name is new each time: a stored file is never overwritten, so that a row's hash stays true.
    """
    name = f"runs/{run.pk}/{run.fence}-{uuid.uuid4().hex[:8]}-{path.name}"
    with path.open("rb") as file:
        stored = default_storage.save(name, File(file))
    return Stored(kind, stored, about["sha256"], about["bytes"], about.get("step"))


def add_rows(run: Run, files: Sequence[Stored], *, keep: int) -> None:
    """Name stored files by rows, and keep the newest checkpoints; call it in the transaction that makes them count."""
    Artifact.objects.bulk_create(
        Artifact(run=run, kind=f.kind, name=f.name, sha256=f.sha256, bytes=f.bytes, step=f.step) for f in files
    )
    _forget_old_checkpoints(run, keep=keep)


def _forget_old_checkpoints(run: Run, *, keep: int) -> None:
    checkpoints = Artifact.objects.filter(run=run, kind=CHECKPOINT).order_by("-step", "-id")
    old = {artifact.pk: artifact.name for artifact in checkpoints[keep:]}
    if old:
        Artifact.objects.filter(pk__in=old).delete()
        delete_files_on_commit(list(old.values()))


def discard(files: Sequence[Stored]) -> None:
    """Delete stored files that no row will name."""
    for file in files:
        default_storage.delete(file.name)


def delete_files_on_commit(names: Sequence[str]) -> None:
    """Delete files whose rows go away, once they are gone for sure."""

    def delete() -> None:
        for name in names:
            default_storage.delete(name)

    transaction.on_commit(delete)
