"""Turns at an engine, and when it is busy; in virtual time."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from assistant.conversation.urgency import Urgency
from assistant.sharing.turns import LOCAL, Busy, Turns
from tests.virtual_time import run_in_virtual_time


def turns(*, places: int = 1, most_waiting: int = 24, usual_s: float = 1.0) -> Turns:
    now = asyncio.get_running_loop().time
    return Turns("the voice", places=places, most_waiting=most_waiting, usual_s=usual_s, now=now)


def certain() -> Urgency:
    return Urgency(is_committed=True)


class Engine:
    """Notes who had their turn."""

    def __init__(self, turns: Turns, takes_s: float = 1.0) -> None:
        self.turns = turns
        self.order: list[str] = []
        self.working = self.most_working = 0
        self._takes_s = takes_s

    async def work(self, name: str, urgency: Urgency | None = None, longest_wait_s: float | None = None) -> None:
        async with self.turns.turn(name, urgency or certain(), longest_wait_s=longest_wait_s):
            self.order.append(name)
            self.working += 1
            self.most_working = max(self.working, self.most_working)
            await asyncio.sleep(self._takes_s)
            self.working -= 1


def in_virtual_time(work: Coroutine[Any, Any, None]) -> None:
    run_in_virtual_time(work)


def test_an_engine_does_one_thing_at_a_time_and_the_microphone_goes_first() -> None:
    async def scene() -> None:
        engine = Engine(turns())
        async with asyncio.TaskGroup() as group:
            for name in ("a", "a", "b", LOCAL):
                group.create_task(engine.work(name))
        assert engine.order == ["a", LOCAL, "a", "b"] or engine.order == ["a", LOCAL, "b", "a"]
        assert engine.most_working == 1
        assert engine.turns.is_free

    in_virtual_time(scene())


def test_an_endpoint_does_several() -> None:
    async def scene() -> None:
        engine = Engine(turns(places=3))
        async with asyncio.TaskGroup() as group:
            for number in range(7):
                group.create_task(engine.work(str(number)))
        assert engine.most_working == 3

    in_virtual_time(scene())


def test_a_guess_waits_for_what_is_certain_and_goes_on_once_it_is() -> None:
    async def scene() -> None:
        engine, guess = Engine(turns()), Urgency()
        async with asyncio.TaskGroup() as group:
            group.create_task(engine.work("first"))
            await asyncio.sleep(0.1)
            group.create_task(engine.work("guess", guess))
            group.create_task(engine.work("other guess", Urgency()))
            await asyncio.sleep(0.1)
            group.create_task(engine.work("certain"))
            await asyncio.sleep(0.1)
            guess.commit()
        assert engine.order == ["first", "certain", "guess", "other guess"]

    in_virtual_time(scene())


def test_who_leaves_gives_the_turn_on_whether_they_had_it_or_waited() -> None:
    async def scene() -> None:
        engine = Engine(turns(), takes_s=100.0)
        tasks = [asyncio.create_task(engine.work(str(number))) for number in range(4)]
        await asyncio.sleep(1)
        tasks[1].cancel()
        tasks[0].cancel()
        await asyncio.sleep(1)
        assert engine.order == ["0", "2"]
        tasks[2].cancel()
        await tasks[3]
        assert engine.order == ["0", "2", "3"]
        assert engine.turns.is_free

    in_virtual_time(scene())


def test_a_turn_that_comes_in_the_moment_of_leaving_is_not_lost() -> None:
    async def scene() -> None:
        engine = Engine(turns())
        first, second = (asyncio.create_task(engine.work(name)) for name in "ab")
        await asyncio.sleep(0.5)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)  # `second` has its turn now, and has not run yet
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        assert engine.turns.is_free
        await engine.work("c")

    in_virtual_time(scene())


def test_what_is_read_ahead_gives_way_to_anybody() -> None:
    async def scene() -> None:
        engine = Engine(turns())

        async def read_ahead() -> None:
            async with engine.turns.turn("reader", Urgency()) as turn:
                may_end = asyncio.Event()
                turn.give_way = may_end.set
                await may_end.wait()

        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            group.create_task(read_ahead())
            await asyncio.sleep(0.1)
            group.create_task(engine.work("guess", Urgency()))
        assert engine.order == ["guess"]

    in_virtual_time(scene())


def test_who_would_wait_too_long_is_told_at_once_and_those_before_them_are_served() -> None:
    async def scene() -> None:
        engine = Engine(turns())
        async with asyncio.TaskGroup() as group:
            for number in range(5):  # the last of them: 0.5 s of the first, and 3 more
                group.create_task(engine.work(str(number), longest_wait_s=3.6))
            await asyncio.sleep(0.1)
            with pytest.raises(Busy, match=r"^busy: 4 others wait for the voice, the next for 4\.5 s; try") as busy:
                await engine.work("late", longest_wait_s=3.6)
            assert busy.value.retry_after_s == 4.5
            group.create_task(engine.work(LOCAL))  # who names no limit is never refused
        assert len(engine.order) == 6
        assert engine.turns.lately_waited_s > 1

    in_virtual_time(scene())


def test_a_guess_is_refused_when_it_becomes_certain() -> None:
    async def scene() -> None:
        engine, guess = Engine(turns()), Urgency()
        async with asyncio.TaskGroup() as group:
            for number in range(4):
                group.create_task(engine.work(str(number)))
            await asyncio.sleep(0.1)
            late = group.create_task(asyncio.wait_for(_refused(engine, guess), 5))
            await asyncio.sleep(0.1)
            guess.commit()
            assert await late
            assert len(engine.order) == 1

    async def _refused(engine: Engine, guess: Urgency) -> bool:
        with pytest.raises(Busy):
            await engine.work("guess", guess, longest_wait_s=2.0)
        return True

    in_virtual_time(scene())


def test_no_more_wait_than_may() -> None:
    async def scene() -> None:
        engine = Engine(turns(most_waiting=1))
        async with asyncio.TaskGroup() as group:
            group.create_task(engine.work("a", longest_wait_s=100))
            group.create_task(engine.work("b", longest_wait_s=100))
            await asyncio.sleep(0.1)
            with pytest.raises(Busy):
                await engine.work("c", longest_wait_s=100)

    in_virtual_time(scene())


def test_what_a_turn_takes_is_measured_and_the_past_is_forgotten() -> None:
    async def scene() -> None:
        engine = Engine(turns(usual_s=10.0), takes_s=0.1)
        for _ in range(30):
            await engine.work("a")
        assert engine.turns.lately_waited_s == 0
        async with asyncio.TaskGroup() as group:
            for number in range(5):
                group.create_task(engine.work(str(number)))
            await asyncio.sleep(0.05)
            assert engine.turns.expected_wait_s == pytest.approx(0.45, abs=0.1)
        assert engine.turns.lately_waited_s > 0
        await asyncio.sleep(30)
        assert engine.turns.lately_waited_s == 0

    in_virtual_time(scene())
