"""Several processes that claim at the same moment, for the tests of what no two of them may do."""

import os
import subprocess
import sys
from typing import Final

from tests.house import ROOT, database_url

# Each says that it is ready, waits for a line, and claims until nothing is left for it.
CLAIM_ALL: Final = """
import sys
import django; django.setup()
from labs import queueing
from labs.models import Device
from django.db import connection
device = Device.objects.filter(name=sys.argv[1]).first()
connection.ensure_connection()
print("ready", flush=True); input()
claimed = []
while (run := queueing.claim(worker="racer", device=device)) is not None:
    claimed.append(str(run.pk))
print(" ".join(claimed))
"""


def claimed_by_racers(*, racers: int = 4, device: str = "", running_allowed: int = 100) -> list[str]:
    """Let `racers` processes claim at once, for the device of this name; return the ids that they claimed."""
    environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "stride.settings"}
    environment["STRIDE_RUNNING_RUNS"] = str(running_allowed)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", CLAIM_ALL, device],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(racers)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    return [pk for process in processes for pk in process.communicate(timeout=60)[0].split()]
