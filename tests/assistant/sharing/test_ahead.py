"""Work that goes on whoever takes it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from assistant.sharing.ahead import MOST_AHEAD, ahead


async def test_work_goes_on_whether_or_not_it_is_taken() -> None:
    is_made = asyncio.Event()

    async def three() -> AsyncGenerator[int, None]:
        for number in range(3):
            yield number
        is_made.set()

    async with asyncio.timeout(5), aclosing(ahead(three())) as taken:
        assert await anext(taken) == 0
        await is_made.wait()
        assert [number async for number in taken] == [1, 2]


async def test_what_goes_wrong_comes_after_what_was_made() -> None:
    async def fails() -> AsyncGenerator[int, None]:
        yield 1
        raise ValueError("no more")

    taken: list[int] = []
    with pytest.raises(ValueError, match="no more"):
        async with aclosing(ahead(fails())) as numbers:
            async for number in numbers:
                taken.append(number)
    assert taken == [1]


async def test_who_leaves_ends_the_work() -> None:
    has_ended = asyncio.Event()

    async def endless() -> AsyncGenerator[int, None]:
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            has_ended.set()

    async with asyncio.timeout(5):
        async with aclosing(ahead(endless())) as numbers:
            assert await anext(numbers) == 1
        assert has_ended.is_set()


async def test_the_work_of_who_takes_nothing_waits_and_ends_with_them() -> None:
    made, is_full = 0, asyncio.Event()

    async def endless() -> AsyncGenerator[int, None]:
        nonlocal made
        while True:
            made += 1
            if made > MOST_AHEAD:
                is_full.set()
            yield made

    async with asyncio.timeout(5), aclosing(ahead(endless())) as numbers:
        assert await anext(numbers) == 1
        await is_full.wait()
    assert made <= MOST_AHEAD + 2
