"""How soon do 50 and 200 watchers of one run hear of a chunk, and what do they cost the live process?

Run it with `python -m benchmarks.watchers`. The run trains meanwhile on the same machine.
"""

import asyncio
import json
import sys
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import psutil
from websockets import Origin
from websockets.asyncio.client import connect

from benchmarks.figures import Figure, percentile, show, spread
from benchmarks.site import opened

if TYPE_CHECKING:
    from tests.house import House

# Watchers, and the milliseconds under which the 95th of a hundred frames must come.
AIMS: Final = {50: 40.0, 200: 60.0}
SOCKETS_EACH: Final = 30
LISTEN_SECONDS: Final = 20.0
EPOCHS: Final = 200
LEARNER: Final = "watched@class.example"

# A frame as it came, and when.
Heard = tuple[str | bytes, float]


def measure(watchers: int, *, house: "House") -> dict[str, Any]:
    """Let so many watch one run; return "delays" in milliseconds, "bytes" for each watcher and "cpu" of one core."""
    from labs import submission
    from labs.models import Chunk, Run

    run = begin_run(house)
    web = house.process("web")
    before = web.memory_info().rss
    begun, heard, cpu, after = asyncio.run(
        _listen(house, run.pk, watchers=watchers, cookies=cookies(watchers), web=web)
    )
    # Read while it runs: the log of a run that has ended may be packed, and then says no times. What was written before
    # everyone listened lay unread at those who had come first.
    written = dict(Chunk.objects.filter(run=run, created_at__gte=begun).values_list("seq", "created_at"))
    submission.request_stop(run)
    delays = [(at - written[seq].timestamp()) * 1000 for seq, at in heard if seq in written]
    house.until(lambda: Run.objects.get(pk=run.pk).has_ended, what="the run to end")
    return {"delays": delays, "bytes": max(0, after - before) / watchers, "cpu": cpu}


def begin_run(house: "House") -> Any:
    """Submit a run that trains for longer than anybody watches, and wait until it does."""
    from accounts.models import User
    from labs import submission
    from labs.models import Lab, Run

    owner = User.objects.filter(email=LEARNER).first() or User.objects.create_user(LEARNER)
    run = submission.submit(owner=owner, lab=Lab.objects.get(pk="taster"), fields={})
    Run.objects.filter(pk=run.pk).update(spec=run.spec | {"epochs": EPOCHS})
    house.until(lambda: Run.objects.get(pk=run.pk).state == "running", what="the run to begin")
    return run


def cookies(watchers: int) -> list[str]:
    """Return as many sessions as so many watchers need."""
    return [_cookie(number) for number in range(-(-watchers // SOCKETS_EACH))]


def _cookie(number: int) -> str:
    """Return the session of somebody who may see every run; one person may have forty sockets at most."""
    from django.test import Client

    from accounts.models import User

    email = f"watcher{number}@class.example"
    client = Client()
    client.force_login(User.objects.filter(email=email).first() or User.objects.create_superuser(email))
    return f"sessionid={client.cookies['sessionid'].value}"


async def _listen(
    house: "House", run: Any, *, watchers: int, cookies: list[str], web: psutil.Process
) -> tuple[datetime, list[tuple[int, float]], float, int]:
    """Return when everyone listened, (seq, time received) of every frame, the share of a core, and bytes of memory."""
    heard: list[Heard] = []
    is_joined = asyncio.Barrier(watchers + 1)
    tasks = [
        asyncio.create_task(_watch(house, run, cookies[number % len(cookies)], heard, is_joined))
        for number in range(watchers)
    ]
    await is_joined.wait()
    joined = datetime.now(UTC)
    begun, used = time.monotonic(), sum(web.cpu_times()[:2])
    await asyncio.sleep(LISTEN_SECONDS)
    cpu = (sum(web.cpu_times()[:2]) - used) / (time.monotonic() - begun)
    memory = web.memory_info().rss
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return joined, [(int(json.loads(text)["seq"]), at) for text, at in heard], cpu, memory


async def stay(
    house: "House", run: Any, *, number: int, cookies: list[str], is_there: threading.Event, is_over: threading.Event
) -> None:
    """Let so many watch from when `is_there` is set until `is_over` is."""
    barrier = asyncio.Barrier(number + 1)
    heard: list[Heard] = []
    crowd = [
        asyncio.create_task(_watch(house, run, cookies[place % len(cookies)], heard, barrier))
        for place in range(number)
    ]
    await barrier.wait()
    is_there.set()
    await asyncio.to_thread(is_over.wait)
    for task in crowd:
        task.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)


async def _watch(house: "House", run: Any, cookie: str, heard: list[Heard], is_joined: asyncio.Barrier) -> None:
    address = f"{house.url.replace('http', 'ws')}/ws/runs/{run}/?after=0"
    headers = {"Cookie": cookie}
    async with connect(address, additional_headers=headers, origin=Origin(house.url), proxy=None) as socket:
        # The first frame holds what came before; only what comes while everyone listens is timed.
        await socket.recv()
        await is_joined.wait()
        while True:
            # Read later: two hundred watchers in one process would wait for each other's reading.
            heard.append((await socket.recv(), time.time()))


def measure_all() -> dict[int, dict[str, Any]]:
    """Measure with each number of watchers."""
    with opened("train", "sweeper") as house:
        return {watchers: measure(watchers, house=house) for watchers in AIMS}


def figures(measured: dict[int, dict[str, Any]]) -> list[Figure]:
    """Return the measured lines against their aims."""
    return [_figure(watchers, found) for watchers, found in measured.items()]


def _figure(watchers: int, measured: dict[str, Any]) -> Figure:
    late = percentile(measured["delays"], 0.95)
    cost = f"{measured['bytes'] / 1024:.0f} KiB for each watcher, live process {100 * measured['cpu']:.0f} % of a core"
    return Figure(
        f"Commit of a chunk to frame received, {watchers} watchers, while it trains",
        f"p95 {late:.0f} ms; {cost}",
        spread(measured["delays"], unit="ms"),
        f"p95 under {AIMS[watchers]:.0f} ms",
        late < AIMS[watchers],
    )


if __name__ == "__main__":
    sys.stdout.write(show(figures(measure_all())) + "\n")
