"""Read the log of a run that ended a while ago: one file of lines instead of a row for each chunk."""

import gzip
import hashlib
import json
import uuid
from typing import Any, Final

import structlog
from django.core.files.storage import default_storage

from labs.models import Artifact
from nets.events import Event

log = structlog.get_logger(__name__)

LOG: Final = "log"
COLUMNS: Final = ("seq", "attempt", "events")

Row = tuple[int, int, list[Event]]


def encode(rows: list[Row]) -> bytes:
    """Return a log as compressed lines of JSON; the same rows are the same bytes."""
    lines = (json.dumps(dict(zip(COLUMNS, row, strict=True)), separators=(",", ":")) for row in rows)
    return gzip.compress("\n".join(lines).encode(), mtime=0)


def decode(content: bytes) -> list[Row]:
    """Return the rows that `encode` was given."""
    said: list[dict[str, Any]] = [json.loads(line) for line in gzip.decompress(content).splitlines()]
    return [(one["seq"], one["attempt"], one["events"]) for one in said]


def read(run_id: uuid.UUID) -> list[Row]:
    """Return the packed log of a run; nothing when it has none, or when its file is gone or damaged."""
    artifact = Artifact.objects.filter(run=run_id, kind=LOG).first()
    if artifact is None:
        return []
    try:
        with default_storage.open(artifact.name) as file:
            content = file.read()
    except OSError as error:
        log.error("packed_log_missing", run=str(run_id), error=str(error))
        return []
    if hashlib.sha256(content).hexdigest() != artifact.sha256:
        log.error("packed_log_damaged", run=str(run_id))
        return []
    return decode(content)
