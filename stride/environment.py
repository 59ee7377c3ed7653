"""Read Stride's settings from the environment; a missing or nonsensical value ends with one sentence."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

MODES = ("embedded", "class", "production", "test")


def mode() -> str:
    """Return how this installation runs: embedded, class, production or test."""
    value = os.environ.get("STRIDE_MODE", "embedded")
    if value not in MODES:
        raise ImproperlyConfigured(f"STRIDE_MODE is {value!r}; it must be one of {', '.join(MODES)}.")
    return value


def words(name: str, *, default: str = "") -> list[str]:
    """Return a comma-separated setting as a list without blanks."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def seconds(name: str, *, default: float) -> float:
    """Return a duration in seconds; raises ImproperlyConfigured when it is not a positive number."""
    text = os.environ.get(name, str(default))
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        raise ImproperlyConfigured(f"{name} is {text!r}; it must be a number of seconds greater than 0.")
    return value


def count(name: str, *, default: int) -> int:
    """Return a whole number of at least 1; raises ImproperlyConfigured for anything else."""
    text = os.environ.get(name, str(default))
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise ImproperlyConfigured(f"{name} is {text!r}; it must be a whole number of at least 1.")
    return int(text)


def required(name: str, *, why: str) -> str:
    """Return a setting that production cannot do without; raises ImproperlyConfigured with the remedy."""
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"Set {name} in the environment: {why}.")
    return value


def secret_key(data: Path) -> str:
    """Return the key that signs sessions: from the environment, or made once under the data folder."""
    given = os.environ.get("STRIDE_SECRET_KEY", "")
    if given:
        return given
    if mode() == "production":
        return required("STRIDE_SECRET_KEY", why="a long random text that signs sessions; keep it private")
    path = data / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


def database(data: Path) -> dict[str, Any]:
    """Return Django's database settings: DATABASE_URL (PostgreSQL or SQLite), or SQLite under the data folder."""
    url = os.environ.get("DATABASE_URL", "")
    if mode() == "production" and not url:
        required("DATABASE_URL", why="postgres://user:password@host:5432/name")
    parts = urlsplit(url or f"sqlite:///{data / 'stride.sqlite3'}")
    if parts.scheme == "sqlite":
        return _sqlite(parts.path[1:] if url else str(data / "stride.sqlite3"))
    if parts.scheme in ("postgres", "postgresql"):
        return _postgresql(parts)
    raise ImproperlyConfigured(f"DATABASE_URL starts with {parts.scheme!r}; Stride knows postgres:// and sqlite:///.")


def _sqlite(name: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": name,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # Writers queue for the lock at BEGIN instead of failing when a read turns into a write.
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
        "TEST": {"NAME": os.environ.get("STRIDE_TEST_DATABASE", None)},
    }


def _postgresql(parts: Any) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def files(data: Path) -> dict[str, Any]:
    """Return Django's default storage: the bucket that STRIDE_S3_BUCKET names, else a folder under the data folder.

    Any store that speaks the S3 API will do; its keys are boto's own AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
    """
    bucket = os.environ.get("STRIDE_S3_BUCKET", "")
    if not bucket:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": data / "files"}}
    options: dict[str, Any] = {
        "bucket_name": bucket,
        "endpoint_url": os.environ.get("STRIDE_S3_ENDPOINT") or None,
        "region_name": os.environ.get("STRIDE_S3_REGION") or "us-east-1",
        # Most stores beside Amazon's know a bucket by its path alone.
        "addressing_style": "path" if os.environ.get("STRIDE_S3_ENDPOINT") else "auto",
        # A stored file is never written again: a row's hash stays true.
        "file_overwrite": False,
    }
    return {"BACKEND": "stride.storage.ObjectStorage", "OPTIONS": options}


def redis_url(data: Path) -> str:
    """Return where the doorbell is: REDIS_URL, or the embedded server's unix socket under the data folder."""
    url = os.environ.get("REDIS_URL", "")
    if mode() == "production" and not url:
        required("REDIS_URL", why="redis://host:6379 of the doorbell")
    return url or f"unix://{data / 'redis.sock'}"


def broker_url(url: str) -> str:
    """Return Celery's spelling of a Redis address.

    >>> broker_url("unix:///run/redis.sock")
    'redis+socket:///run/redis.sock?virtual_host=0'
    >>> broker_url("redis://redis:6379")
    'redis://redis:6379/0'
    """
    if url.startswith("unix://"):
        return f"redis+socket://{url.removeprefix('unix://').split('?')[0]}?virtual_host=0"
    return url if urlsplit(url).path.strip("/") else url.rstrip("/") + "/0"
