"""An engine's work, not held up by whoever takes it slowly."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar

T = TypeVar("T")

MOST_AHEAD = 1000
"""Pieces kept for whoever takes them slowly: more than an answer of usual length has, or a minute of speech."""


async def ahead(source: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """What `source` gives, in order; it goes on whether or not that is taken, but for MOST_AHEAD, and ends when this is
    closed."""
    made: asyncio.Queue[tuple[T] | Exception | None] = asyncio.Queue(MOST_AHEAD)

    async def make() -> None:
        end = None
        try:
            async with aclosing(source):
                async for one in source:
                    await made.put((one,))
        except Exception as error:
            end = error
        await made.put(end)

    making = asyncio.create_task(make(), name="ahead")
    try:
        while isinstance(taken := await made.get(), tuple):
            yield taken[0]
        if taken is not None:
            raise taken
    finally:
        making.cancel()
        await asyncio.gather(making, return_exceptions=True)
