"""A service manager's end of the notification socket, on the test's own event loop."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path


class NotificationSocket:
    """Takes in all that a daemon tells of itself, at once: the system keeps only ten words of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._told: asyncio.Queue[str] = asyncio.Queue()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)
        asyncio.get_running_loop().add_reader(self._socket, self._hear)

    async def until(self, part: str, *, within_s: float = 60.0) -> str:
        """The next message that holds this."""
        async with asyncio.timeout(within_s):
            while part not in (message := await self._told.get()):
                pass
            return message

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()

    def _hear(self) -> None:
        self._told.put_nowait(self._socket.recv(4096).decode())


@asynccontextmanager
async def notification_socket(folder: Path) -> AsyncIterator[NotificationSocket]:
    """One in a folder whose path is short."""
    listening = NotificationSocket(folder / "notify")
    try:
        yield listening
    finally:
        listening.close()
