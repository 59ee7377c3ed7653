"""Files of the storage on this machine's own disk, by their hash: fetched once, checked, the least used put away."""

import hashlib
import os
import uuid
from pathlib import Path
from typing import Final

import structlog
from django.conf import settings
from django.core.files.storage import default_storage

from labs.models import Artifact

log = structlog.get_logger(__name__)

PIECE_BYTES: Final = 1 << 20


def fetch(artifact: Artifact) -> Path | None:
    """Return the artifact's file in the cache, fetched when it is not there; None when it is missing or damaged.

    A copy that this disk has spoilt is fetched anew. Where the storage is a folder, its own file is returned. Storages
    fail with OSError.
    """
    try:
        return _checked(artifact, Path(default_storage.path(artifact.name)))
    except NotImplementedError:
        return _cached(artifact)


def lend(name: str, *, sha256: str, folder: Path) -> Path | None:
    """Return a stored file for as long as `folder` lasts, past the cache; None when it is missing or damaged.

    Where the storage is a folder, its own file is returned; else a copy in `folder`. Storages fail with OSError.
    """
    try:
        path = Path(default_storage.path(name))
    except NotImplementedError:
        path = folder / sha256
        try:
            _copy(name, path)
        except FileNotFoundError:
            return None
    return path if path.exists() and _sha256(path) == sha256 else None


def _copy(name: str, to: Path) -> None:
    with default_storage.open(name) as source, to.open("wb") as copy:
        for piece in source.chunks(PIECE_BYTES):
            copy.write(piece)


def _checked(artifact: Artifact, path: Path) -> Path | None:
    if not path.exists():
        log.warning("checkpoint_missing", artifact=artifact.pk)
        return None
    if _sha256(path) != artifact.sha256:
        log.warning("checkpoint_damaged", artifact=artifact.pk)
        return None
    return path


def _cached(artifact: Artifact) -> Path | None:
    path = _folder() / artifact.sha256
    if path.exists():
        if _sha256(path) == artifact.sha256:
            os.utime(path)
            return path
        log.warning("cached_file_damaged", artifact=artifact.pk)
        path.unlink(missing_ok=True)
    try:
        return _fetched(artifact, path)
    except FileNotFoundError as error:
        log.warning("checkpoint_missing", artifact=artifact.pk, error=str(error))
    return None


def _fetched(artifact: Artifact, path: Path) -> Path | None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        _copy(artifact.name, partial)
        if _sha256(partial) != artifact.sha256:
            log.warning("checkpoint_damaged", artifact=artifact.pk)
            return None
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    _put_away(keep=path)
    return path


def _put_away(*, keep: Path) -> None:
    """Delete the files that were used longest ago until the rest is small enough; another worker may do the same."""
    room = settings.STRIDE_CACHE_BYTES
    for path in sorted(_folder().iterdir(), key=_used_at, reverse=True):
        room -= path.stat().st_size if path.exists() else 0
        if room < 0 and path != keep:
            path.unlink(missing_ok=True)


def _used_at(path: Path) -> float:
    return path.stat().st_mtime if path.exists() else 0.0


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "cache"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
