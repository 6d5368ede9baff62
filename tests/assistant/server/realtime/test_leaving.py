"""The server stops: realtime sessions are answered to the end, or not, and told why they are hung up on."""

import asyncio

import pytest

from assistant.config import Config
from assistant.conversation.engines import Engines
from assistant.daemon import Running
from assistant.server.realtime.door import GOING_AWAY, RealtimeDoor
from assistant.telemetry.metrics import Metrics
from tests.assistant.conversation.scripted import EndAfter, LoudnessVad, ScriptedModel, ScriptedStt, ScriptedTts
from tests.assistant.server.realtime.client import Client
from tests.assistant.server.realtime.wired import text_item


class LeavingClient(Client):
    """Hangs up when it is hung up on, as every WebSocket does."""

    async def close(self, code: int, reason: str) -> None:
        await super().close(code, reason)
        self.leave()


class House:
    def __init__(self, each_s: float) -> None:
        self.metrics = Metrics()
        llm = ScriptedModel([["It ", "is ", "a ", "lamp."]], first_s=0.0, each_s=each_s)
        engines = Engines(LoudnessVad(), EndAfter(), ScriptedStt([]), llm, ScriptedTts(rate_hz=24_000))
        self.door = RealtimeDoor(Running(Config(), engines, lambda _: None, self.metrics))
        self.client = LeavingClient()
        self.session = asyncio.create_task(self.door.converse(self.client))

    async def ask(self) -> None:
        """Up to the answer's first word."""
        self.client.say("session.update", session={"type": "realtime", "output_modalities": ["text"]})
        self.client.say("conversation.item.create", item=text_item("What is that?"))
        self.client.say("response.create")
        await self.client.until("response.output_text.delta")


async def test_an_answer_under_way_is_given_and_then_the_client_is_told() -> None:
    house = House(each_s=0.02)
    await house.ask()
    assert b'assistant_sessions_open{door="realtime"} 1.0' in house.metrics.page()
    await house.door.leave(30.0)
    done = await house.client.until("response.done")
    assert done["response"]["output"][0]["content"][0]["text"] == "It is a lamp."
    assert house.client.closed is not None
    code, reason = house.client.closed
    assert code == GOING_AWAY and "stopping" in reason
    await house.session
    assert b'assistant_sessions_open{door="realtime"} 0.0' in house.metrics.page()


async def test_one_that_takes_too_long_is_not_waited_for() -> None:
    house = House(each_s=3600.0)
    await house.ask()
    await house.door.leave(0.01)
    assert house.client.closed is not None and house.client.closed[0] == GOING_AWAY
    await house.session


@pytest.mark.parametrize("clients", [0, 3])
async def test_who_is_quiet_is_hung_up_on_at_once(clients: int) -> None:
    house = House(each_s=0.0)
    others = [LeavingClient() for _ in range(clients)]
    sessions = [house.session, *(asyncio.create_task(house.door.converse(other)) for other in others)]
    for client in (house.client, *others):
        await client.until("session.created")
    async with asyncio.timeout(5):
        await house.door.leave(3600.0)
        await asyncio.gather(*sessions)
    assert all(client.closed is not None for client in (house.client, *others))


async def test_a_client_that_goes_meanwhile_is_not_waited_for() -> None:
    house = House(each_s=3600.0)
    await house.ask()
    leaving = asyncio.create_task(house.door.leave(3600.0))
    await asyncio.sleep(0)
    house.client.leave()
    async with asyncio.timeout(5):
        await leaving
        await house.session
