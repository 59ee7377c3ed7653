"""The live stream of a run: /ws/runs/<id>/?after=<seq>.

Overload policy. A watcher has one sender and one flag: a slow browser gets fewer, larger frames; one that takes nothing
for STRIDE_SEND_SECONDS is closed with SLOW: "come back". A client has nothing to say: whatever it sends ends
the socket with GARBAGE. Past the limits per person and process a socket is closed with CROWDED. A run that has ended is
told once and closed with 1000.
"""

import asyncio
import contextlib
import time
import uuid
from collections import Counter
from collections.abc import Awaitable
from typing import Any, Final
from urllib.parse import parse_qs

import structlog
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError

from accounts import sessions
from labs import estimates, policy
from labs.models import Run
from labs.models.runs import TERMINAL, State
from labs.watching import Letter, Watcher, letter

log = structlog.get_logger(__name__)

ENDED: Final = 1000
GARBAGE: Final = 4400
# Not there, or not for you (any more): the answer is the same.
NOT_FOR_YOU: Final = 4404
SLOW: Final = 4408
CROWDED: Final = 4429

ALIVE_SECONDS: Final = 10.0
# The place in the queue moves without the run's own row changing.
QUEUE_LOOK_SECONDS: Final = 2.0
CHECK_SECONDS: Final = 10.0
SOCKETS_PER_PERSON: Final = 40
SOCKETS_PER_PROCESS: Final = 2000

_open: Counter[uuid.UUID] = Counter()


class LineGoneError(Exception):
    """Nobody is at the other end any more."""


class RunConsumer(AsyncWebsocketConsumer):
    """One watcher's socket."""

    # Rings come through rings.hub: a channel layer for every socket costs five times as much.
    channel_layer_alias = None
    user_id: uuid.UUID | None = None
    _sender: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Let in who may see the run; refuse everyone else in the same way, whether the run exists or not."""
        self.run_id: uuid.UUID = self.scope["url_route"]["kwargs"]["run_id"]
        after = _after(self.scope["query_string"])
        user_id = await database_sync_to_async(_watcher_id)(_session_key(self.scope), self.run_id)
        if user_id is None or after is None:
            await self.close(NOT_FOR_YOU)
            return
        await self.accept()
        if _open[user_id] >= SOCKETS_PER_PERSON or _open.total() >= SOCKETS_PER_PROCESS:
            await self.close(CROWDED)
            return
        self.user_id = user_id
        _open[user_id] += 1
        self._sender = asyncio.create_task(self._follow(after), name=f"watcher of run {self.run_id}")

    async def disconnect(self, code: int) -> None:
        """Let go of everything that this socket held."""
        if self.user_id is not None:
            _open[self.user_id] -= 1
            if not _open[self.user_id]:
                del _open[self.user_id]
        if self._sender is not None:
            self._sender.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sender

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """End the socket: a watcher only listens."""
        await self.close(GARBAGE)

    async def _follow(self, after: int) -> None:
        """Send frames until the run has ended, the watcher may not watch any more, or does not keep up."""
        code = ENDED
        try:
            async with Watcher(self.run_id, after=after) as watcher:
                code = await self._tell(watcher)
        except Run.DoesNotExist:
            code = NOT_FOR_YOU
        except LineGoneError:
            return
        except TimeoutError:
            log.warning("watcher_too_slow", run=str(self.run_id), watcher=str(self.user_id))
            code = SLOW
        with contextlib.suppress(LineGoneError):
            await self._say(self.close(code))

    async def _tell(self, watcher: Watcher) -> int:
        told_at = checked_at = time.monotonic()
        state: str = State.RUNNING
        while True:
            look = QUEUE_LOOK_SECONDS if state == State.QUEUED else ALIVE_SECONDS
            news = await watcher.next_letter(timeout=look)
            now = time.monotonic()
            if now - checked_at >= CHECK_SECONDS:
                if not await self._may_still_watch():
                    return NOT_FOR_YOU
                checked_at = now
            state = news.frame["state"] if news else state
            is_alive_due = state == State.QUEUED or now - told_at >= ALIVE_SECONDS
            if news is None and not (is_alive_due and watcher.told):
                continue
            told_at = now
            await self._send_letter(await self._with_waiting(news or letter(watcher.still())))
            if state in TERMINAL:
                return ENDED

    async def _send_letter(self, news: Letter) -> None:
        async with asyncio.timeout(settings.STRIDE_SEND_SECONDS):
            await self._say(self.send(text_data=news.text))

    async def _say(self, saying: Awaitable[None]) -> None:
        """Send or close; raises LineGoneError when the other side is gone, or the server has given it up."""
        try:
            await saying
        except TimeoutError:
            raise
        except (OSError, RuntimeError) as error:
            # uvicorn's words for "closed already": a peer that answered no ping, a tab that went away.
            raise LineGoneError(str(error)) from error

    async def _with_waiting(self, news: Letter) -> Letter:
        """Add the place in the queue to the frame of a run that waits."""
        if news.frame["state"] != State.QUEUED:
            return news
        try:
            wait = await database_sync_to_async(estimates.wait_of)(self.run_id)
        except DatabaseError:
            return news
        return letter(news.frame | {"events": [*news.frame["events"], wait.event()]})

    async def _may_still_watch(self) -> bool:
        """Ask again whether this person is signed in and may see the run; a database that is away changes nothing."""
        try:
            return await database_sync_to_async(_watcher_id)(_session_key(self.scope), self.run_id) is not None
        except DatabaseError:
            return True


def _watcher_id(session_key: str | None, run_id: uuid.UUID) -> uuid.UUID | None:
    """Return who is signed in now, if they may see the run now."""
    user = sessions.user_of(session_key)
    run = Run.objects.filter(pk=run_id).first()
    return user.pk if user and run and policy.may_see_run(user, run) else None


def _session_key(scope: dict[str, Any]) -> str | None:
    key: str | None = scope["session"].session_key
    return key


def _after(query: bytes) -> int | None:
    """Return the `after` of the address: at most nine digits, 0 when absent, None for anything else."""
    text = parse_qs(query.decode("ascii", errors="replace")).get("after", ["0"])[0]
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
