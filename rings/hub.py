"""Hear rings in the live process: one Redis subscription for all watchers, made in the background.

`async with listening(topic) as bell` joins at once, whether Redis is there or not; every bell rings when the
subscription comes (back) up, because rings may have been missed before. The one pattern subscription hears
every ring of the house: a watcher joins without a word to Redis, and a ring for nobody costs about 20 us.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from weakref import WeakKeyDictionary

from django.conf import settings
from redis import RedisError
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from rings.doorbell import PREFIX

RECONNECT_SECONDS: Final = 0.5
# How long a frozen Redis may leave a connect or a ping without an answer before it is tried anew.
ANSWER_SECONDS: Final = 2.0


class Bell:
    """One watcher's bell: rings that come while it is not waiting are remembered as one."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Ring, or do nothing when it has rung already."""
        self._rung.set()

    async def wait(self, timeout: float | None = None) -> bool:
        """Wait for a ring, at most `timeout` seconds; return whether it rang."""
        try:
            async with asyncio.timeout(timeout):
                await self._rung.wait()
        except TimeoutError:
            return False
        self._rung.clear()
        return True


class Hub:
    """Every bell of one event loop, and the task that listens to Redis while there is any."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._bells: dict[str, set[Bell]] = {}
        self._listener: asyncio.Task[None] | None = None

    def join(self, topic: str) -> Bell:
        """Hang up a bell for `topic`."""
        bell = Bell()
        self._bells.setdefault(topic, set()).add(bell)
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._listen(), name="hub")
        return bell

    def leave(self, topic: str, bell: Bell) -> None:
        """Take a bell down; without any bell nobody listens."""
        bells = self._bells.get(topic, set())
        bells.discard(bell)
        if not bells:
            self._bells.pop(topic, None)
        if not self._bells and self._listener is not None:
            self._listener.cancel()
            self._listener = None

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except (RedisError, OSError, TimeoutError):
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _hear(self) -> None:
        """Ring bells as Redis says, until the connection fails."""
        client = Redis.from_url(
            self._url,
            socket_connect_timeout=ANSWER_SECONDS,
            socket_timeout=ANSWER_SECONDS,
            health_check_interval=10,
            retry=Retry(NoBackoff(), 0),
        )
        try:
            async with client.pubsub() as subscription:
                await subscription.psubscribe(PREFIX + "*")
                await self._pass_on(subscription)
        finally:
            await client.aclose()

    async def _pass_on(self, subscription: PubSub) -> None:
        while True:
            message = await subscription.get_message(timeout=ANSWER_SECONDS)
            if message is None:
                continue
            if message["type"] == "psubscribe":
                self._ring_all()
            elif message["type"] == "pmessage":
                self._ring(message["channel"].decode().removeprefix(PREFIX))

    def _ring(self, topic: str) -> None:
        for bell in self._bells.get(topic, ()):
            bell.ring()

    def _ring_all(self) -> None:
        for topic in self._bells:
            self._ring(topic)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


@asynccontextmanager
async def listening(topic: str) -> AsyncIterator[Bell]:
    """Hang up a bell for `topic` in this loop's hub, and take it down afterwards."""
    hub = _hubs.setdefault(asyncio.get_running_loop(), Hub(settings.REDIS_URL))
    bell = hub.join(topic)
    try:
        yield bell
    finally:
        hub.leave(topic, bell)
