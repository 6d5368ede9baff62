"""Parts fail in the middle of a conversation: the daemon says so aloud, and goes on."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile

from assistant.config import Config
from audio.frames import Pcm16
from audio.stt.word_errors import word_errors
from tests.chat_server import End, RecordingChatServer, Reply, Request, answer, page, raw, status
from tests.journeys.conftest import write_wav
from tests.journeys.daemon_process import DaemonProcess, answers_from, converse, daemon
from tests.journeys.test_conversation_by_file import transcribe

pytestmark = pytest.mark.journey

APOLOGY = Config().conversation.apology
QUICK = {"HEARTHSIDE_LLM__FIRST_TOKEN_TIMEOUT_S": "1", "HEARTHSIDE_LLM__RETRIES": "1"}


@pytest.fixture
def two_questions(tmp_path: Path, say: Callable[[str], Pcm16]) -> Path:
    return write_wav(tmp_path / "in.wav", 0.5, say("How is the weather today?"), 8.0, say("What is your name?"), 0.5)


@pytest.mark.parametrize(
    "reply",
    [
        status(500, "out of memory"),
        page("<html>a login page</html>"),
        raw(b"\x00\xff garbage\n\n"),
        answer("", end=End.STALL),
        answer("", end=End.CUT),
        raw(End.RESET),
    ],
    ids=["500", "html", "garbage", "slow", "cut", "reset"],
)
async def test_a_failing_model_server_is_excused_aloud_and_asked_again(
    tmp_path: Path, two_questions: Path, reply: Reply
) -> None:
    def misbehave(request: Request) -> Reply:
        """Whatever is asked about the weather fails, however often it is tried again."""
        asks_the_weather = "weather" in json.dumps(request.body["messages"][-1:])
        return reply if asks_the_weather and len(request.body["messages"]) == 2 else answer("I am Hearthside.")

    async with RecordingChatServer(misbehave) as server:
        env = {**QUICK, **answers_from(server)}
        code, out, run = await converse(tmp_path, two_questions, env=env)
    assert code == 0
    first, second = run.turns()
    assert first["outcome"] == "apologised", run.stderr
    assert first["heard_text"] == APOLOGY
    assert first["error"]
    assert first["latency_ms"] is None
    assert second["outcome"] == "answered"
    assert second["heard_text"] == "I am Hearthside."
    heard, rate_hz = soundfile.read(out)
    soundfile.write(tmp_path / "first.wav", heard[: round(second["speech_start_s"] * rate_hz)], rate_hz)
    (said,) = await transcribe(tmp_path / "first.wav")
    errors, words = word_errors(APOLOGY, said)
    assert errors <= words // 4, said


async def test_an_answer_that_is_cut_is_heard_so_far_and_then_excused(tmp_path: Path, two_questions: Path) -> None:

    def reply(request: Request) -> Reply:
        is_first = len(request.body["messages"]) == 2
        return answer("It is noon. And the weather", end=End.CUT) if is_first else answer("I am Hearthside.")

    async with RecordingChatServer(reply) as server:
        env = {**QUICK, **answers_from(server)}
        code, _, run = await converse(tmp_path, two_questions, env=env)
    assert code == 0
    first, second = run.turns()
    assert first["heard_text"] == f"It is noon. {APOLOGY}"
    assert second["outcome"] == "answered"


async def test_a_server_that_is_down_at_the_start_is_used_once_it_is_up(tmp_path: Path, two_questions: Path) -> None:
    async with RecordingChatServer(answer("I am Hearthside.")) as server:
        await server.go_down()
        env = {**QUICK, **answers_from(server)}
        options = ("--mic", str(two_questions), "--speaker", str(tmp_path / "out.wav"))
        async with daemon(tmp_path, *options, env=env) as running:
            await running.said("turn 1: apologised")
            await server.come_up()
            assert await running.end() == 0
    assert [turn["outcome"] for turn in running.turns()] == ["apologised", "answered"]


@pytest.mark.parametrize("module", ["audio.tts.piper_child", "assistant.brain.onnx_child"])
async def test_a_child_killed_in_the_middle_of_a_turn_is_replaced(
    tmp_path: Path, two_questions: Path, module: str
) -> None:
    options = ("--mic", str(two_questions), "--speaker", str(tmp_path / "out.wav"))
    async with daemon(tmp_path, *options) as running:
        await running.said("paused")
        running.child_running(module).kill()
        await running.said("starting it again")
        assert await running.end() == 0
    first, second = running.turns()
    assert first["outcome"] in ("answered", "apologised")
    assert second["outcome"] == "answered"
    assert_no_traceback(running)


async def test_a_full_disk_costs_the_turn_log_and_not_the_conversation(
    tmp_path: Path, say: Callable[[str], Pcm16]
) -> None:
    mic = write_wav(tmp_path / "in.wav", 0.5, say("What is your name?"), 0.5)
    options = ("--mic", str(mic), "--speaker", str(tmp_path / "out.wav"), "--turn-log", "/dev/full")
    async with daemon(tmp_path, *options) as running:
        assert await running.end() == 0
    assert any("/dev/full" in line and "space" in line.lower() for line in running.stderr), running.stderr
    assert any("turn 1: answered" in line for line in running.stderr)
    assert_no_traceback(running)


def assert_no_traceback(running: DaemonProcess) -> None:
    assert not [line for line in running.stderr if line.startswith("Traceback")], "\n".join(running.stderr)


async def test_two_daemons_can_run_side_by_side(tmp_path: Path, say: Callable[[str], Pcm16]) -> None:
    mic = write_wav(tmp_path / "in.wav", 0.5, say("What is your name?"), 0.5)
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    results = await asyncio.gather(*(converse(folder, mic) for folder in folders))
    assert [code for code, _, _ in results] == [0, 0]
