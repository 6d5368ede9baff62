"""What every request comes through: it knows what is under way, and turns away what cannot be answered (any more)."""

import asyncio
import json

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.server.readiness import ALIVE, Stage, readiness
from assistant.server.refusal import error_document, refusal

STOPPING = "the server is stopping; try again in a moment"
STARTING = "the server is starting; try again in a moment"


class Entrance:
    """ASGI application. While the daemon is up all goes to the app; before and after, the probes are answered here.

    Once `stop` was called new requests are refused, and those under way end by themselves in time, or are ended: one
    that was not answered yet gets a refusal, a stream of events a last one that says why.
    """

    def __init__(self) -> None:
        self.stage = Stage.STARTING
        self._app: ASGIApp | None = None
        self._under_way: set[asyncio.Timeout] = set()
        self._left = asyncio.Event()

    def lead_to(self, app: ASGIApp) -> None:
        """From now on requests are answered by this app."""
        self._app, self.stage = app, Stage.UP

    async def stop(self, within_s: float) -> None:
        """Take in no more, and wait until nothing is under way, `within_s` and a moment at most."""
        self.stage = Stage.STOPPING
        ends_at_s = asyncio.get_running_loop().time() + within_s
        for request in self._under_way:
            request.reschedule(ends_at_s)
        while self._under_way:
            self._left.clear()
            await self._left.wait()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket" and self._app is not None and self.stage is Stage.UP:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1013})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._app is not None and self.stage is Stage.UP:
            await self._answer(self._app, scope, receive, send)
        elif scope["path"] == "/healthz":
            await JSONResponse(ALIVE)(scope, receive, send)
        elif scope["path"] == "/readyz":
            status, document = readiness(self.stage, {})
            await JSONResponse(document, status)(scope, receive, send)
        else:
            await refusal(503, STARTING if self.stage is Stage.STARTING else STOPPING)(scope, receive, send)

    async def _answer(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        kind: str | None = None
        """Of the response, once its head was sent."""

        async def watched(message: Message) -> None:
            nonlocal kind
            if message["type"] == "http.response.start":
                kind = dict(message["headers"]).get(b"content-type", b"").decode("latin-1")
            await send(message)

        ending = asyncio.timeout(None)
        try:
            async with ending:
                self._under_way.add(ending)
                await app(scope, receive, watched)
        except TimeoutError:
            if not ending.expired():
                raise
            if kind is None:
                await refusal(503, STOPPING)(scope, receive, send)
            elif kind.startswith("text/event-stream"):
                last = f"data: {json.dumps(error_document(STOPPING, status=503))}\n\ndata: [DONE]\n\n"
                await send({"type": "http.response.body", "body": last.encode()})
        finally:
            self._under_way.discard(ending)
            self._left.set()
