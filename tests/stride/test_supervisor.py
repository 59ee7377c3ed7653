"""The supervisor with real processes: what it starts, it ends, however it ends itself."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from stride.services import Service
from stride.supervisor import restart_sentence

ROOT = Path(__file__).parent.parent.parent
WAIT_SECONDS = 30
KILLED_SECONDS = 5
LEAVES = """
import os, signal, subprocess, sys
def leave(*_):
    print("leaving", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause()"
grandchild = subprocess.Popen([sys.executable, "-c", deaf])
print("ready", os.getpid(), grandchild.pid, flush=True)
while True:
    signal.pause()
"""
STAYS = """
import os, signal
signal.signal(signal.SIGTERM, lambda *_: print("asked", flush=True))
print("ready", os.getpid(), flush=True)
while True:
    signal.pause()
"""
FALLS = "raise SystemExit(3)"


class SmallHouse:
    """A running supervisor and what it wrote."""

    def __init__(self, *services: tuple[str | float, ...]) -> None:
        command = [sys.executable, "-m", "tests.stride.small_house", json.dumps(services)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        self.pids: set[int] = {self.process.pid}

    def read_until(self, *, text: str, times: int = 1) -> list[str]:
        """Read lines up to the one that holds `text` for the last time asked."""
        lines: list[str] = []
        while sum(text in line for line in lines) < times:
            line = self.process.stdout.readline() if self.process.stdout else ""
            if not line:
                raise AssertionError(f"ended before {text!r}: {lines}")
            lines.append(line)
            if "ready" in line:
                self.pids.update(int(word) for word in line.split("ready")[1].split())
        return lines

    def rest(self) -> str:
        """Read until nobody holds the output any more."""
        return self.process.communicate(timeout=WAIT_SECONDS)[0]

    def living(self) -> set[int]:
        return {pid for pid in self.pids if is_alive(pid)}

    def survivors(self) -> set[int]:
        """Return who is alive although everyone was killed; a killed process needs a moment to be gone."""
        deadline = time.monotonic() + KILLED_SECONDS
        while self.living() and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.living()


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def houses() -> Iterator[list[SmallHouse]]:
    started: list[SmallHouse] = []
    yield started
    for house in started:
        for pid in house.living():
            os.kill(pid, signal.SIGKILL)


def order_of_leaving(text: str) -> list[str]:
    return [line.split()[0] for line in text.splitlines() if "leaving" in line]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_all_in_stages_redis_last(number: signal.Signals, houses: list[SmallHouse]) -> None:
    house = SmallHouse(("redis", LEAVES, 2, 10), ("web", LEAVES, 1, 10), ("train", LEAVES, 0, 10))
    houses.append(house)
    house.read_until(text="ready", times=3)
    house.process.send_signal(number)
    assert order_of_leaving(house.rest()) == ["train", "web", "redis"]
    assert house.process.returncode == 0
    assert house.survivors() == set()


def test_what_comes_later_waits_until_what_came_before_is_ready(houses: list[SmallHouse], tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    opens = f"import time; time.sleep(0.5); open({str(ready)!r}, 'w').close(); {STAYS}"
    looks = f"import os; print('there:', os.path.exists({str(ready)!r}), flush=True); {STAYS}"
    house = SmallHouse(("web", opens, 0, 0.1, str(ready)), ("train", looks, 0, 0.1))
    houses.append(house)
    lines = house.read_until(text="there:")
    assert "stride | web is open\n" in lines
    assert lines[-1] == "train  | there: True\n"
    house.process.terminate()
    house.rest()


def test_the_end_does_not_wait_for_what_never_gets_ready(houses: list[SmallHouse], tmp_path: Path) -> None:
    house = SmallHouse(("web", LEAVES, 0, 10, str(tmp_path / "never")), ("train", LEAVES, 0, 10))
    houses.append(house)
    house.read_until(text="ready")
    house.process.terminate()
    assert "train" not in house.rest()
    assert house.survivors() == set()


def test_a_killed_supervisor_takes_all_along(houses: list[SmallHouse]) -> None:
    house = SmallHouse(("redis", LEAVES, 2, 10), ("web", LEAVES, 1, 10), ("train", LEAVES, 0, 10))
    houses.append(house)
    house.read_until(text="ready", times=3)
    assert len(house.living()) == 7
    house.process.kill()
    house.rest()
    assert house.survivors() == set()


def test_a_child_that_dies_is_started_again_without_its_orphans(houses: list[SmallHouse]) -> None:
    house = SmallHouse(("train", LEAVES, 0, 10))
    houses.append(house)
    first = house.read_until(text="ready")[-1]
    child, grandchild = (int(word) for word in first.split("ready")[1].split())
    os.kill(child, signal.SIGKILL)
    lines = house.read_until(text="ready")
    assert any("was ended by SIGKILL; starting it again" in line for line in lines)
    assert not is_alive(grandchild)


def test_a_child_that_keeps_ending_is_named_and_the_rest_goes_on(houses: list[SmallHouse]) -> None:
    house = SmallHouse(("web", LEAVES, 1, 10), ("train", FALLS, 0, 10))
    houses.append(house)
    line = house.read_until(text="time soon after its start")[-1]
    assert "train ended with status 3, for the 4th time" in line
    assert house.process.pid in house.living()
    house.process.terminate()
    assert order_of_leaving(house.rest()) == ["web"]


def test_a_child_that_will_not_end_is_killed_after_its_grace(houses: list[SmallHouse]) -> None:
    house = SmallHouse(("train", STAYS, 0, 0.3))
    houses.append(house)
    house.read_until(text="ready")
    house.process.terminate()
    assert "did not end in time and is killed" in house.rest()
    assert house.survivors() == set()


def test_a_second_ctrl_c_gives_no_more_time(houses: list[SmallHouse]) -> None:
    house = SmallHouse(("train", STAYS, 0, 10 * WAIT_SECONDS))
    houses.append(house)
    house.read_until(text="ready")
    house.process.send_signal(signal.SIGINT)
    house.read_until(text="asked")
    house.process.send_signal(signal.SIGINT)
    house.rest()
    assert house.survivors() == set()


def test_a_terminal_that_went_away_does_not_stop_the_house(houses: list[SmallHouse]) -> None:
    house = SmallHouse(("train", LEAVES, 0, 10))
    houses.append(house)
    line = house.read_until(text="ready")[-1]
    if house.process.stdout:
        house.process.stdout.close()
    os.kill(int(line.split("ready")[1].split()[0]), signal.SIGTERM)
    house.process.terminate()
    house.process.wait(timeout=WAIT_SECONDS)
    assert house.process.returncode == 0
    assert house.survivors() == set()


def test_a_restart_says_how_it_ended_and_what_happens_next() -> None:
    text = restart_sentence(Service(name="infer", command=("x",)), code=-9, early_ends=1, wait=0.5)
    assert text == "infer was ended by SIGKILL; starting it again in 0.5 s."


def test_a_service_with_a_log_of_its_own_is_looked_up_there() -> None:
    redis = Service(name="redis", command=("x",), log=Path("/data/redis.log"))
    assert "/data/redis.log says why" in restart_sentence(redis, code=1, early_ends=4, wait=4)
