"""How clients share an engine."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from assistant.server.wyoming.ahead import ahead
from assistant.server.wyoming.turns import Refused, Turns


async def test_turns_come_in_the_order_of_asking_and_one_too_many_is_refused() -> None:
    turns = Turns("the voice", most_waiting=2)
    order: list[int] = []
    may_end = asyncio.Event()

    async def client(number: int) -> None:
        async with turns.admitted(), turns.turn():
            order.append(number)
            await may_end.wait()

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        assert turns.is_free
        for number in range(3):
            group.create_task(client(number))
        await asyncio.sleep(0)
        assert not turns.is_free
        with pytest.raises(Refused, match="the voice is busy: 2 others wait") as refused:
            async with turns.admitted():
                pass
        assert refused.value.code == "busy"
        may_end.set()
    assert order == [0, 1, 2]
    async with turns.admitted():
        assert turns.is_free


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
