"""Files in a store that speaks the S3 API, for houses whose workers share no disk. STRIDE_S3_BUCKET turns it on."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage


class StoreError(OSError):
    """The store refused or gave no answer; the text is what it said."""


@contextmanager
def _as_os_error() -> Iterator[None]:
    """Let the store fail as a disk does: whoever opens files knows OSError, and none of boto's own errors."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise StoreError(str(error)) from error


class ObjectStorage(S3Storage):
    """Django's default storage in a bucket. Raises OSError where a disk would; a missing file is FileNotFoundError."""

    def _open(self, name: str, mode: str = "rb") -> Any:
        with _as_os_error():
            opened = super()._open(name, mode)
            # Fetched here, not at the first read, where nobody would translate an error.
            _ = opened.file
            return opened

    def _save(self, name: str, content: Any) -> str:
        with _as_os_error():
            return str(super()._save(name, content))

    def exists(self, name: str) -> bool:
        """Return whether the store has the file."""
        with _as_os_error():
            return bool(super().exists(name))

    def delete(self, name: str) -> None:
        """Delete a file; one that is not there is no error."""
        with _as_os_error():
            super().delete(name)
