"""What only a worker can make for a page: asked for once, claimed with a lease, kept until it expires. No torch here.

The same question has the same digest and is one row, so a class that looks at one augmentation has one sheet made.
"""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, F, Q
from django.utils import timezone

import rings
from accounts.models import User
from labs import artifacts
from labs.models import Preview, RatePick, Run
from labs.models.previews import PreviewState
from labs.models.runs import State
from labs.quotas import QuotaError
from nets.specs import TrainSpec

log = structlog.get_logger(__name__)

# Beside the questions to trained networks, never behind a run: a page waits for it.
QUEUE: Final = "infer"
TASK: Final = "labs.preview"
# One claim; nothing that is made here takes longer on a machine that trains at all.
LEASE_SECONDS: Final = 120.0
LOSSES_ALLOWED: Final = 1
KEPT: Final = timedelta(days=7)
OF_A_SPEC: Final = ("augment_sheet", "range_test")
OF_A_RUN: Final = ("export_zip", "onnx")
# Fields that change nothing about what a kind shows: leaving them out lets one row answer for all of them.
_SHEET_FIELDS: Final = ("data", "pictures", "augment", "seed")
_NO_MATTER: Final = ("epochs", "learning_rate", "schedule", "warmup", "patience", "watch")

OPEN: Final = (PreviewState.QUEUED, PreviewState.WORKING)
WORKER_LOST: Final = (
    "The worker went away twice while it made this. Ask again; if it fails again, tell your instructor."
)


@dataclass(frozen=True, slots=True)
class Made:
    """What a worker made: small plain values, and a file with its name when there is one."""

    result: Mapping[str, Any]
    name: str = ""
    content: bytes = b""


def ask_about_spec(kind: str, *, spec: TrainSpec, by: User) -> Preview:
    """Return the preview of one of OF_A_SPEC, asked for now unless it is there; raises QuotaError."""
    # Most runs name no pictures of their own; what was asked before they could still has its digest.
    said = {name: value for name, value in spec.to_json().items() if name != "pictures" or value}
    asked: dict[str, Any] = (
        {name: said[name] for name in _SHEET_FIELDS if name in said}
        if kind == "augment_sheet"
        else {name: value for name, value in said.items() if name not in _NO_MATTER}
    )
    return _ask(kind, asked=asked, by=by)


def ask_about_run(kind: str, *, run: Run, by: User) -> Preview:
    """Return the download of one of OF_A_RUN, asked for now unless it is there; raises QuotaError."""
    return _ask(kind, asked={"run": str(run.pk)}, by=by, run=run)


def of_run(kind: str, *, run: Run) -> Preview | None:
    """Return a run's download when somebody has asked for it."""
    return Preview.objects.filter(kind=kind, digest=digest_of(kind, {"run": str(run.pk)})).first()


def is_downloadable(run: Run) -> bool:
    """Whether the run has left a network to hand out."""
    return run.state == State.FINISHED and artifacts.latest_checkpoint(run) is not None


def digest_of(kind: str, asked: Mapping[str, Any]) -> str:
    """Return the sha256 of a question in its one canonical form."""
    text = json.dumps([kind, asked], sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def _ask(kind: str, *, asked: dict[str, Any], by: User, run: Run | None = None) -> Preview:
    digest, expires_at = digest_of(kind, asked), timezone.now() + KEPT
    found = Preview.objects.filter(kind=kind, digest=digest).first()
    if found is not None and found.state != PreviewState.FAILED:
        Preview.objects.filter(pk=found.pk).update(expires_at=expires_at)
        return found
    _check_quota(by)
    if found is None:
        # Two who ask at once for the same are given one row.
        values = {"asked": asked, "asked_by": by, "run": run, "expires_at": expires_at}
        found, _ = Preview.objects.get_or_create(kind=kind, digest=digest, defaults=values)
    else:
        fresh = {"state": PreviewState.QUEUED, "losses": 0, "remedy": "", "created_at": timezone.now()}
        Preview.objects.filter(pk=found.pk, state=PreviewState.FAILED).update(asked_by=by, **fresh)
        found.refresh_from_db()
    rings.knock_on_commit(TASK, QUEUE)
    return found


def _check_quota(by: User) -> None:
    """Raise QuotaError when this person waits for as many previews as they may."""
    User.objects.select_for_update().get(pk=by.pk)
    if Preview.objects.filter(asked_by=by, state__in=OPEN).count() >= settings.STRIDE_OPEN_PREVIEWS:
        raise QuotaError("What you asked for before is still being made. Wait for it, then ask again.")


def claim(*, worker: str) -> Preview | None:
    """Take the oldest waiting preview for `worker` ("node:process"); None when none waits, or its node makes one.

    One at a time on a node leaves its other process to the questions that somebody draws at.
    """
    now = timezone.now()
    node = worker.rpartition(":")[0]
    busy = Q(state=PreviewState.WORKING, worker__startswith=f"{node}:", lease_until__gt=now)
    while not Preview.objects.filter(busy).exists():
        waiting = Preview.objects.filter(state=PreviewState.QUEUED).order_by("created_at", "id").first()
        if waiting is None:
            return None
        lease_until = now + timedelta(seconds=LEASE_SECONDS)
        mine = Preview.objects.filter(pk=waiting.pk, fence=waiting.fence, state=PreviewState.QUEUED)
        if mine.exclude(Exists(Preview.objects.filter(busy))).update(
            state=PreviewState.WORKING, worker=worker, lease_until=lease_until, fence=F("fence") + 1
        ):
            return Preview.objects.select_related("run").get(pk=waiting.pk)
    return None


def finish(preview: Preview, made: Made) -> bool:
    """Store what was made and say so; False when this claim no longer held, and then nothing is kept."""
    file: dict[str, Any] = {}
    if made.content:
        folder = f"previews/{preview.pk}/{uuid.uuid4().hex[:8]}-{made.name}"
        name = default_storage.save(folder, ContentFile(made.content))
        file = {"name": name, "sha256": hashlib.sha256(made.content).hexdigest(), "bytes": len(made.content)}
    if _end(preview, state=PreviewState.READY, result=dict(made.result), **file):
        return True
    if file:
        default_storage.delete(file["name"])
    return False


def give_up(preview: Preview, remedy: str) -> bool:
    """End a preview that could not be made; `remedy` is what people read. False when this claim no longer held."""
    return _end(preview, state=PreviewState.FAILED, remedy=remedy)


def _end(preview: Preview, **values: Any) -> bool:
    mine = Preview.objects.filter(pk=preview.pk, fence=preview.fence, state=PreviewState.WORKING)
    return bool(mine.update(lease_until=None, worker="", ended_at=timezone.now(), **values))


def pick(preview: Preview, *, by: User, rate: float) -> RatePick:
    """Keep the rate that someone marked on a range test; the first mark counts, for it was made before the answer."""
    values = {"rate": rate, "suggestion": preview.result["suggestion"]}
    made, _ = RatePick.objects.get_or_create(owner=by, digest=preview.digest, defaults=values)
    return made


def pick_of(preview: Preview, person: object) -> RatePick | None:
    """Return what this person marked on a range test, or None."""
    if not isinstance(person, User):
        return None
    return RatePick.objects.filter(owner=person, digest=preview.digest).first()


def sweep(*, now: datetime) -> None:
    """Take previews from workers that are gone, knock for those that nobody heard of, delete what has expired."""
    for lost in Preview.objects.filter(state=PreviewState.WORKING, lease_until__lt=now):
        _take_back(lost, now=now)
    if Preview.objects.filter(state=PreviewState.QUEUED).exists() and rings.is_silent(QUEUE):
        rings.knock(TASK, QUEUE)
    forget(Preview.objects.filter(expires_at__lt=now).exclude(state=PreviewState.WORKING))


@transaction.atomic
def forget(previews: Any) -> None:
    """Delete previews with their files."""
    names = [name for name in previews.values_list("name", flat=True) if name]
    previews.delete()
    artifacts.delete_files_on_commit(names)


def _take_back(lost: Preview, *, now: datetime) -> None:
    mine = Preview.objects.filter(pk=lost.pk, fence=lost.fence, state=PreviewState.WORKING, lease_until__lt=now)
    released = {"lease_until": None, "worker": "", "losses": F("losses") + 1}
    if lost.losses >= LOSSES_ALLOWED:
        done = mine.update(state=PreviewState.FAILED, remedy=WORKER_LOST, ended_at=now, **released)
    else:
        done = mine.update(state=PreviewState.QUEUED, **released)
    if done:
        log.warning("preview_lost", preview=str(lost.pk), kind=lost.kind, losses=lost.losses)
