"""What a service manager is told of the daemon, by systemd's notification protocol.

A datagram with lines of KEY=VALUE to the socket that NOTIFY_SOCKET names: no more than that, so that no library is
needed; the one on PyPI that does just this has not changed since 2017, the others bind libsystemd.
"""

import os
import socket
import time
from collections.abc import MutableMapping

VARIABLES = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")


class ServiceManager:
    """Whoever started the daemon, if it wants to know how it is. Otherwise nothing here does anything."""

    def __init__(self, environment: MutableMapping[str, str] = os.environ) -> None:
        """Takes what it needs out of the environment: the daemon's children are not to speak for it."""
        address, watchdog_us, watchdog_pid = (environment.pop(name, "") for name in VARIABLES)
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) if address else None
        if self._socket is not None:
            self._socket.setblocking(False)
        is_ours = watchdog_pid in ("", str(os.getpid()))
        self.watchdog_s = int(watchdog_us) / 1e6 if watchdog_us.isdigit() and is_ours else None
        """It ends the daemon when it hears nothing for so long; None: it does not."""

    def ready(self, status: str) -> None:
        """The daemon can be used, again if it was reloading."""
        self._tell(f"READY=1\nSTATUS={status}")

    def status(self, line: str) -> None:
        """What the daemon is doing, for people."""
        self._tell(f"STATUS={line}")

    def reloading(self) -> None:
        """The configuration is being read; `ready` follows."""
        self._tell(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """It ends, in its own time."""
        self._tell("STOPPING=1\nSTATUS=stopping")

    def alive(self) -> None:
        """For the watchdog."""
        self._tell("WATCHDOG=1")

    def _tell(self, message: str) -> None:
        if self._socket is not None:
            try:
                self._socket.sendto(message.encode(), self._address)
            except OSError:  # it has gone, or takes nothing now: that is no reason to fail
                return
