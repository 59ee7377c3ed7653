"""A real PostgreSQL server for the tests that need one: a process on loopback, gone with the test."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.house import ROOT, _free_port


def _tool(name: str) -> str | None:
    """Return the path of one of the server's programs; Debian keeps them out of the PATH."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(kept[-1]) if kept else None)


def _as_nobody(folder: Path) -> dict[str, Any]:
    """Return how to start the server, which refuses to run as root."""
    if os.getuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


@contextmanager
def served() -> Iterator[str]:
    """Start a server of one's own; its address. Skips the test, with the reason, where none is installed."""
    initdb, server, ready = _tool("initdb"), _tool("postgres"), _tool("pg_isready")
    if initdb is None or server is None or ready is None:
        pytest.skip("No PostgreSQL server is installed here; the same tests run on SQLite.")
    # Not under pytest's own folder, which no other user may enter.
    folder = Path(tempfile.mkdtemp(prefix="stride-postgresql-"))
    who = _as_nobody(folder)
    data = folder / "data"
    subprocess.run([initdb, "-D", data, "-U", "stride", "-A", "trust", "--no-sync"], check=True, cwd="/", **who)
    port = str(_free_port())
    options = ("-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-p", port, "-k", str(folder))
    process = subprocess.Popen([server, "-D", data, *options], cwd="/", **who)
    try:
        deadline = time.monotonic() + 60
        while subprocess.run([ready, "-q", "-h", "127.0.0.1", "-p", port], cwd="/").returncode != 0:
            assert time.monotonic() < deadline, "The server did not start."
        yield f"postgres://stride@127.0.0.1:{port}/postgres"
    finally:
        process.terminate()
        process.wait(timeout=30)
        shutil.rmtree(folder)


def passes(address: str, *tests: str) -> str:
    """Run tests on a server in a process of their own; return what pytest wrote once all have passed."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "DATABASE_URL": address}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stdout
