"""Many clients by several doors at once, on real ears and a real voice: each is answered, or hears that it is busy."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest_asyncio
import soundfile
import websockets
from wyoming.asr import Transcript
from wyoming.tts import Synthesize

from assistant.brain.build import open_language_model
from assistant.config import Config, LlmConfig, ServerConfig, SttConfig, TurnEndConfig, VadConfig
from assistant.conversation.engines import Engines
from assistant.conversation.spoken_cache import CachedSpeech
from assistant.daemon import Running
from assistant.opening import build_engine
from assistant.server.wyoming import door
from assistant.sharing.sharing import Sharing, SharingLimits
from assistant.telemetry.metrics import Metrics
from assistant.tools import local_intents
from audio.frames import MIC_RATE_HZ, Pcm16
from audio.resample import resampled
from audio.tts.spoken import spoken
from tests.assistant.server.served import serving
from tests.assistant.server.wyoming.asking import asked, utterance
from tests.chat_server import RecordingChatServer, Reply, Request, answer
from tests.model_files import model_folder
from tests.recordings import verbatim

__all__ = ["model_folder"]

ANSWERED = {"transcript-stop", "audio-stop", "handled-stop"}


def echo(request: Request) -> Reply:
    """The model says who asked."""
    return answer(f"You ask: {request.body['messages'][-1]['content']}", pause_s=0.01)


@dataclass(frozen=True)
class House:
    """A daemon without its microphone, and what its language model was told."""

    running: Running
    model: RecordingChatServer


@pytest_asyncio.fixture
async def house(model_folder: Callable[[str], Path]) -> AsyncIterator[House]:
    for name in ("whisper-tiny.en", "piper-en-us-joe-medium"):
        model_folder(name)
    async with AsyncExitStack() as stack:
        model = await stack.enter_async_context(RecordingChatServer(echo))
        config = Config(
            vad=VadConfig(engine="webrtc"),
            turn_end=TurnEndConfig(engine="silence"),
            stt=SttConfig(model="whisper-tiny.en"),
            llm=LlmConfig(base_url=model.base_url, model="recorded", prefill="never", retries=0),
            server=ServerConfig(port=0),
        )
        stt, tts = build_engine("stt", config.stt), build_engine("tts", config.tts)
        stack.push_async_callback(stt.close)
        stack.push_async_callback(tts.close)
        await asyncio.gather(stt.warm(), tts.warm())
        llm = await stack.enter_async_context(open_language_model(config.llm, model_folder))
        vad, end_of_turn = build_engine("vad", config.vad), build_engine("turn_end", config.turn_end)
        engines = Engines(vad, end_of_turn, stt, llm, CachedSpeech(tts, 8_000_000), local_intents.build("en"))
        limits = SharingLimits(waiting=6, request_wait_s=60.0, answer_wait_s=60.0, session_wait_s=60.0)
        yield House(Running(config, engines, lambda _: None, Metrics(), sharing=Sharing(limits)), model)


async def asking(running: Running) -> Pcm16:
    """Somebody asks for the weather, at the microphone's rate."""
    if recordings := verbatim("whatstheweatherlike"):
        samples, rate_hz = soundfile.read(recordings[0].file, dtype="int16")
        return resampled(samples, rate_hz, MIC_RATE_HZ)
    return await spoken("What's the weather like?", running.engines.tts)


async def in_realtime(url: str, number: int, question: Pcm16) -> str:
    """One session with a question of its own, spoken and committed by hand; "answered", or the code of the refusal."""
    mine = f"You are number {number}."
    audio = {"input": {"turn_detection": None, "transcription": {"model": "whisper-1"}}}
    pcm = resampled(question, MIC_RATE_HZ, 24_000).astype("<i2").tobytes()
    async with websockets.connect(url, max_size=None) as socket:

        async def say(type: str, **fields: Any) -> None:
            await socket.send(json.dumps({"type": type, **fields}))

        await say("session.update", session={"type": "realtime", "instructions": mine, "audio": audio})
        await say("input_audio_buffer.append", audio=b64encode(pcm).decode())
        await say("input_audio_buffer.commit")
        await say("response.create")
        async for message in socket:
            event = json.loads(message)
            assert event["type"] != "error", event
            if event["type"] == "response.done":
                response = event["response"]
                if response["status"] == "failed":
                    return str(response["status_details"]["error"]["code"])
                said = response["output"][0]["content"][0]["transcript"]
                assert response["status"] == "completed" and said.startswith("You ask:") and "weather" in said
                return "answered"
    raise AssertionError("it hung up")


async def in_wyoming(port: int, number: int, question: Pcm16) -> str:
    """One request in one of the roles."""
    requests = (
        list(utterance(question)),
        [Synthesize(f"Number {number} is waiting for its answer.")],
        [Transcript(f"How far is number {number}?")],
    )
    last = await asked(port, *requests[number % 3], until=(*ANSWERED, "error"))
    return str(last[-1].data["code"]) if last[-1].type == "error" else "answered"


async def test_eight_sessions_and_twenty_clients_are_answered_or_hear_that_it_is_busy(house: House) -> None:
    running, question = house.running, await asking(house.running)
    async with serving(running) as url, door.serving(running.config, running.engines, running.sharing) as port:
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            sessions = [
                group.create_task(in_realtime(f"{url.replace('http', 'ws')}/v1/realtime", number, question))
                for number in range(8)
            ]
            clients = [group.create_task(in_wyoming(port, number, question)) for number in range(20)]
        ends = [task.result() for task in (*sessions, *clients)]
        assert set(ends) <= {"answered", "busy", "server_busy"}
        answered = [number for number, task in enumerate(sessions) if task.result() == "answered"]
        assert len(answered) >= 4
        told = [json.dumps(request.body["messages"]) for request in house.model.requests]
        for number in answered:  # none of them heard of another
            (mine,) = [messages for messages in told if f"You are number {number}." in messages]
            assert mine.count("You are number") == mine.count("weather") == 1
        assert [task.result() for task in clients].count("answered") >= 6
        async with httpx.AsyncClient(base_url=url) as http:  # and then all is as it was
            again = await http.post("/v1/audio/speech", json={"input": "It is over.", "response_format": "pcm"})
        assert again.status_code == 200 and np.abs(np.frombuffer(again.content, "<i2")).max() > 1000
