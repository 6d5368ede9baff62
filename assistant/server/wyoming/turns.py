"""How several clients share one engine: one after the other, in the order of asking, and not too many."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Refused(Exception):
    """The request is not carried out. One line for the client: why; `code` is for programs."""

    def __init__(self, reason: str, code: str) -> None:
        super().__init__(reason)
        self.code = code


class Turns:
    """The turns at one engine.

    An engine works on one thing at a time; what else is asked of it waits inside it, in order. Clients therefore wait
    here, so that the conversation at the microphone, which asks the engine directly, waits for one of them at most.
    """

    def __init__(self, engine: str, most_waiting: int) -> None:
        self._engine = engine
        self._most = most_waiting + 1
        self._admitted = 0
        self._lock = asyncio.Lock()

    @property
    def is_free(self) -> bool:
        """Whether nobody is at the engine or waits for it."""
        return not self._lock.locked()

    @asynccontextmanager
    async def admitted(self) -> AsyncIterator[None]:
        """A request that will take one turn or several. Raises Refused where too many wait already."""
        if self._admitted >= self._most:
            raise Refused(f"{self._engine} is busy: {self._admitted - 1} others wait; try again", "busy")
        self._admitted += 1
        try:
            yield
        finally:
            self._admitted -= 1

    def turn(self) -> asyncio.Lock:
        """Wait for the engine and have it: an async context manager."""
        return self._lock
