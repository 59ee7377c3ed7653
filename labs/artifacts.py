"""Files that runs leave behind: stored under a name of their own, then named by a row with their hash."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import structlog
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from labs.models import Artifact, Run

log = structlog.get_logger(__name__)

CHECKPOINT: Final = "checkpoint"
WEIGHTS: Final = "weights"
# The newest may be damaged; the one before is the spare. Others stay where they are the best, or branch points.
CHECKPOINTS_KEPT: Final = 2


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that lies in the default storage and has no row yet."""

    kind: str
    name: str
    sha256: str
    bytes: int
    step: int | None
    epoch: int | None = None
    metric: float | None = None


def latest_weights(run: Run) -> Artifact | None:
    """Return the newest weights of a run (safetensors), or None when it has left none: there is nothing to ask."""
    return latest(run, kind=WEIGHTS)


def latest_checkpoint(run: Run) -> Artifact | None:
    """Return the newest checkpoint of a run, or None."""
    return latest(run, kind=CHECKPOINT)


def last_saved_step(run: Run) -> int:
    """Return the step after which the run was last saved; 0 when it never was."""
    checkpoint = latest_checkpoint(run)
    return 0 if checkpoint is None else checkpoint.step or 0


def latest(run: Run, *, kind: str) -> Artifact | None:
    """Return the newest artifact of one kind."""
    return Artifact.objects.filter(run=run, kind=kind).order_by("-created_at", "-id").first()


def is_store_away(error: OSError) -> bool:
    """Tell a storage that gave no answer, which may later, from a disk that is full or broken and says its number."""
    return error.errno is None and not isinstance(error, FileNotFoundError)


def store(run: Run, *, kind: str, path: Path, about: Mapping[str, Any], metric: float | None = None) -> Stored:
    """Copy a file of the run's folder into the storage; `about` holds its sha256, bytes, step and epoch.

    The name is new each time: a stored file is never overwritten, so that a row's hash stays true.
    """
    name = f"runs/{run.pk}/{run.fence}-{uuid.uuid4().hex[:8]}-{path.name}"
    with path.open("rb") as file:
        stored = default_storage.save(name, File(file))
    return Stored(kind, stored, about["sha256"], about["bytes"], about.get("step"), about.get("epoch"), metric)


def add_rows(run: Run, files: Sequence[Stored], *, keep: int) -> None:
    """Name stored files by rows, and forget old checkpoints; call it in the transaction that makes them count."""
    Artifact.objects.bulk_create(Artifact(run=run, **asdict(file)) for file in files)
    _forget_old_checkpoints(run, keep=keep)


def _forget_old_checkpoints(run: Run, *, keep: int) -> None:
    """Delete all checkpoints but the newest `keep`, the best, and those that runs have branched off."""
    checkpoints = list(Artifact.objects.filter(run=run, kind=CHECKPOINT).order_by("-step", "-id"))
    judged = [artifact for artifact in checkpoints if artifact.metric is not None]
    best = max(judged, key=lambda artifact: (artifact.metric or 0.0, artifact.step or 0), default=None)
    branched = set(run.branches.values_list("branch_step", flat=True))
    old = [one for one in checkpoints[keep:] if one != best and one.step not in branched]
    if old:
        Artifact.objects.filter(pk__in=[artifact.pk for artifact in old]).delete()
        delete_files_on_commit([artifact.name for artifact in old])


def discard(files: Sequence[Stored]) -> None:
    """Delete stored files that no row will name."""
    _delete([file.name for file in files])


def delete_files_on_commit(names: Sequence[str]) -> None:
    """Delete files whose rows go away, once they are gone for sure."""

    transaction.on_commit(partial(_delete, names))


def _delete(names: Sequence[str]) -> None:
    """Delete stored files; one that the storage keeps costs room alone, and is no reason to break off a run."""
    for name in names:
        try:
            default_storage.delete(name)
        except OSError as error:
            log.warning("file_not_deleted", name=name, error=str(error))
