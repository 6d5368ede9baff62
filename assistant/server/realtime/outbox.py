"""What is on its way to a client, and no more of it than a client may be behind."""

import asyncio
from collections import deque

from assistant.server.realtime.socket import Socket

EASY = 2**20
"""Whoever makes more goes on only when no more than this waits: twenty seconds of sound."""


class TooSlow(Exception):
    """The client does not read what it is sent."""


class Outbox:
    """Messages in, at any time; `run` sends them, in order."""

    def __init__(self, socket: Socket, most_unread: int) -> None:
        """`most_unread` characters may wait for the client to read them. Who lets more pile up is gone, or hangs."""
        self._socket = socket
        self._most_unread = most_unread
        self._waiting: deque[str] = deque()
        self._size = 0
        self._changed = asyncio.Event()
        self._eased = asyncio.Event()
        self._overflowed = asyncio.Event()

    def put(self, messages: list[str]) -> None:
        """Never waits. Where too much waits already, `run` ends."""
        self._waiting.extend(messages)
        self._size += sum(map(len, messages))
        if self._size > self._most_unread:
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
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watch())
                await self._send()
        finally:
            self._waiting.clear()  # to hang up on a client that does not read takes a while

    async def _watch(self) -> None:
        await self._overflowed.wait()
        raise TooSlow

    async def _send(self) -> None:
        while True:
            while self._waiting:
                message = self._waiting.popleft()
                await self._socket.send(message)
                self._size -= len(message)
                self._eased.set()
            self._changed.clear()
            await self._changed.wait()
