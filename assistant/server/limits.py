"""What a request may cost before anybody has looked at it."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.server.refusal import refusal


class _Refused(Exception):
    pass


class BodyLimit:
    """ASGI middleware: a body that is too large, or takes too long to come, is refused as soon as that is known."""

    def __init__(self, app: ASGIApp, most_bytes: int, within_s: float) -> None:
        self._app = app
        self._most_bytes = most_bytes
        self._within_s = within_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        received, has_come, has_answered = 0, False, False
        by_then_s = asyncio.get_running_loop().time() + self._within_s

        async def counted() -> Message:
            nonlocal received, has_come
            try:
                async with asyncio.timeout_at(None if has_come else by_then_s):
                    message = await receive()
            except TimeoutError:
                raise _Refused(
                    408, f"the request took more than {self._within_s:g} s (server.request_within_s)"
                ) from None
            received += len(message.get("body", b""))
            has_come = not message.get("more_body", False)
            if received > self._most_bytes:
                raise _Refused(
                    413, f"more than {self._most_bytes // 1_000_000} MB (server.request_mb); send less at once"
                )
            return message

        async def watched(message: Message) -> None:
            nonlocal has_answered
            has_answered = True
            await send(message)

        try:
            await self._app(scope, counted, watched)
        except _Refused as refused:
            if not has_answered:
                await refusal(*refused.args)(scope, receive, send)
