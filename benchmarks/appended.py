"""The simplest usual design, for comparison: one channel-layer message for every step, appended in the page.

The trainer publishes each step as it comes; the live process sends it to a Channels group; every socket writes it
down its line; the page pushes it to its arrays and draws. No rows, no coalescing. Channels' own group is the one in
memory, which one Redis subscription feeds: the usual package for it, channels-redis, is no dependency of Stride.
Run it with `python -m benchmarks.appended`.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import psutil
from websockets.asyncio.client import connect

from benchmarks import redraw
from benchmarks.drawn import Drawing, ages
from benchmarks.figures import Figure, percentile, show, spread
from benchmarks.site import ROOT, browser, prepare

GROUP: Final = "steps"
WATCHERS: Final = 50
LISTEN_SECONDS: Final = 15.0
START_SECONDS: Final = 60.0
JOIN_SECONDS: Final = 2.0
EPOCHS: Final = 200
PLACE: Final = "STRIDE_BENCH_REDIS"
PAGE: Final = """
async ([address, seconds]) => {
  const { default: uPlot } = await import("/static/vendor/uplot/uPlot.esm.js");
  const columns = [[], []];
  const options = { width: 860, height: 240, scales: { x: { time: false } }, series: [{}, { stroke: "blue" }] };
  const chart = new uPlot(options, columns, document.getElementById("loss"));
  const drawn = [];
  const channel = new MessageChannel();
  const waiting = [];
  channel.port1.onmessage = () => drawn.push([performance.timeOrigin + performance.now(), waiting.shift()]);
  const socket = new WebSocket(address);
  socket.onmessage = ({ data }) => {
    const told = JSON.parse(data);
    columns[0].push(told.step);
    columns[1].push(told.loss);
    chart.setData(columns);
    requestAnimationFrame(() => {
      waiting.push(told.at * 1000);
      channel.port2.postMessage(0);
    });
  };
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  socket.close();
  return drawn;
}
"""


@dataclass(slots=True)
class Usual:
    """What was seen: milliseconds from step to message at each watcher, drawings, the share of steps lost, and cost."""

    delays: list[float] = field(default_factory=list)
    drawings: list[Drawing] = field(default_factory=list)
    lost: list[float] = field(default_factory=list)
    cpu: float = 0.0


def trainer() -> None:
    """Train, and publish every step as soon as its loss is read."""
    import torch.nn.functional as F
    from redis import Redis

    from benchmarks import bare
    from nets.specs import TrainSpec

    redis = Redis(unix_socket_path=os.environ[PLACE])
    session, step = bare.begin(TrainSpec(epochs=EPOCHS)), 0
    for _ in range(EPOCHS):
        for images, targets in bare.batches(session):
            loss = F.cross_entropy(session.model(images), targets)
            session.optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            session.optimiser.step()
            step += 1
            redis.publish(GROUP, json.dumps({"at": time.time(), "step": step, "loss": loss.item()}))
        session.turn()


def application() -> Any:
    """Return the live process: a consumer that passes on whatever its group is sent."""
    from django.conf import settings

    settings.configure(CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}})
    from channels.generic.websocket import AsyncWebsocketConsumer
    from channels.layers import get_channel_layer
    from redis.asyncio import Redis

    class Watcher(AsyncWebsocketConsumer):
        async def connect(self) -> None:
            await self.channel_layer.group_add(GROUP, self.channel_name)
            await self.accept()

        async def told(self, message: dict[str, str]) -> None:
            await self.send(text_data=message["text"])

    async def feed() -> None:
        layer = get_channel_layer()
        async with Redis(unix_socket_path=os.environ[PLACE]).pubsub() as subscription:
            await subscription.subscribe(GROUP)
            async for message in subscription.listen():
                if message["type"] == "message":
                    await layer.group_send(GROUP, {"type": "told", "text": message["data"].decode()})

    feeding: list[asyncio.Task[None]] = []
    watch = Watcher.as_asgi()

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            if not feeding:
                feeding.append(asyncio.create_task(feed()))
            await watch(scope, receive, send)

    return serve


def measure() -> Usual:
    """Let WATCHERS, one of them a browser, watch a run for a while."""
    prepare()
    from tests.house import House

    house = House()
    try:
        house.need("redis")
        environment = {**os.environ, PLACE: str(house.socket)}
        serve = [
            "-m",
            "uvicorn",
            "--factory",
            "benchmarks.appended:application",
            "--lifespan",
            "off",
            "--log-level",
            "warning",
        ]
        with (
            _process([*serve, "--port", str(house.port)], environment) as web,
            _process(["-c", "from benchmarks import appended; appended.trainer()"], environment),
        ):
            return asyncio.run(_watched(f"ws://127.0.0.1:{house.port}/", web))
    finally:
        house.close()


@contextmanager
def _process(arguments: list[str], environment: dict[str, str]) -> Iterator[psutil.Process]:
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=environment)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.kill()
        process.wait(timeout=START_SECONDS)


async def _watched(address: str, web: psutil.Process) -> Usual:
    usual = Usual()
    crowd = [asyncio.create_task(_watch(address, usual)) for _ in range(WATCHERS - 1)]
    while not usual.delays:
        await asyncio.sleep(0.05)
    # The first messages come while others still join.
    await asyncio.sleep(JOIN_SECONDS)
    usual.delays.clear()
    begun, used = time.monotonic(), sum(web.cpu_times()[:2])
    usual.drawings = await asyncio.to_thread(_drawn, address)
    usual.cpu = (sum(web.cpu_times()[:2]) - used) / (time.monotonic() - begun)
    for task in crowd:
        task.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)
    return usual


async def _watch(address: str, usual: Usual) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket = await connect(address, proxy=None)
            break
        except OSError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.2)
    steps: list[int] = []
    try:
        while True:
            told = json.loads(await socket.recv())
            usual.delays.append((time.time() - told["at"]) * 1000)
            steps.append(told["step"])
    finally:
        if steps:
            usual.lost.append(1 - len(steps) / (steps[-1] - steps[0] + 1))


def _drawn(address: str) -> list[Drawing]:
    """Watch in a browser; return what it drew."""
    with redraw.served(ROOT) as place, browser() as chromium:
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        page.goto(place)
        return [(at, made) for at, made in page.evaluate(PAGE, [address, LISTEN_SECONDS])]


def figure(usual: Usual, *, delays: Sequence[float], drawings: Sequence[Drawing]) -> Figure:
    """Return the line that sets the usual design beside ours: `delays` and `drawings` with as many watchers."""
    theirs, ours = percentile(usual.delays, 0.95), percentile(delays, 0.95)
    old, age = percentile(ages(usual.drawings), 0.95), percentile(ages(drawings), 0.95)
    cost = f"up to {100 * max(usual.lost):.0f} % of the steps lost; live process {100 * usual.cpu:.0f} % of a core"
    return Figure(
        f"The simplest usual design beside it, {WATCHERS} watchers: a message for each step to a line received",
        f"p95 {theirs:,.0f} ms, {theirs / ours:.1f} times ours; newest drawn point p95 {old:,.0f} ms, "
        f"{old / age:.1f} times ours; {cost}",
        spread(usual.delays, unit="ms"),
        "the ratio is seen",
        None,
    )


if __name__ == "__main__":
    from benchmarks import drawn, watchers

    own = watchers.measure_all()[WATCHERS]["delays"]
    sys.stdout.write(show([figure(measure(), delays=own, drawings=drawn.measure())]) + "\n")
