"""Speech to talk to the daemon with: real recordings where they are, the project's own voice otherwise."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assistant.config import Config
from assistant.opening import build_engine
from audio.frames import MIC_RATE_HZ, Pcm16
from audio.tts.spoken import spoken
from tests.recordings import Recording, verbatim

REAL = ("whatstheweatherlike", "goforward", "cheetah_test_en", "common_voice_en_699711")


@pytest.fixture(scope="session")
def say(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Pcm16]:
    """Speech at the microphone's rate, by the default voice."""

    async def speak(text: str) -> Pcm16:
        tts = build_engine("tts", Config().tts)
        try:
            await tts.warm()
            return await spoken(text, tts)
        finally:
            await tts.close()

    said: dict[str, Pcm16] = {}

    def say(text: str) -> Pcm16:
        if text not in said:
            with ThreadPoolExecutor(max_workers=1) as thread:  # the test's own loop is running in this one
                said[text] = thread.submit(asyncio.run, speak(text)).result()
        return said[text]

    return say


@pytest.fixture(scope="session")
def questions(say: Callable[[str], Pcm16], tmp_path_factory: pytest.TempPathFactory) -> list[Recording]:
    """A few recordings of people; without them the default voice's."""
    if real := verbatim(*REAL):
        return real
    folder = tmp_path_factory.mktemp("questions")
    texts = ["What's the weather like?", "Go forward ten meters.", "Today only platforms one and three are used."]
    for number, text in enumerate(texts):
        write_wav(folder / f"{number}.wav", say(text))
    return [Recording(folder / f"{number}.wav", text) for number, text in enumerate(texts)]


def write_wav(file: Path, *pieces: Pcm16 | float) -> Path:
    """A microphone's file of pieces one after the other; a number is that many seconds of silence."""
    whole = [
        piece if isinstance(piece, np.ndarray) else np.zeros(round(piece * MIC_RATE_HZ), np.int16) for piece in pieces
    ]
    soundfile.write(file, np.concatenate(whole), MIC_RATE_HZ, subtype="PCM_16")
    return file
