"""The house itself: a process that was frozen with the database's file locked does not take the next test with it."""

import signal
import subprocess
import sys

import pytest
from django.db import connection

from tests.house import House

pytestmark = [pytest.mark.worker, pytest.mark.timeout(120)]
# Locks the whole file, says so, and lets go of it a moment after it is thawed.
HOLDER = """
import sqlite3, sys, time
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("PRAGMA locking_mode = EXCLUSIVE")
held.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
time.sleep(0.5)
"""


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no file that one process could lock.")
def test_who_was_frozen_with_the_file_locked_is_let_finish(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.without("train", "train2", "infer", "sweeper", "web")
    name = str(connection.settings_dict["NAME"])
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.3)
    connection.close()
    command = [sys.executable, "-c", HOLDER, name]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"locked\n"
    holder.send_signal(signal.SIGSTOP)
    house._processes["train"] = holder
    house.open_database()
    assert connection.is_usable()
    # The house lets its workers rest again once the file is free: this one may rest on its last steps.
    house.thaw("train")
    assert holder.wait(timeout=10) == 0
    house._processes.pop("train", None)
