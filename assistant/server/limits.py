"""What a request may cost before anybody has looked at it."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.server.refusal import refusal


class _TooLarge(Exception):
    pass


class BodyLimit:
    """ASGI middleware: a body of more than `most_bytes` is refused as soon as that is known."""

    def __init__(self, app: ASGIApp, most_bytes: int) -> None:
        self._app = app
        self._most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        received, has_answered = 0, False

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._most_bytes:
                raise _TooLarge
            return message

        async def watched(message: Message) -> None:
            nonlocal has_answered
            has_answered = True
            await send(message)

        try:
            await self._app(scope, counted, watched)
        except _TooLarge:
            if not has_answered:
                reason = f"more than {self._most_bytes // 1_000_000} MB; send less at once"
                await refusal(413, reason)(scope, receive, send)
