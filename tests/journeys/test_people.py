"""Several people talk to one daemon: each is told only their own; who is nobody leaves nothing and is told nothing."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile

from assistant.config import MemoryConfig
from assistant.memory.build import build_memory
from assistant.memory.episodes import Episode
from assistant.memory.store import log
from audio.frames import Pcm16
from tests.chat_server import RecordingChatServer, Reply, Request, answer
from tests.journeys.conftest import write_wav
from tests.journeys.daemon_process import DaemonProcess, answers_from, converse
from tests.journeys.people import ANNA, READ_ALOUD, STRANGER, by, bytes_of, enrol
from tests.journeys.test_memory import home_of_its_own
from tests.model_files import model_folder
from tests.recordings import DATA, require_data

__all__ = ["model_folder"]

pytestmark = pytest.mark.journey

slow = pytest.mark.skipif(not os.environ.get("SLOW_TESTS"), reason="takes long: SLOW_TESTS=1 runs it")

UNKNOWN = "I don't know that about you."
PETER = "Your brother's name is Peter."
BROTHER = "What is my brother's name?"


async def talk(
    tmp_path: Path, house: Path, mic: Path, server: RecordingChatServer, *options: str, **env: str
) -> DaemonProcess:
    """A conversation with a daemon that knows voices and remembers."""
    always = {
        "HEARTHSIDE_HOME": str(house),
        "HEARTHSIDE_VOICES__ENABLED": "true",
        "HEARTHSIDE_MEMORY__ENABLED": "true",
        "HEARTHSIDE_MEMORY__ENCRYPTION": "none",
        "HEARTHSIDE_SCREEN__ENABLED": "false",
    }
    (tmp_path / "turns.jsonl").unlink(missing_ok=True)
    status, _, run = await converse(tmp_path, mic, *options, env={**answers_from(server), **always, **env})
    assert status == 0, run.stderr
    return run


async def remembered(house: Path, monkeypatch: pytest.MonkeyPatch) -> list[Episode]:
    monkeypatch.setenv("HEARTHSIDE_HOME", str(house))
    async with build_memory(MemoryConfig(encryption="none")).store as store:
        return await store.read(lambda connection: list(log.everything(connection)))


def says_little(request: Request) -> Reply:
    return answer("All right.")


async def test_each_is_told_their_own_and_a_stranger_leaves_nothing_and_is_told_nothing(
    tmp_path: Path, say: Callable[[str], Pcm16], model_folder: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    model_folder("voice-ge2e")
    house = home_of_its_own(tmp_path)
    await enrol(house, {"Joe": [*map(say, READ_ALOUD)], "Anna": [by(ANNA, say(text)) for text in READ_ALOUD]})
    mic = write_wav(
        tmp_path / "in.wav",
        0.5,
        *(say("Keep this private, my brother's name is Peter."), 4.0),
        *(by(ANNA, say(BROTHER)), 3.2),
        *(by(STRANGER, say("My sister's name is Martha.")), 2.6),
        *(by(STRANGER, say(BROTHER)), 3.2),
        *(say(BROTHER), 0.1),
    )
    async with RecordingChatServer(says_little) as server:
        run = await talk(tmp_path, house, mic, server)
        told = str([request.body for request in server.requests])
    turns = run.turns()
    assert [turn["speaker"] for turn in turns] == ["Joe", "Anna", "guest", "guest", "Joe"], run.stderr
    said = [turn["answer_text"] for turn in turns]
    assert said == [f"I'll remember that. {PETER}", UNKNOWN, "All right.", UNKNOWN, f"{PETER} You told me today."]
    assert "Martha" in told and "Peter" not in told, "what the model was told for the guest"
    assert b"Peter" in bytes_of(house / "memory") and b"Martha" not in bytes_of(house)
    kept = await remembered(house, monkeypatch)
    assert {(one.owner, one.speaker) for one in kept if "brother" in one.text and not one.text.endswith("?")} == {
        ("Joe", "Joe")
    }
    assert {one.owner for one in kept} == {"Joe", "Anna"}


@slow
async def test_a_kiosk_keeps_nothing_of_what_is_said_to_it(
    tmp_path: Path, say: Callable[[str], Pcm16], model_folder: Callable[[str], Path]
) -> None:
    model_folder("voice-ge2e")
    house = home_of_its_own(tmp_path)
    before = {file: file.stat().st_size for file in house.rglob("*")}
    said = ("My sister's name is Martha.", "Keep this private, my locker code is seven.", "What is my sister's name?")
    mic = write_wav(tmp_path / "in.wav", 0.5, *(piece for text in said for piece in (say(text), 4.0)))
    async with RecordingChatServer(says_little) as server:
        run = await talk(
            tmp_path,
            house,
            mic,
            server,
            "--config",
            "kiosk",
            HEARTHSIDE_VOICES__ENABLED="false",
            HEARTHSIDE_MEMORY__ENABLED="false",
        )
    assert [turn["route"] for turn in run.turns()] == ["llm"] * 3, run.stderr
    kept = bytes_of(house).lower()
    assert not any(word in kept for word in (b"martha", b"locker", b"sister"))
    assert not any(word in "\n".join(run.stderr).casefold() for word in ("martha", "locker"))
    left = {str(file.relative_to(house)) for file in house.rglob("*") if file not in before and file.is_file()}
    assert not left, "not even a file"


@slow
async def test_real_people_are_nobody_or_themselves_and_never_each_other(
    tmp_path: Path, model_folder: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read English by three people, two of whom have enrolled with other recordings."""
    require_data()
    model_folder("voice-ge2e")
    house = home_of_its_own(tmp_path)
    recorded: dict[str, list[Pcm16]] = {}
    for file in sorted((DATA / "11_speaker_id" / "librispeech_other").glob("*.flac")):
        recorded.setdefault(file.name.split("-")[0], []).append(soundfile.read(file, dtype="int16")[0])
    people = {"1688": "Ann", "1998": "Ben", "2033": "guest"}
    await enrol(house, {people[one]: recorded[one][:2] for one in ("1688", "1998")})
    order = [(one, number) for number in (2, 3) for one in people]
    pieces = [piece for one, number in order for piece in (recorded[one][number], 5.0)]
    async with RecordingChatServer(says_little) as server:
        run = await talk(tmp_path, house, write_wav(tmp_path / "in.wav", 0.5, *pieces), server)
        prompts = [str(request.body["messages"]) for request in server.requests]
    turns = run.turns()
    whose = [(people[one], start_s) for (one, number), start_s in zip(order, _starts_s(order, recorded), strict=True)]
    for turn in turns:
        true = max((start for start in whose if start[1] <= turn["speech_start_s"] + 0.5), key=lambda start: start[1])
        assert turn["speaker"] in (true[0], "guest"), run.stderr
    known = [turn for turn in turns if turn["speaker"] != "guest"]
    assert {turn["speaker"] for turn in known} == {"Ann", "Ben"}
    kept = await remembered(house, monkeypatch)
    assert {one.owner for one in kept} == {"Ann", "Ben"}
    guests = [turn["user_text"] for turn in turns if turn["speaker"] == "guest"]
    assert guests and not any(text.encode() in bytes_of(house) for text in guests)
    for prompt in prompts:
        held = {turn["speaker"] for turn in known if turn["user_text"] in prompt}
        assert len(held) <= 1, "a prompt with the words of two"


def _starts_s(order: list[tuple[str, int]], recorded: dict[str, list[Pcm16]]) -> list[float]:
    starts, at_s = [], 0.5
    for one, number in order:
        starts.append(at_s)
        at_s += len(recorded[one][number]) / 16_000 + 5.0
    return starts


@slow
async def test_who_asks_to_be_answered_briefly_is_from_the_next_answer_on_and_nobody_else(
    tmp_path: Path, say: Callable[[str], Pcm16], model_folder: Callable[[str], Path]
) -> None:
    model_folder("voice-ge2e")
    house = home_of_its_own(tmp_path)
    await enrol(house, {"Joe": [*map(say, READ_ALOUD)], "Anna": [by(ANNA, say(text)) for text in READ_ALOUD]})
    why = "Why is the sky blue in the morning?"
    mic = write_wav(
        tmp_path / "in.wav",
        0.5,
        *(say("Please be brief from now on."), 4.0),
        *(say(why), 4.0),
        *(by(ANNA, say("Please speak to me like my teacher would.")), 4.5),
        *(by(ANNA, say(why)), 4.0),
        *(by(STRANGER, say(why)), 4.0),
        *(say("Please answer as usual again."), 4.0),
        *(say(why), 4.0),
    )
    async with RecordingChatServer(says_little) as server:
        run = await talk(tmp_path, house, mic, server)
        asked = [request.body for request in server.requests if "sky" in str(request.body["messages"][-1])]
    turns = run.turns()
    assert [turn["speaker"] for turn in turns] == ["Joe", "Joe", "Anna", "Anna", "guest", "Joe", "Joe"], run.stderr
    assert [turn["answer_text"] for turn in turns if turn["route"] == "manner"] == [
        "I'll be brief.",
        "I'll explain things like a teacher.",
        "Back to normal.",
    ]
    styles = [(body["messages"][0]["content"], body["max_tokens"]) for body in asked]
    told = {
        style: [index for index, (system, _) in enumerate(styles) if words in system]
        for style, words in (("brief", "at most twelve words"), ("teacher", "step by step"))
    }
    assert told["brief"] and told["teacher"]
    assert styles[max(told["brief"])][1] == 40 and styles[max(told["teacher"])][1] == 200
    assert "twelve" not in styles[-1][0] and "step by step" not in styles[-1][0], "back to normal"
    by_speaker = {turn["speaker"]: turn["told"][0]["fate"] for turn in turns if turn["route"] == "llm"}
    assert by_speaker["Anna"].endswith("profile teacher, version 1") and "profile" not in by_speaker["guest"]
    assert "profile" not in by_speaker["Joe"]
    assert b"Anna" in (house / "manners.json").read_bytes() and b"Joe" not in (house / "manners.json").read_bytes()
