"""It knows who speaks, and to whom: a conversation that somebody else talks into, from a file into a file."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assistant.cli.bench.tone import whispered
from assistant.config import home
from audio.frames import MIC_RATE_HZ, Pcm16, level_dbfs
from audio.wav import read_wav
from tests.chat_server import RecordingChatServer, Reply, Request, answer
from tests.journeys.conftest import write_wav
from tests.journeys.daemon_process import answers_from, converse
from tests.model_files import model_folder
from tests.recordings import DATA, require_data

__all__ = ["model_folder"]

pytestmark = pytest.mark.journey

CAPITAL, PEOPLE, RIVER = (
    "Okay Nabu. What is the capital of France?",
    "And how many people live there?",
    "And which river runs through it?",
)
ANSWERS = {"capital": "It is Paris.", "people": "About two million people.", "river": "The river Seine."}


@pytest.fixture
def joes_home(tmp_path: Path, say: Callable[[str], Pcm16], model_folder: Callable[[str], Path]) -> Path:
    """A state folder in which the default voice has enrolled, as Joe."""
    model_folder("voice-ge2e")
    state = tmp_path / "home"
    state.mkdir()
    (state / "models").symlink_to(home() / "models")
    texts = (
        "The kettle is on the stove, and the windows are open.",
        "On the way home I want to buy some bread, a newspaper, and a plant.",
    )
    read_aloud = write_wav(tmp_path / "joe.wav", *map(say, texts))
    command = [sys.executable, "-m", "assistant", "voices", "enroll", "Joe", "--i-consent", "--file", str(read_aloud)]
    subprocess.run(command, env={**os.environ, "HEARTHSIDE_HOME": str(state)}, check=True)
    return state


async def test_the_caller_is_known_a_bystander_is_not_answered_and_a_whisper_is_answered_quietly(
    tmp_path: Path, say: Callable[[str], Pcm16], joes_home: Path
) -> None:
    require_data()
    whisper = whispered(say(RIVER), np.random.default_rng(0))
    bystander, _ = soundfile.read(DATA / "11_speaker_id" / "librispeech_other" / "2033-164914-0003.flac", dtype="int16")
    mic = write_wav(tmp_path / "in.wav", 1.0, say(CAPITAL), 4.5, bystander[:48_000], 1.5, say(PEOPLE), 5.5, whisper)

    def reply(request: Request) -> Reply:
        asked = request.body["messages"][-1]["content"].lower()
        whats_left = ANSWERS["river"]  # words of a whisper that was made are not always understood
        return answer(next((text for word, text in ANSWERS.items() if word in asked), whats_left))

    async with RecordingChatServer(reply) as server:
        env = {
            **answers_from(server),
            "HEARTHSIDE_HOME": str(joes_home),
            "HEARTHSIDE_WAKE__ENGINE": "micro-wakeword",
            "HEARTHSIDE_WAKE__FOLLOW_UP_S": "15",
            "HEARTHSIDE_VOICES__ENABLED": "true",
            "HEARTHSIDE_VOICES__SAME_VOICE": "true",
        }
        status, heard, run = await converse(tmp_path, mic, env=env, no_wake=False)
    assert status == 0, run.stderr
    assert [turn["heard_text"] for turn in run.turns()] == list(ANSWERS.values()), run.stderr
    assert [turn["speaker"] for turn in run.turns()] == ["Joe", "Joe", "guest"], "a whisper is nobody's voice"
    assert [turn["whispered"] for turn in run.turns()] == [False, False, True]
    sound = read_wav(heard)
    starts = [round(turn["first_audio_out_s"] * MIC_RATE_HZ) for turn in run.turns()]
    aloud, _, quietly = (level_dbfs(sound[start : start + MIC_RATE_HZ // 2]) for start in starts)
    assert quietly < aloud - 6
    assert any("another voice than the one that called" in line for line in run.stderr)
