"""Three questions in one recording, the second and third of which make sense only with what was said before."""

from collections.abc import Callable
from pathlib import Path

import pytest

from audio.frames import Pcm16
from audio.stt.word_errors import word_error_rate
from tests.chat_server import RecordingChatServer, Reply, Request, answer
from tests.journeys.conftest import write_wav
from tests.journeys.daemon_process import answers_from, converse
from tests.journeys.test_conversation_by_file import transcribe

pytestmark = pytest.mark.journey

# "Which river" is heard as "whichever" in five of twelve readings by the voice.
QUESTIONS = ("What is the capital of France?", "How many people live there?", "And what river runs through it?")
ANSWERS = ("It is Paris.", "About two million people live there.", "The river Seine runs through it.")
GAP_S = 5.0


async def test_the_history_reaches_the_model_and_every_answer_is_heard(
    tmp_path: Path, say: Callable[[str], Pcm16]
) -> None:
    mic = write_wav(tmp_path / "in.wav", 0.5, say(QUESTIONS[0]), GAP_S, say(QUESTIONS[1]), GAP_S, say(QUESTIONS[2]))

    def reply(request: Request) -> Reply:
        """By the length of the history: an answer may be begun more than once, as the words come in."""
        return answer(ANSWERS[max(0, len(request.body["messages"]) - 2) // 2])

    async with RecordingChatServer(reply) as server:
        env = answers_from(server)
        status, out, run = await converse(tmp_path, mic, env=env)
    assert status == 0, run.stderr
    assert [turn["outcome"] for turn in run.turns()] == ["answered"] * 3
    understood = [turn["user_text"] for turn in run.turns()]
    assert word_error_rate(zip(QUESTIONS, understood, strict=True)) < 0.1
    assert [turn["heard_text"] for turn in run.turns()] == list(ANSWERS)
    system, *said = server.requests[-1].body["messages"]
    assert system["role"] == "system"
    assert [(message["role"], message["content"]) for message in said] == [
        ("user", understood[0]),
        ("assistant", ANSWERS[0]),
        ("user", understood[1]),
        ("assistant", ANSWERS[1]),
        ("user", understood[2]),
    ]
    (heard,) = await transcribe(out)
    assert word_error_rate([(" ".join(ANSWERS), heard)]) < 0.1, heard
