"""Engines and speech for the tests of the engines."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audio.engines import EngineSettings
from audio.frames import MIC_RATE_HZ, Pcm16
from audio.tts import piper
from audio.tts.spoken import spoken
from tests.model_files import model_folder
from tests.recordings import Recording, verbatim

__all__ = ["model_folder"]

VOICE = "piper-en-us-joe-medium"
REAL = ("whatstheweatherlike", "goforward", "cheetah_test_en", "mountain_view", "today", "book_a_room", "spk1_snt4")
INVENTED = ("What's the weather like?", "Turn on the lights in the kitchen.", "How far is it to the moon?")


@pytest.fixture(scope="session")
def voice_settings(model_folder: Callable[[str], Path]) -> EngineSettings:
    return EngineSettings({"voice": VOICE, "speed": 1.0, "threads": 2}, model_folder)


@pytest.fixture(scope="session")
def utterances(voice_settings: EngineSettings, tmp_path_factory: pytest.TempPathFactory) -> list[Recording]:
    """What people said, at the microphone's rate; without recordings, what the project's own voice says."""
    if real := verbatim(*REAL):
        return real
    folder = tmp_path_factory.mktemp("utterances")

    async def speak() -> list[Pcm16]:
        voice = piper.build(voice_settings)
        try:
            return [await spoken(text, voice) for text in INVENTED]
        finally:
            await voice.close()

    files = [folder / f"{number}.wav" for number in range(len(INVENTED))]
    pause = np.zeros(MIC_RATE_HZ // 2, np.int16)
    for file, samples in zip(files, asyncio.run(speak()), strict=True):
        soundfile.write(file, np.concatenate([pause, samples, pause]), MIC_RATE_HZ, subtype="PCM_16")
    return [Recording(file, text) for file, text in zip(files, INVENTED, strict=True)]
