"""Remember which lessons' results a run of their cells has confirmed, so that `make check` runs only what changed.

A memory holds for the very bytes of the lesson, its results, the pinned packages, and every file of the repository that
the cells read or imported when they ran. Anything else, and they run again.
"""

import hashlib
import json
import os
import platform
from collections.abc import Iterable
from pathlib import Path

PINS = "requirements-worker.txt"


def memory_folder() -> Path:
    """Return where memories lie: the user's cache, since they hold for any checkout of the same files."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "stride" / "cells"


def is_remembered(lesson: Path, *, base: Path, folder: Path) -> bool:
    """Return whether this lesson's results were confirmed before with all that its cells used unchanged."""
    try:
        used = json.loads((folder / _name(lesson, base)).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(used, dict) and all(_digest(base / path) == digest for path, digest in used.items())


def remember(lesson: Path, used: Iterable[str], *, base: Path, folder: Path) -> None:
    """Keep that a run confirmed a lesson's results. `used`: what its cells read, relative to `base`."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = {path: _digest(base / path) for path in sorted(set(used))}
    written = folder / f"{_name(lesson, base)}.{os.getpid()}"
    written.write_text(json.dumps(kept, indent=1), encoding="utf-8")
    written.replace(folder / _name(lesson, base))


def _name(lesson: Path, base: Path) -> str:
    """Return the name of a lesson's memory: what it says, what it printed, and what it ran on."""
    files = (lesson, lesson.with_suffix(".results.json"), base / PINS)
    machine = f"{platform.python_version()} {platform.machine()}"
    return hashlib.sha256(" ".join([machine, *map(_digest, files)]).encode()).hexdigest() + ".json"


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return "missing"
