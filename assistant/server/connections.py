"""The connections of the HTTP server: how many there may be, and how long each may keep it waiting.

uvicorn knows a limit for all of them together, and none for a client that sends half a request, or leaves unread what
it asked for; each would cost memory for as long as it likes.
"""

import asyncio
import ipaddress
import logging
import socket
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from assistant.server.refusal import refusal

log = logging.getLogger(__name__)

OWN_FILES = 200
"""Of the process: models, pipes to children, devices, logs."""


@dataclass(slots=True)
class Connections:
    """Those that there are."""

    most: int
    most_of_one: int
    """Of one address; of IPv6, of one network, since whoever has one address there has all of them."""
    request_within_s: float
    """So long a request may take to come."""
    read_within_s: float
    """So long a client may leave unread what it is sent."""
    _networks: dict[Any, str] = field(default_factory=dict)
    """Of every connection, by its transport."""
    _count: Counter[str] = field(default_factory=Counter)

    def __len__(self) -> int:
        return len(self._networks)

    def opened(self, transport: asyncio.BaseTransport, address: str) -> tuple[int, str] | None:
        """One more; status and reason of a refusal, None where it is welcome. It counts until it is `closed`."""
        network = network_of(address)
        self._networks[transport] = network
        self._count[network] += 1
        if len(self) > self.most:
            return 503, f"busy: {self.most} connections are open (server.connections); try again later"
        if self._count[network] > self.most_of_one:
            told = f"{self.most_of_one} connections of {network} are open (server.connections_per_address)"
            return 429, f"{told}; close some"
        return None

    def closed(self, transport: asyncio.BaseTransport) -> None:
        if (network := self._networks.pop(transport, None)) is not None:
            self._count[network] -= 1
            if not self._count[network]:
                del self._count[network]


def network_of(address: str) -> str:
    """What is counted as one: an IPv4 address, or a /64 of IPv6."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


class GuardedConfig(uvicorn.Config):
    """uvicorn's configuration, with these limits."""

    def __init__(self, app: ASGIApp, connections: Connections, **others: Any) -> None:
        super().__init__(app, http=HttpProtocol, ws=WebSocketProtocol, **others)
        self.guarded = connections


class _ReadInTime(asyncio.Protocol):
    """Cuts off who does not read. Closing would wait for them for ever: what was written is kept until it is read."""

    guarded: Connections
    transport: asyncio.Transport
    _unread: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        super().pause_writing()
        loop = asyncio.get_running_loop()
        self._unread = loop.call_later(self.guarded.read_within_s, self._cut_off)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._read()

    def connection_lost(self, exc: Exception | None) -> None:
        self._read()
        self.guarded.closed(self.transport)
        super().connection_lost(exc)

    def _read(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _cut_off(self) -> None:
        log.info("a client that left unread what it was sent for %g s is dropped", self.guarded.read_within_s)
        self.transport.abort()


class HttpProtocol(_ReadInTime, H11Protocol):
    """A connection until it becomes a WebSocket, if it does."""

    def __init__(
        self,
        config: GuardedConfig,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.guarded = config.guarded
        self._is_refused = False
        self._late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # asyncio does so only for sockets whose protocol number is told. Without it what is written in two parts, as
        # every answer is, waits for the first one's acknowledgement: 40 ms on loopback.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        objection = self.guarded.opened(transport, self.client[0] if self.client else "")
        if objection is not None:
            answer = refusal(*objection)
            answer.headers["Connection"] = "close"
            self.app, self._is_refused = answer, True
        self._expect_request()

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect_nothing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        before = self.scope
        super().data_received(data)
        if self.scope is not before:
            self._expect_nothing()

    def on_response_complete(self) -> None:
        before = self.scope
        self._expect_request()
        super().on_response_complete()
        if self.scope is not before:  # the next one had come already
            self._expect_nothing()

    def _should_upgrade(self) -> bool:
        return not self._is_refused and super()._should_upgrade()

    def _expect_request(self) -> None:
        self._expect_nothing()
        self._late = self.loop.call_later(self.guarded.request_within_s, self.transport.abort)

    def _expect_nothing(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


class WebSocketProtocol(_ReadInTime, WebSocketsSansIOProtocol):
    """A connection that was an HTTP request, and counts since then."""

    def __init__(
        self,
        config: GuardedConfig,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.guarded = config.guarded

        self._heard_at_s = 0.0

    def data_received(self, data: bytes) -> None:
        self._heard_at_s = self.loop.time()
        super().data_received(data)

    def keepalive_timeout(self) -> None:
        """Whoever sends is there, though the answer to a ping be far behind what is not read yet."""
        if not (self.read_paused or self._heard_at_s > self.ping_sent_at):
            super().keepalive_timeout()
            return
        self.pong_timer = self.pending_ping_payload = None
        self.schedule_ping()

    async def send(self, message: Any) -> None:
        await super().send(message)
        if self.close_sent:  # a refusal in full is an end, too; uvicorn would log it as a defect of ours
            self.handshake_complete = True


def raise_file_limit(connections: int) -> int:
    """Let the process hold so many connections beside its own files; how many it can hold."""
    if sys.platform == "win32":
        return connections
    import resource

    wanted, (soft, hard) = connections + OWN_FILES, resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:  # 1,024 is what services are given
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    if soft != resource.RLIM_INFINITY and soft < wanted:
        log.warning("only %d connections can be held: `ulimit -n` is %d", soft - OWN_FILES, soft)
        return max(1, soft - OWN_FILES)
    return connections
