"""Forty learners at one `make class`: do all see what the rows hold, does anything break, is it fair?

    python -m benchmarks.classroom [--learners 40] [--minutes 10]

Half of them come from a second address. It ends with 1 when a log holds an error, a learner met a fault, or a
watcher's points are not those of the rows.
"""

import argparse
import asyncio
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import httpx

from benchmarks.figures import percentile, spread
from benchmarks.learners import Diary, Learner, Watched
from nets import events

ROOT: Final = Path(__file__).resolve().parents[1]
ADDRESSES: Final = ("127.0.0.1", "127.0.0.2")
START_SECONDS: Final = 180.0
END_SECONDS: Final = 60.0
BAD_LINE: Final = re.compile(r"Traceback|\berror\b|\bcritical\b|\[ERROR|Internal Server Error", re.IGNORECASE)


@contextmanager
def opened(folder: Path) -> "Iterator[tuple[int, Path]]":
    """Open a class as `make class` does, on a data folder of its own; yields its port and its log."""
    port, log = _free_port(), folder / "class.log"
    environment = {**os.environ, "STRIDE_DATA": str(folder / "var"), "PORT": str(port), "ADDRESS": ADDRESSES[1]}
    environment.pop("STRIDE_MODE", None)
    with log.open("wb") as out:
        command = [sys.executable, "-m", "stride.house", "class"]
        house = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=True)
        try:
            _wait_until_ready(house, port=port, log=log)
            yield port, log
        finally:
            house.send_signal(signal.SIGINT)
            house.wait(timeout=END_SECONDS)


def _wait_until_ready(house: "subprocess.Popen[bytes]", *, port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and house.poll() is None:
        try:
            if httpx.get(f"http://{ADDRESSES[0]}:{port}/readyz", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    raise RuntimeError(f"The class did not open:\n{log.read_text(errors='replace')[-4000:]}")


async def play(port: int, *, learners: int, minutes: float, lab: str) -> list[Diary]:
    """Let the learners live for so long; return their diaries."""
    until = time.monotonic() + minutes * 60
    people = [
        Learner(number, address=f"http://{ADDRESSES[number % 2]}:{port}", lab=lab, until=until)
        for number in range(learners)
    ]
    return list(await asyncio.gather(*(one.live() for one in people)))


# The course's own labs for everyone have fixed settings; this one lets runs of several lengths meet.
MAKE_LAB: Final = """
from labs.models import Lab, LabVersion
taster = Lab.objects.get(pk="taster").current
lab = Lab.objects.create(pk="classroom")
same = {name: getattr(taster, name) for name in ("kind", "summary", "spec", "goal")}
lab.current = LabVersion.objects.create(
    lab=lab, number=1, content_hash="0" * 64, title="Classroom", guests=True, open_fields=["epochs"], **same
)
lab.save()
"""


def make_lab(folder: Path) -> str:
    """Add a lab to the class in which everyone may set the epochs; return its name."""
    environment = {**os.environ, "STRIDE_MODE": "class", "STRIDE_DATA": str(folder / "var")}
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", MAKE_LAB]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=60)
    return "classroom"


class Rows:
    """The rows of the class, read behind its back."""

    def __init__(self, file: Path) -> None:
        self._database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)

    def columns(self, run: str) -> Any:
        """Return the points of a run that count, as its rows have them."""
        rows = self._database.execute(
            "SELECT attempt, events FROM labs_chunk WHERE run_id = ? ORDER BY seq", (run.replace("-", ""),)
        )
        said = [(attempt, event) for attempt, text in rows for event in json.loads(text)]
        return events.columns(events.counted(said))

    def states(self) -> dict[str, int]:
        """Return how many runs are in each state."""
        return dict(self._database.execute("SELECT state, COUNT(*) FROM labs_run GROUP BY state").fetchall())

    def turns(self) -> list[tuple[str, float, float]]:
        """Return each turn's owner, its length, and how long the run waited for it, in seconds."""
        query = (
            "SELECT r.owner_id, t.began_at, t.ended_at, (SELECT MAX(e.ended_at) FROM labs_turn e WHERE e.run_id = "
            "t.run_id AND e.attempt < t.attempt), r.queued_at FROM labs_turn t JOIN labs_run r ON r.id = t.run_id "
            "WHERE t.ended_at IS NOT NULL"
        )
        return [
            (owner, _seconds(began, ended), _seconds(before or queued, began))
            for owner, began, ended, before, queued in self._database.execute(query)
        ]


def _seconds(begin: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()


def unlike(watched: Watched, rows: Rows) -> str:
    """Return a sentence when a watcher's points are not those of the rows; else nothing."""
    told, held = events.columns(events.counted(watched.told)), rows.columns(watched.run)
    if told == held:
        return ""
    return f"run {watched.run}: the watcher has {len(told['step'])} points, the rows {len(held['step'])}"


def fairness(turns: Sequence[tuple[str, float, float]]) -> list[str]:
    """Return the figures of who was served for how long and who waited."""
    if not turns:
        return ["Nobody was served."]
    served: dict[str, float] = {}
    for owner, length, _ in turns:
        served[owner] = served.get(owner, 0.0) + length
    shares = list(served.values())
    jain = sum(shares) ** 2 / (len(shares) * sum(share * share for share in shares))
    waits = [wait for _, _, wait in turns]
    return [
        f"Device seconds of each learner: {spread(shares, unit='s')}; Jain's index {jain:.3f} (1 is equal shares)",
        f"Wait for a turn: {spread(waits, unit='s')}, p95 {percentile(waits, 0.95):.1f} s",
        f"A turn lasted: {spread([length for _, length, _ in turns], unit='s')}",
    ]


def report(diaries: Sequence[Diary], *, rows: Rows, log: str) -> int:
    """Print what happened; return 1 when anything should not have."""
    watched = [one for diary in diaries for one in diary.watched]
    apart = [sentence for one in watched if (sentence := unlike(one, rows))]
    faults = [fault for diary in diaries for fault in diary.faults]
    bad = [line for line in log.splitlines() if BAD_LINE.search(line)]
    done = {name: sum(diary.done.get(name, 0) for diary in diaries) for diary in diaries for name in diary.done}
    answers = [ms for diary in diaries for ms in diary.answers_ms]
    points = sum(len(rows.columns(one.run)["step"]) for one in watched)
    print(f"{len(diaries)} learners: " + ", ".join(f"{name} {count}" for name, count in sorted(done.items())))
    print(f"Runs by state: {rows.states()}")
    print(f"{len(watched)} runs watched over {sum(one.reloads for one in watched)} sockets, {points:,} points")
    print(f"Answers to POST: {spread(answers, unit='ms')}, p95 {percentile(answers, 0.95):.0f} ms" if answers else "")
    print("\n".join(fairness(rows.turns())))
    for title, found in (("Watchers unlike the rows", apart), ("Faults", faults), ("Errors in the log", bad)):
        print(f"{title}: {len(found)}", *found[:10], sep="\n  ")
    return int(bool(apart or faults or bad))


def main(arguments: Sequence[str]) -> int:
    """Open a class, let the learners live in it, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=40)
    parser.add_argument("--minutes", type=float, default=10.0)
    asked = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="stride-class-"))
    with opened(folder) as (port, log):
        lab = make_lab(folder)
        print(f"The class is open at {' and '.join(ADDRESSES)}, port {port}; lab {lab}; log {log}", flush=True)
        opened_at = log.stat().st_size
        diaries = asyncio.run(play(port, learners=asked.learners, minutes=asked.minutes, lab=lab))
    rows = Rows(folder / "var" / "stride.sqlite3")
    # Until it was open, /readyz said so with status 503, which is logged as an error.
    return report(diaries, rows=rows, log=log.read_bytes()[opened_at:].decode(errors="replace"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((ADDRESSES[0], 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
