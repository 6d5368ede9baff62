"""A service manager's end of the notification socket, on the test's own event loop."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path


class NotificationSocket:
    """Takes what a daemon tells of itself."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.told: list[str] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)

    async def until(self, part: str, *, within_s: float = 60.0) -> str:
        """The next message that holds this."""
        async with asyncio.timeout(within_s):
            while True:
                message = (await asyncio.get_running_loop().sock_recv(self._socket, 4096)).decode()
                self.told.append(message)
                if part in message:
                    return message

    def close(self) -> None:
        self._socket.close()


@asynccontextmanager
async def notification_socket(folder: Path) -> AsyncIterator[NotificationSocket]:
    """One in a folder whose path is short."""
    listening = NotificationSocket(folder / "notify")
    try:
        yield listening
    finally:
        listening.close()
