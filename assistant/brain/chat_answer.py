"""Reading one streamed answer off its HTTP response."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import httpx

from assistant.brain.chat_wire import BrokenStream, ChatWire
from assistant.conversation.messages import ModelEvent

AFTER_FINISH_S = 1.0
"""How long the usage may follow the last word; some servers never say that the stream is over."""

FAREWELL_S = 0.05
"""How long the end of the HTTP body may follow the end of the answer; once it is read, the connection can be kept."""


class AnswerReader:
    """The events of one answer. Closing it drops the connection, unless the answer was read to its end."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self._wire = ChatWire()
        self._events = self._read()

    async def next(self, within_s: float | None = None) -> ModelEvent | None:
        """The next event; None at the end. Raises BrokenStream, and TimeoutError when it does not come in time.

        Comments and keep-alives are not events: a server that sends only those has stalled.
        """
        async with asyncio.timeout(within_s):
            return await anext(self._events, None)

    async def close(self) -> None:
        try:
            await self._events.aclose()
        finally:
            await self._response.aclose()

    async def _read(self) -> AsyncGenerator[ModelEvent, None]:
        chunks = self._response.aiter_bytes()
        while not self._wire.is_done:
            try:
                async with asyncio.timeout(AFTER_FINISH_S if self._wire.has_finished else None):
                    chunk = await anext(chunks, None)
            except (TimeoutError, httpx.HTTPError, httpx.StreamError):
                if not self._wire.has_finished:
                    raise BrokenStream("cut the answer off in the middle") from None
                break
            if chunk is None:
                break
            for event in self._wire.feed(chunk):
                yield event
        for event in self._wire.end():
            yield event
        with contextlib.suppress(TimeoutError, httpx.HTTPError, httpx.StreamError):
            async with asyncio.timeout(FAREWELL_S):
                async for _ in chunks:
                    pass
