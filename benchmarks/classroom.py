"""Forty learners at one `make class`: do all see what the rows hold, does anything break, is it fair?

    python -m benchmarks.classroom [--learners 40] [--minutes 10]

Half of them come from a second address. It ends with 1 when a log holds an error, a learner met a fault, or a
watcher's points are not those of the rows.
"""

import argparse
import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
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


def look_into(folder: Path) -> None:
    """Let this process read the rows and files of the class in `folder`; once for each process."""
    os.environ |= {"STRIDE_MODE": "class", "STRIDE_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "stride.settings"}
    import django

    django.setup()


def columns(run: str) -> events.Points:
    """Return the points of a run that count, as its rows or its packed log have them."""
    from labs import following

    log = following.whole_log(uuid.UUID(run))
    return events.columns(events.counted((attempt, event) for _, attempt, said in log for event in said))


def states() -> dict[str, int]:
    """Return how many runs are in each state."""
    from labs.models import Run

    return dict(Counter(Run.objects.values_list("state", flat=True)))


def turns() -> list[tuple[str, float, float]]:
    """Return the owner of each turn that is over, its length, and how long the run waited for it, in seconds."""
    from labs.models.runs import Turn

    ended: dict[Any, datetime] = {}
    found = []
    for turn in Turn.objects.exclude(ended_at=None).select_related("run").order_by("run", "attempt"):
        until = turn.ended_at or turn.began_at
        waited = turn.began_at - ended.get(turn.run_id, turn.run.queued_at)
        found.append((str(turn.run.owner_id), (until - turn.began_at).total_seconds(), waited.total_seconds()))
        ended[turn.run_id] = until
    return found


def unlike(watched: Watched) -> str:
    """Return a sentence when a watcher's points are not those of the rows; else nothing."""
    told, held = events.columns(events.counted(watched.told)), columns(watched.run)
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


def report(diaries: Sequence[Diary], *, log: str) -> int:
    """Print what happened; return 1 when anything should not have."""
    watched = [one for diary in diaries for one in diary.watched]
    apart = [sentence for one in watched if (sentence := unlike(one))]
    faults = [fault for diary in diaries for fault in diary.faults]
    bad = [line for line in log.splitlines() if BAD_LINE.search(line)]
    done = {name: sum(diary.done.get(name, 0) for diary in diaries) for diary in diaries for name in diary.done}
    answers = [ms for diary in diaries for ms in diary.answers_ms]
    points = sum(len(columns(one.run)["step"]) for one in watched)
    print(f"{len(diaries)} learners: " + ", ".join(f"{name} {count}" for name, count in sorted(done.items())))
    print(f"Runs by state: {states()}")
    print(f"{len(watched)} runs watched over {sum(one.reloads for one in watched)} sockets, {points:,} points")
    print(f"Answers to POST: {spread(answers, unit='ms')}, p95 {percentile(answers, 0.95):.0f} ms" if answers else "")
    print("\n".join(fairness(turns())))
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
    look_into(folder / "var")
    # Until it was open, /readyz said so with status 503, which is logged as an error.
    return report(diaries, log=log.read_bytes()[opened_at:].decode(errors="replace"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((ADDRESSES[0], 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
