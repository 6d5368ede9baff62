"""Each role over a real socket, with real engines and the `wyoming` package's own client."""

import asyncio
from itertools import pairwise

import numpy as np
import pytest
from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk
from wyoming.event import Event
from wyoming.info import Describe, Info
from wyoming.ping import Ping
from wyoming.tts import Synthesize, SynthesizeChunk, SynthesizeStart, SynthesizeStop, SynthesizeVoice
from wyoming.wake import Detect

from assistant.server.wyoming.transcribing import PASS_EVERY_S
from audio.frames import MIC_RATE_HZ, Pcm16, to_float
from audio.resample import resampled
from audio.stt.word_errors import word_error_rate
from tests.assistant.server.wyoming.asking import asked, client, heard, say, sound, texts, utterance
from tests.assistant.server.wyoming.conftest import WAKE, House, said_to
from tests.chat_server import answer, status

pytestmark = pytest.mark.asyncio(loop_scope="session")


def errors(said: str, understood: str) -> float:
    return word_error_rate([(said, understood)])


async def test_it_describes_the_models_in_force_by_their_true_names(port: int) -> None:
    (described,) = await asked(port, Describe(), until="info")
    info = Info.from_event(described)
    (asr,), (tts,), (handle,), (wake,) = info.asr, info.tts, info.handle, info.wake
    assert (asr.models[0].name, asr.models[0].version, asr.models[0].languages) == ("whisper-tiny.en", "0.1.0", ["en"])
    assert "OpenAI" in asr.models[0].attribution.name
    assert (tts.voices[0].name, tts.voices[0].languages) == ("piper-en-us-joe-medium", ["en-US"])
    assert handle.models[0].name == "recorded"
    assert (wake.models[0].name, wake.models[0].phrase) == (WAKE, "okay nabu")
    for program in (asr, tts, handle, wake):
        assert program.installed and program.name == "hearthside" and program.version
    assert asr.supports_transcript_streaming and asr.requires_external_vad
    assert tts.supports_synthesize_streaming and handle.supports_handled_streaming and not handle.supports_home_control
    assert (info.intent, info.mic, info.snd, info.satellite) == ([], [], [], None)


@pytest.mark.parametrize(("rate_hz", "channels"), [(16_000, 1), (48_000, 2)])
async def test_speech_becomes_text_whatever_the_format(
    port: int, questions: list[tuple[Pcm16, str]], rate_hz: int, channels: int
) -> None:
    for samples, text in questions[:2]:
        recording = resampled(samples, MIC_RATE_HZ, rate_hz)
        events = await asked(port, *utterance(recording, rate_hz=rate_hz, channels=channels), until="transcript-stop")
        assert [event.type for event in events] == [
            *("transcript-start", "transcript-chunk", "transcript", "transcript-stop")
        ]
        assert texts(events, "transcript-chunk") == texts(events, "transcript")
        assert errors(text, texts(events, "transcript")[0]) <= 0.34


async def test_words_come_while_the_rest_is_said_and_together_are_the_transcript(
    port: int, questions: list[tuple[Pcm16, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.server.wyoming.transcribing.PASS_EVERY_S", 0.0)  # as if it came at a speaker's pace
    samples = np.concatenate([samples for samples, _ in questions])
    events = await asked(port, *utterance(samples, chunk_s=PASS_EVERY_S), until="transcript-stop")
    chunks = texts(events, "transcript-chunk")
    assert len(chunks) > 1
    assert "".join(chunks) == texts(events, "transcript")[0]
    assert errors(" ".join(text for _, text in questions), "".join(chunks)) <= 0.34
    assert [event.type for event in events[-2:]] == ["transcript", "transcript-stop"]


async def test_silence_is_an_empty_transcript_and_sound_without_a_request_is_transcribed(
    port: int, questions: list[tuple[Pcm16, str]]
) -> None:
    silent = await asked(port, *utterance(np.zeros(MIC_RATE_HZ, np.int16)), until="transcript-stop")
    assert texts(silent, "transcript") == [""]
    samples, text = questions[0]
    unasked = await asked(port, *sound(samples), until="transcript-stop")
    assert errors(text, texts(unasked, "transcript")[0]) <= 0.34


async def test_another_language_is_refused_at_once(port: int) -> None:
    events = await asked(port, Transcribe(language="de-DE"))
    assert [event.type for event in events] == ["error"]
    assert "stt.language" in events[0].data["text"] and events[0].data["code"] == "unsupported-language"


async def test_text_becomes_speech_that_says_it(house: House, port: int) -> None:
    text = "The weather is nice today. Turn on the lights in the kitchen, please."
    voice = SynthesizeVoice(name="a voice that was here last week")
    events = await asked(port, Synthesize(text, voice=voice), until="audio-stop")
    assert errors(text, await _understood(house, events)) <= 0.2
    _is_one_stream(events)


async def test_text_is_spoken_as_it_is_written(house: House, port: int) -> None:
    pieces = ("The weather ", "is nice today. It is", " warm, too, and ", "the sun is shining.")
    async with client(port) as connection:
        await say(connection, SynthesizeStart(), *map(SynthesizeChunk, pieces[:2]))
        events = await heard(connection, "audio-chunk")  # the first sentence sounds before the second is written
        whole = Synthesize("".join(pieces))  # for services that cannot stream: it is not spoken twice
        await say(connection, *map(SynthesizeChunk, pieces[2:]), whole, SynthesizeStop())
        events += await heard(connection, "synthesize-stopped")
        assert events[-2].type == "audio-stop"
        assert errors("".join(pieces), await _understood(house, events)) <= 0.2
        _is_one_stream(events[:-1])
        await say(connection, SynthesizeStart(), SynthesizeStop())
        silent = await heard(connection, "synthesize-stopped")
    assert [event.type for event in silent] == ["audio-start", "audio-stop", "synthesize-stopped"]


async def _understood(house: House, events: list[Event]) -> str:
    chunks = [AudioChunk.from_event(event) for event in events if event.type == "audio-chunk"]
    samples = np.concatenate([np.frombuffer(chunk.audio, np.int16) for chunk in chunks])
    at_mic_rate = resampled(samples, chunks[0].rate, MIC_RATE_HZ)
    return (await house.engines.stt.transcribe(to_float(at_mic_rate), start_s=0.0)).text


def _is_one_stream(events: list[Event]) -> None:
    """One start, chunks, one stop, and one format from beginning to end."""
    kinds = [event.type for event in events]
    assert kinds == ["audio-start", *["audio-chunk"] * (len(kinds) - 2), "audio-stop"]
    formats = [(event.data["rate"], event.data["width"], event.data["channels"]) for event in events[:-1]]
    assert all(one == other for one, other in pairwise(formats))


async def test_ssml_is_refused_and_not_read_aloud(port: int) -> None:
    events = await asked(port, Synthesize("<speak>Hello</speak>", text_format="ssml"))
    assert [(event.type, event.data["code"]) for event in events] == [("error", "unsupported-format")]


async def test_a_question_is_answered_as_it_is_written_and_its_conversation_remembered(house: House, port: int) -> None:
    house.server.next_reply(answer("It is Berlin."), answer("Four million."), answer("Where?"))
    asks = ("What is the capital of Germany?", "How many people live there?")
    for question, said in zip(asks, ("It is Berlin.", "Four million."), strict=True):
        context = {"conversation_id": "01HX", "device_id": "kitchen"}
        events = await asked(port, Transcript(question, language="en", context=context), until="handled-stop")
        kinds = [event.type for event in events]
        assert kinds == ["handled-start", *["handled-chunk"] * (len(kinds) - 3), "handled", "handled-stop"]
        assert "".join(texts(events, "handled-chunk")) == said == texts(events, "handled")[0]
    remembered = house.server.requests[-1].body["messages"][1:]
    assert [message["content"] for message in remembered] == [asks[0], "It is Berlin.", asks[1]]
    await asked(port, Transcript("How big is it?", context={"conversation_id": "another"}), until="handled-stop")
    assert [message["content"] for message in house.server.requests[-1].body["messages"][1:]] == ["How big is it?"]


async def test_short_commands_need_no_language_model(house: House, port: int) -> None:
    before = len(house.server.requests)
    (handled,) = await asked(port, Transcript("What time is it?"), until="handled")
    assert handled.data["text"].startswith("It")
    (louder,) = await asked(port, Transcript("louder"), until="not-handled")  # whose volume that is, nobody knows here
    assert louder.data["text"] == house.config.conversation.apology
    assert len(house.server.requests) == before


async def test_a_model_that_fails_is_an_apology(house: House, port: int) -> None:
    house.server.next_reply(status(500))
    (failed,) = await asked(port, Transcript("Why is the sky blue?"), until="not-handled")
    assert failed.data["text"] == house.config.conversation.apology


async def test_the_wake_word_is_found_where_it_ends_and_nothing_in_silence(port: int, calling: Pcm16) -> None:
    before = np.zeros(MIC_RATE_HZ, np.int16)
    ends_ms = 1000 * (len(before) + len(calling)) / MIC_RATE_HZ
    async with client(port) as connection:
        await say(connection, Detect(names=[WAKE]), *sound(np.concatenate([before, calling, before])))
        (detection,) = await heard(connection, "detection", "not-detected")
        assert detection.data["name"] == WAKE
        assert abs(detection.data["timestamp"] - ends_ms) < 500
        now_ms = 3_600_000
        await say(connection, Detect(), *sound(np.concatenate([before, calling, before]), began_ms=now_ms))
        (detection,) = await heard(connection, "detection", "not-detected")
        assert abs(detection.data["timestamp"] - now_ms - ends_ms) < 500  # by the client's own clock
        await say(connection, Detect(), *sound(np.zeros(2 * MIC_RATE_HZ, np.int16)))
        assert [event.type for event in await heard(connection, "detection", "not-detected")] == ["not-detected"]
    refused = await asked(port, Detect(names=["wake-hello"]))
    assert [(event.type, event.data["code"]) for event in refused] == [("error", "unknown-name")]


async def test_unknown_events_are_passed_over(port: int) -> None:
    async with client(port) as connection:
        await connection.write_event(Event("understand-everything", {"deeply": True}, b"" * 1000))
        await say(connection, Ping("still there?"))
        (pong,) = await heard(connection, "pong")
    assert pong.data["text"] == "still there?"


async def test_twenty_clients_at_once_all_get_their_own(
    house: House, port: int, questions: list[tuple[Pcm16, str]]
) -> None:
    async def transcribed(number: int) -> None:
        samples, text = questions[number % 2]
        events = await asked(port, *utterance(samples), until="transcript-stop")
        assert errors(text, texts(events, "transcript")[0]) <= 0.34

    async def spoken(number: int) -> None:
        text = ("The sun is shining.", "It is raining again.", "There is some snow.")[number % 3]
        _is_one_stream(await asked(port, Synthesize(text), until="audio-stop"))

    async def handled(number: int) -> None:
        context = {"conversation_id": str(number)}
        question = f"Which number follows {number}?"
        events = await asked(port, Transcript(question, context=context), until="handled-stop")
        assert texts(events, "handled") == [said_to(question)]

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task((transcribed, spoken, handled)[number % 3](number))
