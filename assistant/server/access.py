"""Who may use the server: nothing but this machine, unless configured; and no web page of somebody else's.

A browser sends along whatever page the user has open: a page elsewhere could otherwise reach the microphone and the
model through it, by a request across sites, a WebSocket across sites, or a name that is suddenly resolved to this
machine (DNS rebinding). Therefore Host must name this server, and Origin, which every such request carries, too.
"""

import hmac
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.config import ServerConfig
from assistant.server.page.files import PATHS as PAGE_PATHS
from assistant.server.refusal import refusal

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
UNGUARDED = frozenset({"/healthz", "/readyz"}) | PAGE_PATHS
"""Paths that tell nothing: whoever watches the service needs no token, and the page asks its user for one."""
SUBPROTOCOL_TOKEN = "openai-insecure-api-key."
"""A browser cannot set a header on a WebSocket; the token comes as a subprotocol then."""


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """What a request must show."""

    hosts: frozenset[str] = LOCAL_NAMES
    """Names by which the server is called, without a port."""
    origins: frozenset[str] = frozenset()
    """Web pages elsewhere that may use it, such as `https://home.example`."""
    tokens: tuple[str, ...] = field(default=(), repr=False)
    """Any of them will do; where there are none, none is needed."""

    def objection(self, path: str, headers: Headers) -> tuple[int, str] | None:
        """The status and the reason of the refusal; None where there is none."""
        host = headers.get("host", "")
        if _name(host) not in self.hosts:
            return 421, f"this server is not called {host!r}; server.hosts names what it is called"
        origin = headers.get("origin")
        if origin is not None and origin not in self.origins and origin.partition("://")[2] != host:
            return 403, f"pages of {origin} may not use this server; server.origins names those that may"
        if self.tokens and path not in UNGUARDED and not self._shows_token(headers):
            return 401, "a token is needed: Authorization: Bearer TOKEN"
        return None

    def _shows_token(self, headers: Headers) -> bool:
        shown = [value.removeprefix("Bearer ") for value in headers.getlist("authorization")]
        shown += [
            protocol.strip().removeprefix(SUBPROTOCOL_TOKEN)
            for value in headers.getlist("sec-websocket-protocol")
            for protocol in value.split(",")
            if protocol.strip().startswith(SUBPROTOCOL_TOKEN)
        ]
        return any(hmac.compare_digest(one.encode(), token.encode()) for one in shown for token in self.tokens)


def access_policy(config: ServerConfig) -> AccessPolicy:
    """Who may use a server that is configured so."""
    hosts = LOCAL_NAMES | {host.lower() for host in (config.host, *config.hosts)}
    return AccessPolicy(hosts, frozenset(config.origins), config.tokens)


class Policy(Protocol):
    """What decides who is let in."""

    def objection(self, path: str, headers: Headers) -> tuple[int, str] | None:
        """The status and the reason of the refusal; None where there is none."""
        ...


class LivePolicy:
    """One that can become another while the server runs."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def become(self, policy: Policy) -> None:
        """From the next request on this one decides."""
        self._policy = policy

    def objection(self, path: str, headers: Headers) -> tuple[int, str] | None:
        return self._policy.objection(path, headers)


class Guard:
    """ASGI middleware: lets through what the policy has no objection to."""

    def __init__(self, app: ASGIApp, policy: Policy) -> None:
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        objection = self._policy.objection(scope["path"], Headers(scope=scope))
        if objection is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": objection[1][:120]})
        else:
            await refusal(*objection)(scope, receive, send)


def _name(host: str) -> str:
    """A Host header without its port; "" where it is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""
