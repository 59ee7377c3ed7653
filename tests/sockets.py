# mypy: disable-error-code="no-untyped-call"
"""Speak to a socket of Stride's ASGI application in memory.

channels.testing would do, but importing it needs daphne, which Stride does not run on.
"""

import json
from typing import Any

from asgiref.testing import ApplicationCommunicator

WAIT_SECONDS = 10.0


class Socket(ApplicationCommunicator):
    """One browser's end of a socket. Every wait ends after `WAIT_SECONDS`."""

    def __init__(self, application: Any, path: str, *, session: str = "", origin: str = "http://testserver") -> None:
        address, _, query = path.partition("?")
        headers = [(b"host", b"testserver"), (b"cookie", f"sessionid={session}".encode() if session else b"")]
        headers += [(b"origin", origin.encode())] if origin else []
        super().__init__(
            application,
            {
                "type": "websocket",
                "path": address,
                "query_string": query.encode(),
                "headers": headers,
                "subprotocols": [],
            },
        )

    async def connect(self) -> bool:
        """Knock; return whether the socket was accepted."""
        await self.send_input({"type": "websocket.connect"})
        message = await self.receive_output(WAIT_SECONDS)
        return bool(message["type"] == "websocket.accept")

    async def frame(self) -> Any:
        """Return the next frame's JSON; raises AssertionError when the socket closes instead."""
        message = await self.receive_output(WAIT_SECONDS)
        assert message["type"] == "websocket.send", message
        return json.loads(message["text"])

    async def closed(self) -> int:
        """Return the code with which the socket closes, whatever frames come before."""
        while True:
            message = await self.receive_output(WAIT_SECONDS)
            if message["type"] == "websocket.close":
                return int(message["code"])

    async def say(self, *, text: str | None = None, data: bytes | None = None) -> None:
        """Send a frame to the server."""
        await self.send_input({"type": "websocket.receive", "text": text, "bytes": data})

    async def is_quiet(self, *, seconds: float) -> bool:
        """Return whether nothing comes for a while."""
        return bool(await self.receive_nothing(timeout=seconds))

    async def leave(self) -> None:
        """Close this end."""
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(WAIT_SECONDS)
