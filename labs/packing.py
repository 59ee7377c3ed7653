"""The writer that packs the logs of ended runs: the file first, read back, then its row, then the chunks go."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from labs import packed
from labs.models import Artifact, Chunk, Run

log = structlog.get_logger(__name__)

# Each may be megabytes, and the sweeper has other work.
RUNS_AT_ONCE: Final = 4


def pack_old_logs(*, now: datetime) -> None:
    """Pack the logs of some runs that ended long enough ago; two sweepers at once do no harm."""
    limit = now - timedelta(seconds=settings.STRIDE_PACK_SECONDS)
    ended = Run.objects.filter(packed_at=None, ended_at__isnull=False, ended_at__lt=limit).order_by("ended_at")
    for run in ended[:RUNS_AT_ONCE]:
        pack(run, now=now)


def pack(run: Run, *, now: datetime) -> bool:
    """Put the log of an ended run into one file; return whether this call did."""
    rows: list[packed.Row] = list(Chunk.objects.filter(run=run).order_by("seq").values_list(*packed.COLUMNS))
    content = packed.encode(rows)
    name = default_storage.save(f"runs/{run.pk}/log.jsonl.gz", ContentFile(content))
    if not _is_stored(name, content) or not _replace(run, name=name, content=content, now=now):
        default_storage.delete(name)
        return False
    return True


def _is_stored(name: str, content: bytes) -> bool:
    """Read the file back: from here on it is the only copy."""
    with default_storage.open(name) as file:
        is_whole: bool = file.read() == content
    if not is_whole:
        log.error("packed_log_not_stored", name=name)
    return is_whole


@transaction.atomic
def _replace(run: Run, *, name: str, content: bytes, now: datetime) -> bool:
    mine = Run.objects.filter(pk=run.pk, packed_at=None, ended_at__isnull=False)
    if not mine.update(packed_at=now):
        return False
    sha256 = hashlib.sha256(content).hexdigest()
    Artifact.objects.create(run=run, kind=packed.LOG, name=name, sha256=sha256, bytes=len(content))
    Chunk.objects.filter(run=run).delete()
    return True
