"""A response that is sent as it is made, and whose making ends with it."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from starlette.responses import StreamingResponse
from starlette.types import Send


class Streamed(StreamingResponse):
    """Closes what it is made from when it was sent, or cannot be: left to the garbage collector, an engine would go on
    for a while for a client that has gone."""

    def __init__(
        self,
        body: AsyncGenerator[str | bytes, None],
        source: AsyncGenerator[Any, None],
        media_type: str,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """`source` is what `body` reads from."""
        super().__init__(body, media_type=media_type, headers=headers)
        self._body = body
        self._source = source

    async def stream_response(self, send: Send) -> None:
        async with aclosing(self._source), aclosing(self._body):
            await super().stream_response(send)
