"""The way from sound to command: through the real speech-to-text."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from audio.engines import EngineSettings, build
from audio.frames import MIC_RATE_HZ, to_float
from audio.stt.protocol import SpeechToText
from audio.tts.spoken import spoken
from audio.wav import read_wav
from tests.assistant.tools.commands import intent
from tests.model_files import model_folder
from tests.recordings import DATA, require_data

__all__ = ["model_folder"]

pytestmark = pytest.mark.asyncio(loop_scope="module")

WHISPER = {
    "model": "whisper-tiny.en",
    "language": "en",
    "beam_size": 1,
    "threads": 2,
    "device": "cpu",
    "compute_type": "int8",
}
VOICE = {"voice": "piper-en-us-joe-medium", "speed": 1.0, "threads": 2}

COMMANDS = {
    "What time is it?": "time",
    "Stop talking!": "stop",
    "Turn the volume down, please.": "volume_down",
    "Set the volume to seven.": "volume_set",
    "Can you repeat that?": "repeat",
    "Never mind.": "never_mind",
    "What day is it today?": "day",
    "Thank you very much.": "thank_you",
}

OTHER = ("single_words_precise/*-en-*.wav", "verbatim/cards_*.wav", "verbatim/common_voice_en_219*.wav")
"""Short: single words, names of cards, a number. The shorter, the more easily mistaken."""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def stt(model_folder: Callable[[str], Path]) -> AsyncIterator[SpeechToText]:
    engine: SpeechToText = build("stt", "faster-whisper", EngineSettings(WHISPER, model_folder))
    await engine.warm()
    yield engine
    await engine.close()


async def test_spoken_commands_are_understood(stt: SpeechToText, model_folder: Callable[[str], Path]) -> None:
    voice = build("tts", "piper", EngineSettings(VOICE, model_folder))
    pause = np.zeros(MIC_RATE_HZ // 4, np.int16)
    found = {}
    try:
        await voice.warm()
        for text in COMMANDS:
            samples = np.concatenate([pause, await spoken(text, voice), pause])
            found[text] = intent((await stt.transcribe(to_float(samples), start_s=0)).text)
    finally:
        await voice.close()
    # The voice varies, and now and then a word is misheard: that may be no command then, but not another one.
    assert {text: heard for text, heard in found.items() if heard not in (None, COMMANDS[text])} == {}
    assert sum(found[text] == COMMANDS[text] for text in COMMANDS) >= len(COMMANDS) - 2


async def test_no_real_recording_of_something_else_is_taken_for_a_command(stt: SpeechToText) -> None:
    require_data()
    files = sorted({file for pattern in OTHER for file in (DATA / "01_speech").glob(pattern)})
    assert len(files) >= 20
    heard = {file.name: (await stt.transcribe(to_float(read_wav(file)), start_s=0)).text for file in files}
    assert {name: text for name, text in heard.items() if intent(text) is not None} == {}
