"""The HTTP server: what it answers where, and its life beside the conversation."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

from assistant.daemon import Running
from assistant.server.access import AccessPolicy, Guard, access_policy
from assistant.server.chat import MODEL, Chat
from assistant.server.connections import Connections, GuardedConfig, raise_file_limit
from assistant.server.door import DoorError
from assistant.server.limits import BodyLimit
from assistant.server.mcp.http import http_door
from assistant.server.page.files import routes as page_routes
from assistant.server.rate import RateOfAddresses
from assistant.server.realtime.door import RealtimeDoor
from assistant.server.refusal import Refused, refusal
from assistant.server.speech import Speech
from assistant.server.turns import Turns
from assistant.server.websocket import realtime

DRAIN_WITHIN_S = 1.0
"""What is under way when the server is told to stop gets so long to finish."""


class _Server(uvicorn.Server):
    """One that leaves the process's signals to the daemon."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def build_app(running: Running, policy: AccessPolicy, agents: ASGIApp | None = None) -> Starlette:
    """The application, without a network; `agents` answers other agents, where they are let in."""
    limits = running.config.server
    chat, speech = Chat(running), Speech(running)
    door = RealtimeDoor(running, most_sessions=limits.connections)

    async def talk(socket: WebSocket) -> None:
        await realtime(socket, door, limits.messages_per_second)

    async def healthz(request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def models(request: Request) -> Response:
        return JSONResponse(
            {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": "hearthside"}]}
        )

    async def shown_metrics(request: Request) -> Response:
        return Response(running.metrics.page(), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def refused(request: Request, error: Exception) -> Response:
        if isinstance(error, Refused):
            return error.response()
        assert isinstance(error, HTTPException)
        return refusal(error.status_code, error.detail)

    return Starlette(
        routes=[
            *page_routes(),
            Route("/healthz", healthz),
            Route("/readyz", healthz),  # the doors are opened when everything is warm
            Route("/metrics", shown_metrics),
            Route("/v1/models", models),
            Route("/v1/chat/completions", chat.completions, methods=["POST"]),
            *([Route("/mcp", agents)] if agents is not None else []),
            WebSocketRoute("/v1/realtime", talk),
            Route("/v1/turns", Turns(running).last),
            Route("/v1/audio/speech", speech.say, methods=["POST"]),
            Route("/v1/audio/transcriptions", speech.transcribe, methods=["POST"]),
        ],
        middleware=[
            # What a page of `server.origins` may read; whether it may ask is the guard's.
            Middleware(
                CORSMiddleware, allow_origins=policy.origins, allow_methods=["GET", "POST"], allow_headers=["*"]
            ),
            Middleware(Guard, policy=policy, rate=RateOfAddresses(limits.requests_per_minute)),
            Middleware(BodyLimit, most_bytes=limits.request_mb * 1_000_000, within_s=limits.request_within_s),
        ],
        exception_handlers={Refused: refused, HTTPException: refused},
    )


@asynccontextmanager
async def serving(running: Running) -> AsyncIterator[str]:
    """Serve for as long as the block lasts; the server's URL. Raises DoorError or ConfigError."""
    async with http_door(running) as agents, _serving(running, agents) as url:
        yield url


@asynccontextmanager
async def _serving(running: Running, agents: ASGIApp) -> AsyncIterator[str]:
    config = running.config.server
    app = build_app(running, access_policy(config), agents)
    listening = _listen(config.host, config.port)
    server = _Server(
        GuardedConfig(
            app,
            Connections(
                min(config.connections, raise_file_limit(config.connections)),
                config.connections_per_address,
                request_within_s=config.request_within_s,
                read_within_s=config.read_within_s,
            ),
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            ws_max_size=config.message_mb * 2**20,
            ws_per_message_deflate=False,  # a small message could hide a large one
            timeout_graceful_shutdown=round(DRAIN_WITHIN_S),
            ssl_certfile=config.tls_certificate or None,
            ssl_keyfile=config.tls_key or None,
        )
    )
    task = asyncio.create_task(server.serve([listening]), name="web")
    scheme, port = "https" if config.tls_certificate else "http", listening.getsockname()[1]
    try:
        yield f"{scheme}://{config.host}:{port}"
    finally:
        server.should_exit = True
        await asyncio.gather(task, return_exceptions=True)
        listening.close()


def _listen(host: str, port: int) -> socket.socket:
    """Raises DoorError."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise DoorError(f"port {port} of {host} is taken; set server.port") from None
        raise DoorError(f"server {host}:{port}: {error.strerror or error}; set server.host and server.port") from None
