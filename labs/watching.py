"""Share one reading of a run among everyone who watches it in this process. Nothing here knows sockets.

A `Feed` reads the rows once per ring (or every LOOK_SECONDS without one) and wakes its watchers; each watcher keeps its
own place in the log and takes what it has not had. A watcher who is further behind than the feed remembers, or who has
just come, reads the rows for itself.
"""

import asyncio
import json
import uuid
from collections import deque
from typing import Final, NamedTuple, Self
from weakref import WeakValueDictionary

import structlog
from channels.db import database_sync_to_async
from django.db import DatabaseError

from labs import following
from labs.following import Frame, Piece, Standing
from labs.models import Run
from rings import hub

log = structlog.get_logger(__name__)

LOOK_SECONDS: Final = 5.0
# About half a minute of training; a watcher who is slower than that costs a read of its own.
REMEMBERED_PIECES: Final = 256


class Letter(NamedTuple):
    """A frame and its JSON, encoded once for all watchers who stand at the same place."""

    frame: Frame
    text: str


def letter(frame: Frame) -> Letter:
    """Encode a frame."""
    return Letter(frame, json.dumps(frame, separators=(",", ":"), allow_nan=False))


class Feed:
    """One run as this process knows it, kept current while anyone watches."""

    def __init__(self, run_id: uuid.UUID) -> None:
        self.run_id = run_id
        self.now: Standing | None = None
        self.is_gone = False
        self._seq = 0
        self._pieces: deque[Piece] = deque(maxlen=REMEMBERED_PIECES)
        self._letters: dict[int, Letter] = {}
        self._watchers: set[Watcher] = set()
        self._task: asyncio.Task[None] | None = None

    def join(self, watcher: "Watcher") -> None:
        """Wake this watcher from now on."""
        self._watchers.add(watcher)
        if self._task is None:
            self._task = asyncio.create_task(self._keep_current(), name=f"feed of run {self.run_id}")

    def leave(self, watcher: "Watcher") -> None:
        """Wake this watcher no more; without any, nobody reads."""
        self._watchers.discard(watcher)
        if not self._watchers and self._task is not None:
            self._task.cancel()
            self._task = None

    def letter_after(self, seq: int) -> Letter | None:
        """Return the frame for a watcher who has everything up to `seq`; None when memory does not reach back."""
        if self.now is None or (seq < self._seq and (not self._pieces or self._pieces[0].seq > seq + 1)):
            return None
        if seq not in self._letters:
            pieces = [piece for piece in self._pieces if piece.seq > seq]
            self._letters[seq] = letter(following.build(self.now, pieces, after=seq))
        return self._letters[seq]

    async def _keep_current(self) -> None:
        async with hub.listening(f"run:{self.run_id}") as bell:
            while not self.is_gone:
                try:
                    await self._read()
                except Run.DoesNotExist:
                    self.is_gone = True
                    self._wake_all()
                except DatabaseError as error:
                    log.warning("feed_waits", run=str(self.run_id), error=str(error))
                await bell.wait(LOOK_SECONDS)

    async def _read(self) -> None:
        """Read once, and once more while there is more than one reading holds."""
        is_behind = True
        while is_behind:
            now, pieces = await database_sync_to_async(_read_rows)(self.run_id, None if self.now is None else self._seq)
            before, self.now = self.now, now
            self._pieces.extend(pieces)
            self._seq = pieces[-1].seq if pieces else self._seq if before else now.seq
            is_behind = bool(pieces) and self._seq < now.seq
            if pieces or now != before:
                self._letters.clear()
                self._wake_all()

    def _wake_all(self) -> None:
        for watcher in self._watchers:
            watcher.wake()


def _read_rows(run_id: uuid.UUID, since: int | None) -> tuple[Standing, list[Piece]]:
    """Read the row, then what follows `since`; the first look takes no chunks, since every watcher begins by itself."""
    now = following.standing(run_id)
    if since is None or since >= now.seq:
        return now, []
    return now, following.pieces_after(run_id, since)


_feeds: WeakValueDictionary[tuple[int, uuid.UUID], Feed] = WeakValueDictionary()


class Watcher:
    """One reader of one run, at its own place in the log: joins the feed first and reads second.

    Use it as an asynchronous context. Raises Run.DoesNotExist once the run is gone.
    """

    def __init__(self, run_id: uuid.UUID, *, after: int) -> None:
        key = (id(asyncio.get_running_loop()), run_id)
        self._feed = _feeds.get(key) or Feed(run_id)
        _feeds[key] = self._feed
        self._after = after
        self._has_read = False
        self.told: Frame | None = None
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Say that there is something new; said twice before it looks, it looks once."""
        self._woken.set()

    async def __aenter__(self) -> Self:
        self._feed.join(self)
        return self

    async def __aexit__(self, *unused: object) -> None:
        self._feed.leave(self)

    async def next_letter(self, *, timeout: float) -> Letter | None:
        """Return the next frame, or None when `timeout` seconds bring nothing new."""
        try:
            async with asyncio.timeout(timeout):
                return await self._next()
        except TimeoutError:
            return None

    def still(self) -> Frame:
        """Return the last frame without its events: where the run stood when it was last told."""
        return (self.told or {}) | {"events": []}

    async def _next(self) -> Letter:
        while True:
            self._woken.clear()
            found = await self._look()
            if found is not None:
                self._after, self.told = found.frame["seq"], found.frame
                return found
            await self._woken.wait()

    async def _look(self) -> Letter | None:
        """Return what is new, from the feed's memory or by a read of its own."""
        if self._feed.is_gone:
            raise Run.DoesNotExist(str(self._feed.run_id))
        if self._has_read and self._feed.now is None:
            # The feed is about to read for the first time, and wakes everyone then.
            return None
        found = self._feed.letter_after(self._after) if self._has_read else None
        if found is None:
            try:
                found = letter(await database_sync_to_async(following.frame_after)(self._feed.run_id, self._after))
            except DatabaseError as error:
                log.warning("watcher_waits", run=str(self._feed.run_id), error=str(error))
                return None
            self._has_read = True
        return found if found.frame["events"] or found.frame | {"events": []} != self.still() else None
