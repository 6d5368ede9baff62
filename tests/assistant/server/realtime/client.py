"""A client in the place of a socket, whose every event from the server is checked."""

import asyncio
import json
from typing import Any

from assistant.server.realtime.socket import SocketClosed
from tests.assistant.server.realtime.order import Order
from tests.assistant.server.realtime.public_events import check


class Client:
    """Implements `Socket`. Leave it, and the session ends."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.order = Order()
        self.closed: tuple[int, str] | None = None
        self.is_reading = asyncio.Event()
        self.is_reading.set()
        self._outgoing: asyncio.Queue[str | None] = asyncio.Queue()
        self._came = asyncio.Condition()

    # --- as the session sees it -------------------------------------------------------------------------

    async def receive(self) -> str:
        if (text := await self._outgoing.get()) is None:
            raise SocketClosed
        return text

    async def send(self, text: str) -> None:
        await self.is_reading.wait()
        event = json.loads(text)
        check(event)
        self.order.feed(event)
        async with self._came:
            self.events.append(event)
            self._came.notify_all()

    async def close(self, code: int, reason: str) -> None:
        self.closed = code, reason

    # --- as a test uses it ------------------------------------------------------------------------------

    def say(self, type: str, **fields: Any) -> None:
        self._outgoing.put_nowait(json.dumps({"type": type, **fields}))

    def leave(self) -> None:
        self._outgoing.put_nowait(None)

    async def until(self, type: str, count: int = 1) -> dict[str, Any]:
        """The event of that type and number, once it has come."""

        def found() -> list[dict[str, Any]]:
            return [event for event in self.events if event["type"] == type]

        async with asyncio.timeout(20), self._came:
            await self._came.wait_for(lambda: len(found()) >= count)
        return found()[count - 1]

    def types(self) -> list[str]:
        """Of all events so far, without repetition of what comes in pieces."""
        types = [event["type"] for event in self.events]
        return [one for at, one in enumerate(types) if at == 0 or types[at - 1] != one]
