"""A worker's sign of life must leave nothing behind in the processes that its parent forks."""

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from django.db import connection

from labs import echoing
from labs.models import Worker

FORKS: Final = 60
WAIT_SECONDS: Final = 1.0
HANGS_SECONDS: Final = 5


@pytest.fixture
def restless(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that echoes all the time, so that a fork meets it in the middle of a transaction."""
    echoed = threading.Event()
    monkeypatch.setattr(echoing, "ECHO_SECONDS", 0.0)
    going = echoing.keep_echoing("restless", queue="train")
    while not Worker.objects.filter(name="restless").exists():
        echoed.wait(0.01)
    yield
    going.set()


def child_can_write(path: Path) -> bool:
    """Fork, and let the child take the database's lock; True when it got it, False when it is refused or hangs."""
    child = os.fork()
    if child == 0:
        os._exit(0 if takes_the_lock(path) else 1)
    deadline = time.monotonic() + HANGS_SECONDS
    while not (ended := os.waitpid(child, os.WNOHANG))[0]:
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.002)
    return os.waitstatus_to_exitcode(ended[1]) == 0


def takes_the_lock(path: Path) -> bool:
    probe = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)
    try:
        probe.execute("BEGIN IMMEDIATE")
        probe.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return False
    return True


def test_a_process_forked_while_its_parent_echoes_can_write(restless: Any) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("Only SQLite keeps its locks in the process's memory.")
    path = Path(str(connection.settings_dict["NAME"]))
    connection.close()
    assert all(child_can_write(path) for _ in range(FORKS))
