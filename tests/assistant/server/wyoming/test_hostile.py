"""What is wrong with one client costs that client its connection, and nobody else anything."""

import asyncio
import json
import socket

import numpy as np
import pytest
from wyoming.asr import Transcript
from wyoming.ping import Ping
from wyoming.tts import Synthesize

from assistant.conversation.notices import Trouble
from assistant.daemon import Running
from assistant.server.door import DoorError
from assistant.server.doors import open_doors
from assistant.sharing.sharing import SharingLimits
from assistant.telemetry.metrics import Metrics
from audio.frames import MIC_RATE_HZ
from tests.assistant.server.pressed import PressedControls
from tests.assistant.server.wyoming.asking import asked, client, heard, say, utterance
from tests.assistant.server.wyoming.conftest import House
from tests.chat_server import answer

pytestmark = pytest.mark.asyncio(loop_scope="session")

HUGE = 1 << 40
FORMAT = {"rate": 16000, "width": 2, "channels": 1}


def line(**header: object) -> bytes:
    return json.dumps(header).encode() + b"\n"


BROKEN = {
    "no JSON": b"GET / HTTP/1.1\r\n\r\n",
    "no object": b"[1, 2]\n",
    "no type": line(data={}),
    "a number as type": line(type=7),
    "deep": b"[" * 30_000 + b"\n",
    "bytes that are no text": b"\xff\xfe\x00\n",
    "an endless line": b"x" * 200_000,
    "a huge payload": line(type="audio-chunk", data=FORMAT, payload_length=HUGE) + bytes(100_000),
    "huge data": line(type="transcript", data_length=HUGE) + b"{" * 100_000,
    "a negative length": line(type="audio-chunk", payload_length=-1),
    "a length that is none": line(type="audio-chunk", payload_length="many"),
    "data that is no object": line(type="transcript", data_length=2) + b"[]",
    "no text": line(type="transcript"),
    "a number as text": line(type="transcript", data={"text": 5}),
    "a voice that is none": line(type="synthesize", data={"text": "Hello", "voice": 3}),
    "sound of no format": line(type="audio-start", data={"rate": "16000", "width": 2, "channels": 1}),
    "sound of no rate": line(type="audio-start", data={"rate": 0, "width": 2, "channels": 1}),
    "half a sample": line(type="audio-start", data=FORMAT)
    + line(type="audio-chunk", data=FORMAT, payload_length=1)
    + b"a",
    "names that are none": line(type="detect", data={"names": 4}),
    "two at once": line(type="synthesize-start") * 2,
    "a long question": line(type="transcript", data={"text": "why " * 1000}),
    "a long text": line(type="synthesize", data_length=40_013) + json.dumps({"text": " " * 40_001}).encode(),
}


@pytest.mark.parametrize("sent", BROKEN.values(), ids=BROKEN)
async def test_nonsense_gets_an_error_and_an_end(port: int, sent: bytes) -> None:
    async with client(port) as connection, asyncio.timeout(10):
        assert connection._writer is not None
        connection._writer.write(sent)
        (error,) = await heard(connection)
    assert error.type == "error" and error.data["code"] in ("bad-event", "too-long")
    assert 0 < len(error.data["text"]) < 300 and "\n" not in error.data["text"]


@pytest.mark.parametrize(
    "sent", [b"", b'{"type": "pi', line(type="ping", data_length=50), line(type="x", payload_length=9)]
)
async def test_a_client_that_leaves_in_the_middle_is_forgotten(house: House, sent: bytes) -> None:
    async with house.door(connections=1) as port:
        async with client(port) as connection:
            assert connection._writer is not None
            connection._writer.write(sent)
            connection._writer.write_eof()
            await heard(connection)
        (pong,) = await asked(port, Ping(), until="pong")
    assert pong.type == "pong"


async def test_who_has_sent_all_and_closed_that_half_still_gets_the_answer(port: int) -> None:
    async with client(port) as connection:
        await say(connection, Synthesize("It is noon."))
        assert connection._writer is not None
        connection._writer.write_eof()
        events = await heard(connection)
    assert (events[0].type, events[-1].type) == ("audio-start", "audio-stop")


async def test_too_much_of_anything_is_refused_in_one_line(house: House) -> None:
    async with house.door(longest_audio_s=1.5, connections=2) as port:
        long = await asked(port, *utterance(np.zeros(2 * MIC_RATE_HZ, np.int16)))
        assert [event.data["code"] for event in long] == ["too-long"]
        async with client(port) as one, client(port) as two:
            await say(one, Ping())
            await say(two, Ping())
            assert (await heard(one, "pong"))[0].type == (await heard(two, "pong"))[0].type == "pong"
            assert [event.data["code"] for event in await asked(port)] == ["busy"]


async def test_a_client_that_says_nothing_is_dropped(house: House) -> None:
    async with house.door(idle_s=0.05) as port:
        assert [event.data["code"] for event in await asked(port)] == ["idle"]


async def test_who_would_wait_too_long_is_told_so(house: House) -> None:
    async with house.door(SharingLimits(waiting=0)) as port, client(port) as first:
        house.server.next_reply(answer("This one takes its time to be said.", pause_s=0.05))
        await say(first, Transcript("Who is first?"))
        await heard(first, "handled-start")
        refused = await asked(port, Transcript("And who is second?"))
        assert [(event.type, event.data["code"]) for event in refused] == [("error", "busy")]
        assert (await heard(first, "handled"))[-1].data["text"].startswith("This one")


async def test_a_client_that_reads_nothing_is_dropped_and_holds_up_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.server.wyoming.connection.TAKEN_WITHIN_S", 0.3)
    asks = line(type="synthesize", data={"text": "It is noon. " * 20})  # known by heart: its buffer is soon full

    def ask_and_never_listen() -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=20) as deaf:
            while True:
                deaf.sendall(asks)

    async with house.door() as port, asyncio.timeout(20):
        dropped = asyncio.create_task(asyncio.to_thread(ask_and_never_listen))
        while not dropped.done():
            assert (await asked(port, Synthesize("It is noon."), until="audio-stop"))[-1].type == "audio-stop"
        with pytest.raises(ConnectionError):
            await dropped


async def test_a_port_in_use_is_told_and_the_conversation_goes_on(house: House, port: int) -> None:
    with pytest.raises(DoorError, match=f"port {port}: .*wyoming.port"):
        async with house.door(port=port):
            pass
    told: list[object] = []
    wyoming = house.config.wyoming.model_copy(update={"port": port})
    attention = house.config.attention.model_copy(update={"control": "none"})
    config = house.config.model_copy(update={"wyoming": wyoming, "attention": attention})
    async with open_doors(Running(config, house.engines, told.append, Metrics(), PressedControls())):
        assert [type(notice) for notice in told] == [Trouble]
