"""Go on where an earlier attempt left off: its newest checkpoint that is whole, in this attempt's folder."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from labs import caching, following
from labs.artifacts import CHECKPOINT
from labs.models import Artifact, Run
from labs.remedies import NoBranchPointError
from nets.events import Event


@dataclass(frozen=True, slots=True)
class Beginning:
    """A checkpoint that was fetched and is whole: its file, and the step after which it was saved."""

    path: Path
    step: int


def beginnings(run: Run, *, folder: Path) -> Iterator[Beginning]:
    """Fetch the run's checkpoints one after the other, the newest first; one that is damaged is passed over."""
    for artifact in Artifact.objects.filter(run=run, kind=CHECKPOINT, step__isnull=False).order_by("-step", "-id"):
        path = folder / f"step-{artifact.step:08d}.ckpt"
        if _fetch(artifact, path):
            yield Beginning(path, artifact.step or 0)


def told_at(run: Run, *, step: int) -> list[Event]:
    """Return the diagnoses that an earlier attempt told right after the state of `step` was saved.

    The checkpoint knows of all that came before it, and what came after `step` no longer counts; these alone would
    be told twice.
    """
    said = following.all_events(run)
    return [event for event in said if event["type"] == "diagnosis" and event["step"] == step]


def branch_point(run: Run, *, folder: Path) -> Beginning | None:
    """Fetch the checkpoint that a branch begins with; None for a run that is no branch.

    Raises NoBranchPointError when it is gone or damaged.
    """
    if run.branch_step is None:
        return None
    saved = Artifact.objects.filter(run=run.parent_id, kind=CHECKPOINT, step=run.branch_step).order_by("-id").first()
    path = folder / "branch-point.ckpt"
    if saved is None or not _fetch(saved, path):
        raise NoBranchPointError
    return Beginning(path, run.branch_step)


def _fetch(artifact: Artifact, path: Path) -> bool:
    """Copy a stored file to `path`; return whether it is what its row says."""
    cached = caching.fetch(artifact)
    if cached is None:
        return False
    shutil.copyfile(cached, path)
    return True
