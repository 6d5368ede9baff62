"""The Wyoming port of engines that are up, and what to say to it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest_asyncio
import soundfile

from assistant.brain.build import open_language_model
from assistant.config import Config, LlmConfig, SttConfig, TurnEndConfig, VadConfig, WakeConfig, WyomingConfig
from assistant.conversation.engines import Engines
from assistant.conversation.spoken_cache import CachedSpeech
from assistant.opening import build_engine
from assistant.server.wyoming.door import serving
from assistant.sharing.sharing import Sharing, SharingLimits
from assistant.tools import local_intents
from audio.frames import MIC_RATE_HZ, Pcm16
from audio.tts.spoken import spoken
from tests.chat_server import RecordingChatServer, Reply, Request, answer
from tests.model_files import model_folder
from tests.recordings import Recording, verbatim

__all__ = ["model_folder"]

REAL = ("whatstheweatherlike", "goforward", "cheetah_test_en")
INVENTED = ("What's the weather like?", "Turn on the lights in the kitchen.", "How far is it to the moon?")
WAKE = "wake-okay-nabu"
MODELS = ("whisper-tiny.en", "piper-en-us-joe-medium", WAKE)


@dataclass(frozen=True)
class House:
    """A daemon's engines, its configuration, and the language model's server."""

    config: Config
    engines: Engines
    server: RecordingChatServer

    def door(self, limits: SharingLimits | None = None, **keys: object) -> AbstractAsyncContextManager[int]:
        """The port with these keys of `wyoming`."""
        wyoming = self.config.wyoming.model_copy(update=keys)
        return serving(self.config.model_copy(update={"wyoming": wyoming}), self.engines, Sharing(limits))


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def house(model_folder: Callable[[str], Path]) -> AsyncIterator[House]:
    for name in MODELS:
        model_folder(name)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(RecordingChatServer(_echo))
        config = Config(
            vad=VadConfig(engine="webrtc"),
            turn_end=TurnEndConfig(engine="silence"),
            stt=SttConfig(model="whisper-tiny.en"),
            llm=LlmConfig(base_url=server.base_url, model="recorded", prefill="never", retries=0),
            wake=WakeConfig(engine="micro-wakeword", models=(WAKE,)),
            wyoming=WyomingConfig(enabled=True, port=0),
        )
        stt, tts = build_engine("stt", config.stt), build_engine("tts", config.tts)
        stack.push_async_callback(stt.close)
        stack.push_async_callback(tts.close)
        await asyncio.gather(stt.warm(), tts.warm())
        llm = await stack.enter_async_context(open_language_model(config.llm, model_folder))
        vad, end_of_turn = build_engine("vad", config.vad), build_engine("turn_end", config.turn_end)
        engines = Engines(vad, end_of_turn, stt, llm, CachedSpeech(tts, 8_000_000), local_intents.build("en"))
        yield House(config, engines, server)


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def port(house: House) -> AsyncIterator[int]:
    async with house.door() as port:
        yield port


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def questions(house: House) -> list[tuple[Pcm16, str]]:
    """What people said, at the microphone's rate; without recordings, what the project's own voice says."""
    if recordings := verbatim(*REAL):
        return [(_read(one), one.text) for one in recordings]
    return [(await spoken(text, house.engines.tts), text) for text in INVENTED]


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def calling(house: House) -> Pcm16:
    """Somebody says the wake word."""
    return await spoken("Okay Nabu.", house.engines.tts)


def said_to(question: str) -> str:
    """What the language model answers, where a test does not say."""
    return f"You ask: {question}"


def _echo(request: Request) -> Reply:
    return answer(said_to(request.body["messages"][-1]["content"]))


def _read(recording: Recording) -> Pcm16:
    samples, rate_hz = soundfile.read(recording.file, dtype="int16")
    assert rate_hz == MIC_RATE_HZ
    return samples  # type: ignore[no-any-return]
