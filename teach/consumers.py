"""The live class board: tells an open board to look again. It carries no data, so there is none to leak here."""

import asyncio
import json
from typing import Any, Final

import structlog
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError

from accounts.sessions import user_of
from rings.hub import listening
from teach import policy

# Without a ring the page looks again after this long, so a lost ring costs seconds. Permission is asked as often.
LOOK_SECONDS: Final = 5.0
# A class of thirty that trains rings many times a second; the board is drawn at most this often.
REST_SECONDS: Final = 0.25
CLOSED_FORBIDDEN: Final = 4403
CLOSED_TRY_AGAIN: Final = 1013

log = structlog.get_logger(__name__)


class CohortConsumer(AsyncWebsocketConsumer):
    """One instructor's open board: a frame at every ring, each after asking whether they may still see it."""

    channel_layer_alias = None

    async def connect(self) -> None:
        """Refuse those who may not watch; then watch in a task of its own."""
        self.watching: asyncio.Task[None] | None = None
        self.cohort_id = self.scope["url_route"]["kwargs"]["cohort_id"]
        if not await self._may_watch():
            await self.close(CLOSED_FORBIDDEN)
            return
        await self.accept()
        self.watching = asyncio.create_task(self._watch())

    async def disconnect(self, code: int) -> None:
        """Stop watching."""
        if self.watching:
            self.watching.cancel()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        """Ignore whatever a board sends: it has nothing to say here."""

    async def _watch(self) -> None:
        try:
            await self._tell()
            await self.close(CLOSED_FORBIDDEN)
        except (OSError, RuntimeError):
            return  # The browser went away while a frame was on its way; `disconnect` follows.
        except DatabaseError:
            log.warning("board closed: no database", cohort=str(self.cohort_id), exc_info=True)
            await self.close(CLOSED_TRY_AGAIN)

    async def _tell(self) -> None:
        # Joined before the first frame: what changes while the page reads rings again.
        async with listening(f"cohort:{self.cohort_id}") as bell:
            while await self._may_watch():
                await self.send(json.dumps({"cohort": str(self.cohort_id), "look": True}))
                await asyncio.sleep(REST_SECONDS)
                await bell.wait(LOOK_SECONDS)

    @database_sync_to_async
    def _may_watch(self) -> bool:
        # The socket outlives its request: the session is read anew, so that signing out ends it.
        user = user_of(self.scope["session"].session_key)
        return user is not None and policy.may_watch(user, cohort_id=self.cohort_id)
