"""The port is closed: what is being answered is answered, and who asks nothing is not waited for."""

import asyncio

import pytest
from wyoming.asr import Transcript

from tests.assistant.server.wyoming.asking import client, heard, say, texts
from tests.assistant.server.wyoming.conftest import House
from tests.chat_server import answer

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_question_under_way_is_answered_before_the_port_is_gone(house: House) -> None:
    house.server.next_reply(answer("It is far.", pause_s=0.05))
    door = house.door()
    port = await door.__aenter__()
    async with client(port) as idle, client(port) as asking:
        await say(asking, Transcript("How far is it to the moon?"))
        await heard(asking, "handled-chunk")
        closing = asyncio.create_task(door.__aexit__(None, None, None))
        assert texts(await heard(asking, "handled"), "handled") == ["It is far."]
        assert await heard(idle) == []
        await closing
