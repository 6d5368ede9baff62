"""What carries the messages of a session, as far as a session needs to know."""

from typing import Protocol


class SocketClosed(Exception):
    """The client has gone."""


class Socket(Protocol):
    """A connection that was accepted. A WebSocket is one; so is a test."""

    async def receive(self) -> str:
        """The next message. Raises SocketClosed."""
        ...

    async def send(self, text: str) -> None:
        """Send a message; waits while the client does not read, as long as the connection has patience. Raises
        SocketClosed."""
        ...

    async def close(self, code: int, reason: str) -> None:
        """Say why, and hang up. Does nothing where the client has gone."""
        ...
