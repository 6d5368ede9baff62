"""Words between processes that may come and go, and that must never wait for each other: datagrams on a local socket.

Sound goes so from the process that holds the microphone to the one that listens for "emergency stop", and the news that
it was heard to a thread of the daemon: past the daemon's event loop, which may be blocked.
"""

import contextlib
import socket
from pathlib import Path

LONGEST_BYTES = 1 << 16


class Receiver:
    """The end that others send to, by the socket's path. Blocking: it belongs to a thread."""

    def __init__(self, path: Path) -> None:
        """Takes the place of whoever listened there before. Raises OSError."""
        self._path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path.unlink(missing_ok=True)
        self._socket.bind(str(path))

    def receive(self) -> bytes:
        """The next word; b"" once it is closed."""
        try:
            return self._socket.recv(LONGEST_BYTES)
        except OSError:
            return b""

    def close(self) -> None:
        """Wake whoever waits for the next word, and take the socket away."""
        Sender(self._path).send(b"")
        self._path.unlink(missing_ok=True)


class Sender:
    """The other end. A word that nobody takes is lost."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def send(self, word: bytes) -> None:
        """Never waits: where nobody listens, or too slowly, it does nothing."""
        with contextlib.suppress(OSError):
            self._socket.sendto(word, self._path)
