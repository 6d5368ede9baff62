"""An engine's work, not held up by whoever takes it slowly."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar

T = TypeVar("T")


async def ahead(source: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """What `source` gives, in order; it goes on whether or not that is taken, and ends when this is closed.

    It must end by itself soon: what is not taken yet is kept.
    """
    made: asyncio.Queue[tuple[T] | None] = asyncio.Queue()

    async def make() -> None:
        try:
            async with aclosing(source):
                async for one in source:
                    made.put_nowait((one,))
        finally:
            made.put_nowait(None)

    making = asyncio.create_task(make(), name="ahead")
    try:
        while (taken := await made.get()) is not None:
            yield taken[0]
        await making
    finally:
        making.cancel()
        await asyncio.gather(making, return_exceptions=True)
