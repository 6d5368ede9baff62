"""What is known of the engines' health, as timelines."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import aclosing, suppress
from itertools import pairwise

from assistant.conversation.messages import Message, ModelEvent, TextDelta, ToolSpec
from assistant.conversation.protocols import LanguageModel, ModelError
from assistant.telemetry.engine_watch import LONGEST_BETWEEN_PROBES_S, EngineWatch
from audio.engines import EngineHealth
from tests.virtual_time import run_in_virtual_time

PREFIX = (Message("system", "You are a lamp."),)
NAME = "language model"


class Endpoint:
    """A model that is away until `back_at_s`, and cannot see."""

    def __init__(self, back_at_s: float) -> None:
        self.back_at_s = back_at_s
        self.probed_at_s: list[float] = []
        self.is_up = True

    def _check(self) -> None:
        if asyncio.get_running_loop().time() < self.back_at_s:
            raise ModelError("the model is away")

    async def stream(
        self, messages: Sequence[Message], tools: Sequence[ToolSpec] = ()
    ) -> AsyncGenerator[ModelEvent, None]:
        self._check()
        if messages[-1].content == "look":
            raise ModelError("this model cannot see")
        yield TextDelta("Well.")

    async def warm(self, messages: Sequence[Message]) -> float:
        assert tuple(messages) == PREFIX
        self.probed_at_s.append(asyncio.get_running_loop().time())
        self._check()
        return 0.5

    async def close(self) -> None:
        pass

    def health(self) -> EngineHealth:
        return EngineHealth("" if self.is_up else "it is being started", restarts=3)


async def asked(model: LanguageModel, text: str = "hello") -> None:
    with suppress(ModelError):
        async with aclosing(model.stream([Message("user", text)])) as events:
            async for _ in events:
                pass


def watched(endpoint: Endpoint, scene: Callable[[LanguageModel, EngineWatch], Coroutine[None, None, None]]) -> None:
    async def play() -> None:
        watch = EngineWatch()
        model = watch.llm(endpoint, PREFIX)
        mending = asyncio.create_task(watch.mend())
        await scene(model, watch)
        mending.cancel()

    run_in_virtual_time(play())


def test_what_the_model_says_of_a_prompt_is_passed_on() -> None:
    async def scene(model: LanguageModel, watch: EngineWatch) -> None:
        assert await model.warm(PREFIX) == 0.5

    watched(Endpoint(0.0), scene)


def test_a_server_that_is_away_is_in_trouble_and_noticed_when_it_is_back_though_nobody_asks() -> None:
    endpoint = Endpoint(back_at_s=300.0)

    async def scene(model: LanguageModel, watch: EngineWatch) -> None:
        assert watch.health()[NAME].trouble == ""
        await asked(model)
        await asyncio.sleep(2)
        assert watch.health()[NAME].trouble == "the model is away"
        await asyncio.sleep(300 + LONGEST_BETWEEN_PROBES_S)
        assert watch.health()[NAME].trouble == ""
        tries = len(endpoint.probed_at_s)
        await asyncio.sleep(1000)
        assert len(endpoint.probed_at_s) == tries

    watched(endpoint, scene)
    pauses = [b - a for a, b in pairwise(endpoint.probed_at_s)]
    assert pauses == sorted(pauses) and max(pauses) <= LONGEST_BETWEEN_PROBES_S
    assert len(endpoint.probed_at_s) < 15


def test_a_request_that_is_at_fault_itself_puts_no_engine_in_trouble() -> None:
    endpoint = Endpoint(back_at_s=0.0)

    async def scene(model: LanguageModel, watch: EngineWatch) -> None:
        await asked(model, "look")
        for _ in range(20):
            await asyncio.sleep(0.5)
            assert watch.health()[NAME].trouble == ""

    watched(endpoint, scene)
    assert len(endpoint.probed_at_s) == 1


def test_an_answer_in_between_ends_the_suspicion() -> None:
    endpoint = Endpoint(back_at_s=0.5)

    async def scene(model: LanguageModel, watch: EngineWatch) -> None:
        await asked(model)
        await asyncio.sleep(0.6)
        await asked(model)
        await asyncio.sleep(100)
        assert watch.health()[NAME].trouble == ""

    watched(endpoint, scene)
    assert endpoint.probed_at_s == []


def test_what_an_engine_says_of_itself_counts_at_once() -> None:
    endpoint = Endpoint(back_at_s=0.0)

    async def scene(model: LanguageModel, watch: EngineWatch) -> None:
        endpoint.is_up = False
        assert watch.health()[NAME] == EngineHealth("it is being started", restarts=3)

    watched(endpoint, scene)
