"""What is on its way to a client, and no more of it than a client may be behind."""

import asyncio
from collections import deque

from assistant.server.realtime.socket import Socket

MOST_UNREAD = 32 * 2**20
"""Characters that may wait for a client to read them: ten minutes of sound. Who lets more pile up is gone, or hangs."""

EASY = 2**20
"""Whoever makes more goes on only when no more than this waits: twenty seconds of sound."""

READ_WITHIN_S = 30.0
"""A client that does not take a single message in for so long is gone."""


class TooSlow(Exception):
    """The client does not read what it is sent."""


class Outbox:
    """Messages in, at any time; `run` sends them, in order."""

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self._waiting: deque[str] = deque()
        self._size = 0
        self._changed = asyncio.Event()
        self._eased = asyncio.Event()
        self._overflowed = asyncio.Event()

    def put(self, messages: list[str]) -> None:
        """Never waits. Where too much waits already, `run` ends."""
        self._waiting.extend(messages)
        self._size += sum(map(len, messages))
        if self._size > MOST_UNREAD:
            self._overflowed.set()
        if messages:
            self._changed.set()

    async def ease(self) -> None:
        """Wait until the client has read nearly all."""
        while self._size > EASY:
            self._eased.clear()
            await self._eased.wait()

    async def emptied(self) -> None:
        """Wait until the client has been sent all."""
        while self._size:
            self._eased.clear()
            await self._eased.wait()

    async def run(self) -> None:
        """Send, for ever. Raises groups of TooSlow or SocketClosed."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch())
            await self._send()

    async def _watch(self) -> None:
        await self._overflowed.wait()
        raise TooSlow

    async def _send(self) -> None:
        while True:
            while self._waiting:
                message = self._waiting.popleft()
                try:
                    async with asyncio.timeout(READ_WITHIN_S):
                        await self._socket.send(message)
                except TimeoutError:
                    raise TooSlow from None
                self._size -= len(message)
                self._eased.set()
            self._changed.clear()
            await self._changed.wait()
