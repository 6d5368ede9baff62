import json
from typing import Any

import numpy as np
import pytest

from assistant.conversation.messages import Usage
from assistant.server.realtime.spoken import WordEnd
from assistant.server.realtime.wire_audio import Encoding, encoded
from assistant.server.realtime.work import Configure, ForgetHeard, Hear, Respond, Stop, Transcribe
from tests.assistant.server.realtime.wired import Wired, silence, text_item, types

HALF_A_SECOND = np.zeros(12_000, np.int16)


@pytest.fixture
def wired() -> Wired:
    return Wired()


def spoken_answer(wired: Wired) -> str:
    """Have the assistant say "Good morning to you." in two seconds; the item's id."""
    wired.send("response.create")
    (respond,) = wired.work
    assert isinstance(respond, Respond)
    wired.protocol.say(respond.response_id, "Good morning to you.")
    ends = [WordEnd(500, 4), WordEnd(1000, 12), WordEnd(1500, 15), WordEnd(2000, 20)]
    wired.protocol.sound(respond.response_id, np.zeros(48_000, np.int16), ends)
    wired.protocol.finish(respond.response_id, "completed")
    done = wired.take()[-1]
    item_id: str = done["response"]["output"][0]["id"]
    return item_id


def remembered(wired: Wired, item_id: str) -> str:
    (event,) = wired.send("conversation.item.retrieve", item_id=item_id)
    transcript: str = event["item"]["content"][0]["transcript"]
    return transcript


def test_a_session_opens_with_all_its_settings(wired: Wired) -> None:
    assert types(wired.opening) == ["session.created", "conversation.created"]
    session = wired.opening[0]["session"]
    assert session["instructions"] == "Be brief." and session["audio"]["output"]["voice"] == "amy"
    assert session["audio"]["input"]["turn_detection"]["type"] == "server_vad"


def test_a_text_turn_goes_in_the_order_that_clients_rely_on(wired: Wired) -> None:
    wired.update(output_modalities=["text"])
    assert types(wired.send("conversation.item.create", item=text_item("Hello"))) == [
        "conversation.item.added",
        "conversation.item.done",
    ]
    assert types(wired.send("response.create")) == ["response.created"]
    (respond,) = wired.work
    assert isinstance(respond, Respond) and len(respond.items) == 1 and not respond.plan.wants_audio
    wired.protocol.say(respond.response_id, "Good ")
    wired.protocol.say(respond.response_id, "day.")
    wired.protocol.finish(respond.response_id, "completed", usage=Usage(7, 3, 2))
    events = wired.take()
    assert types(events) == [
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "conversation.item.done",
        "response.done",
    ]
    response = events[-1]["response"]
    assert response["output"][0]["content"] == [{"type": "output_text", "text": "Good day."}]
    assert response["usage"]["total_tokens"] == 10


def test_a_spoken_turn_that_the_server_finds(wired: Wired) -> None:
    wired.update(audio={"input": {"transcription": {"model": "whisper-1"}}})
    wired.send("input_audio_buffer.append", audio=silence(0.5))
    (heard,) = wired.work
    assert isinstance(heard, Hear) and len(heard.samples) == 12_000
    wired.protocol.speech_started(100)
    wired.protocol.speech_stopped(400)
    item_id = wired.protocol.turn_heard("Good morning", 400, 300)
    response_id = wired.protocol.begin_response()
    wired.protocol.say(response_id, "Hello.")
    wired.protocol.sound(response_id, HALF_A_SECOND, [WordEnd(400, 6)])
    wired.protocol.finish(response_id, "completed")
    events = wired.take()
    assert types(events) == [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.input_audio_transcription.delta",
        "conversation.item.input_audio_transcription.completed",
        "conversation.item.done",
        "response.created",
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "response.output_audio_transcript.delta",
        "response.output_audio.delta",
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "response.output_item.done",
        "conversation.item.done",
        "response.done",
    ]
    assert events[0]["item_id"] == item_id == events[2]["item_id"]
    assert events[9]["previous_item_id"] == item_id


def test_what_is_committed_by_hand_is_transcribed(wired: Wired) -> None:
    wired.push_to_talk()
    wired.send("input_audio_buffer.append", audio=silence(0.6))
    assert types(wired.send("input_audio_buffer.commit")) == [
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
    ]
    (wanted,) = wired.work
    assert isinstance(wanted, Transcribe) and len(wanted.samples) == 14_400
    wired.protocol.transcribed(wanted, "Good morning")
    events = wired.take()
    assert types(events)[-1] == "conversation.item.input_audio_transcription.completed"
    assert events[-1]["usage"] == {"type": "duration", "seconds": 0.6}
    assert remembered(wired, wanted.item_id) == "Good morning"


def test_speech_that_is_under_way_when_the_client_takes_over_the_turns_is_its_next_item(wired: Wired) -> None:
    wired.protocol.speech_started(100)
    (started,) = wired.take()
    assert types(wired.update(audio={"input": {"turn_detection": None}})) == [
        "input_audio_buffer.speech_stopped",
        "session.updated",
    ]
    wired.send("input_audio_buffer.append", audio=silence(0.5))
    assert wired.send("input_audio_buffer.commit")[0]["item_id"] == started["item_id"]


def test_what_is_committed_faster_than_it_is_transcribed_has_to_wait(wired: Wired) -> None:
    wired.push_to_talk()
    minutes = silence(5 * 60 - 1)
    for _ in range(2):
        wired.send("input_audio_buffer.append", audio=minutes[: len(minutes) // 2])
        wired.send("input_audio_buffer.append", audio=minutes[len(minutes) // 2 :])
        wired.send("input_audio_buffer.commit")
    (wanted,) = wired.work
    assert isinstance(wanted, Transcribe)
    wired.send("input_audio_buffer.append", audio=silence(60))
    assert wired.refused("input_audio_buffer.commit")["code"] == "transcription_busy"
    wired.protocol.transcribed(wanted, "")
    wired.take()
    assert types(wired.send("input_audio_buffer.commit"))[0] == "input_audio_buffer.committed"


def test_a_transcription_that_fails_says_so(wired: Wired) -> None:
    wired.push_to_talk()
    wired.send("input_audio_buffer.append", audio=silence(0.6))
    wired.send("input_audio_buffer.commit")
    (wanted,) = wired.work
    assert isinstance(wanted, Transcribe)
    wired.protocol.transcription_failed(wanted, "the engine is gone")
    (event,) = wired.take()
    assert event["type"] == "conversation.item.input_audio_transcription.failed"
    assert event["error"]["message"] == "the engine is gone"


def test_transcripts_are_not_shown_unasked(wired: Wired) -> None:
    wired.update(audio={"input": {"turn_detection": None}})
    wired.send("input_audio_buffer.append", audio=silence(0.6))
    wired.send("input_audio_buffer.commit")
    (wanted,) = wired.work
    assert isinstance(wanted, Transcribe)
    wired.protocol.transcribed(wanted, "Good morning")
    assert wired.take() == []


@pytest.mark.parametrize(
    ("heard_ms", "words"),
    [
        (0, ""),
        (499, ""),
        (500, "Good"),
        (1400, "Good morning"),
        (1999, "Good morning to"),
        (2000, "Good morning to you."),
    ],
)
def test_truncating_cuts_what_is_remembered_at_the_last_word_heard(wired: Wired, heard_ms: int, words: str) -> None:
    item_id = spoken_answer(wired)
    events = wired.send("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=heard_ms)
    assert types(events) == ["conversation.item.truncated"]
    assert remembered(wired, item_id) == words


def test_what_was_truncated_does_not_come_back(wired: Wired) -> None:
    item_id = spoken_answer(wired)
    truncate = {"item_id": item_id, "content_index": 0}
    wired.send("conversation.item.truncate", **truncate, audio_end_ms=1000)
    error = wired.refused("conversation.item.truncate", **truncate, audio_end_ms=1500)
    assert (error["code"], error["param"]) == ("invalid_value", "audio_end_ms")
    assert remembered(wired, item_id) == "Good morning"
    wired.send("conversation.item.truncate", **truncate, audio_end_ms=500)
    assert remembered(wired, item_id) == "Good"


def test_the_client_knows_better_than_the_server_what_was_heard(wired: Wired) -> None:
    item_id = spoken_answer(wired)
    wired.protocol.cut(item_id, "Good")
    assert remembered(wired, item_id) == "Good"
    wired.send("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=1000)
    wired.protocol.cut(item_id, "")
    assert remembered(wired, item_id) == "Good morning"


def test_what_cannot_be_truncated(wired: Wired) -> None:
    item_id = spoken_answer(wired)
    wired.send("conversation.item.create", item=text_item("Hello", id="mine"))

    def refused(item_id: str, content_index: int, audio_end_ms: int) -> Any:
        return wired.refused(
            "conversation.item.truncate", item_id=item_id, content_index=content_index, audio_end_ms=audio_end_ms
        )["param"]

    assert refused(item_id, 0, 2100) == "audio_end_ms"
    assert refused(item_id, 1, 0) == "content_index"
    assert refused("mine", 0, 0) == "item_id"
    assert refused("nobody's", 0, 0) == "item_id"
    assert refused(item_id, 0, -1) == "audio_end_ms"
    assert remembered(wired, item_id) == "Good morning to you."


def test_a_cancelled_response_ends_in_order_and_what_comes_later_is_dropped(wired: Wired) -> None:
    wired.send("response.create")
    (respond,) = wired.work
    assert isinstance(respond, Respond)
    wired.protocol.say(respond.response_id, "Good")
    wired.protocol.sound(respond.response_id, HALF_A_SECOND, [])
    wired.take()
    events = wired.send("response.cancel", response_id=respond.response_id)
    assert wired.work == [Stop(respond.response_id)]
    assert types(events)[-2:] == ["conversation.item.done", "response.done"]
    assert events[-1]["response"]["status_details"] == {"type": "cancelled", "reason": "client_cancelled"}
    assert events[-2]["item"]["status"] == "incomplete"
    wired.protocol.say(respond.response_id, " morning")
    wired.protocol.finish(respond.response_id, "completed")
    assert wired.take() == []


def test_functions_are_called_and_answered(wired: Wired) -> None:
    weather = {"type": "function", "name": "weather", "parameters": {"type": "object", "properties": {}}}
    wired.update(tools=[weather])
    wired.send("response.create")
    (respond,) = wired.work
    assert isinstance(respond, Respond) and respond.plan.tools[0].name == "weather"
    wired.protocol.say(respond.response_id, "Let me see.")
    wired.protocol.call(respond.response_id, "call_1", "weather", '{"city": "Rome"}')
    wired.protocol.finish(respond.response_id, "completed")
    events = wired.take()
    assert types(events)[-7:] == [
        "response.output_item.added",
        "conversation.item.added",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "response.output_item.done",
        "conversation.item.done",
        "response.done",
    ]
    output = {"type": "function_call_output", "call_id": "call_1", "output": "sunny"}
    assert types(wired.send("conversation.item.create", item=output))[0] == "conversation.item.added"
    unknown = {**output, "call_id": "call_2"}
    assert wired.refused("conversation.item.create", item=unknown)["code"] == "invalid_tool_call_id"


def test_tools_are_not_offered_where_none_may_be_called(wired: Wired) -> None:
    wired.update(tools=[{"type": "function", "name": "weather"}])
    wired.send("response.create", response={"tool_choice": "none"})
    (respond,) = wired.work
    assert isinstance(respond, Respond) and respond.plan.tools == ()


def test_images_become_part_of_the_conversation(wired: Wired) -> None:
    image = {"type": "input_image", "image_url": "data:image/png;base64,iVBORw0KGgo="}
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "What is this?"}, image]}
    added, _ = wired.send("conversation.item.create", item=item)
    assert added["item"]["content"][1] == {**image, "detail": "auto"}
    image["image_url"] = "https://example.org/picture.png"
    assert wired.refused("conversation.item.create", item=item)["param"] == "item.content[1].image_url"
    image["image_url"] = "data:image/png;base64,no base64"
    assert wired.refused("conversation.item.create", item=item)["param"] == "item.content[1].image_url"


def test_items_are_placed_shown_and_deleted(wired: Wired) -> None:
    for id, after in (("a", None), ("b", None), ("first", "root"), ("between", "a")):
        fields = {"previous_item_id": after} if after else {}
        wired.send("conversation.item.create", item=text_item(id, id=id), **fields)
    assert [item.id for item in wired.protocol.conversation.items] == ["first", "a", "between", "b"]
    assert types(wired.send("conversation.item.delete", item_id="a")) == ["conversation.item.deleted"]
    assert wired.refused("conversation.item.retrieve", item_id="a")["code"] == "item_not_found"
    assert wired.refused("conversation.item.create", item=text_item("x", id="b"))["code"] == "item_already_exists"
    error = wired.refused("conversation.item.create", item=text_item("x"), previous_item_id="a")
    assert error["param"] == "previous_item_id"


def test_a_response_outside_of_the_conversation_leaves_it_alone(wired: Wired) -> None:
    asked = {
        "conversation": "none",
        "output_modalities": ["text"],
        "instructions": "Count.",
        "metadata": {"topic": "numbers"},
        "input": [text_item("One"), {"type": "item_reference", "id": "mine"}],
    }
    wired.send("conversation.item.create", item=text_item("Two", id="mine"))
    wired.send("response.create", response=asked)
    (respond,) = wired.work
    assert isinstance(respond, Respond) and respond.plan.instructions == "Count." and respond.items[1].id == "mine"
    wired.protocol.say(respond.response_id, "Three.")
    wired.protocol.finish(respond.response_id, "completed")
    events = wired.take()
    assert not [event for event in events if event["type"].startswith("conversation.")]
    assert events[-1]["response"]["metadata"] == {"topic": "numbers"}
    assert [item.id for item in wired.protocol.conversation.items] == ["mine"]
    asked["input"] = [{"type": "item_reference", "id": "gone"}]
    assert wired.refused("response.create", response=asked)["param"] == "response.input[0].id"


def test_one_response_at_a_time(wired: Wired) -> None:
    wired.send("response.create")
    assert wired.refused("response.create")["code"] == "conversation_already_has_active_response"
    assert wired.refused("response.cancel", response_id="resp_0")["code"] == "response_cancel_not_active"
    wired.send("response.cancel")
    assert wired.refused("response.cancel")["code"] == "response_cancel_not_active"


def test_too_little_sound_cannot_be_committed(wired: Wired) -> None:
    wired.push_to_talk()
    assert wired.refused("input_audio_buffer.commit")["code"] == "input_audio_buffer_commit_empty"
    wired.send("input_audio_buffer.append", audio=silence(0.05))
    error = wired.refused("input_audio_buffer.commit")
    assert error["code"] == "input_audio_buffer_commit_empty" and "50.00 ms" in error["message"]
    wired.send("input_audio_buffer.append", audio=silence(0.2))
    assert types(wired.send("input_audio_buffer.clear")) == ["input_audio_buffer.cleared"]
    assert wired.refused("input_audio_buffer.commit")["code"] == "input_audio_buffer_commit_empty"


def test_the_server_commits_where_it_finds_the_turns(wired: Wired) -> None:
    assert wired.refused("input_audio_buffer.commit")["code"] == "input_audio_buffer_commit_not_allowed"
    wired.send("input_audio_buffer.clear")
    assert wired.work == [ForgetHeard()]


def test_a_sample_may_come_in_two_events(wired: Wired) -> None:
    wired.send("input_audio_buffer.append", audio="AQI=")  # 01 02
    wired.send("input_audio_buffer.append", audio="Aw==")  # 03
    assert wired.work == []
    wired.send("input_audio_buffer.append", audio="BA==")  # 04
    (heard,) = wired.work
    assert isinstance(heard, Hear) and heard.samples.tolist() == [0x0403]


def test_sound_beyond_ten_minutes_is_refused(wired: Wired) -> None:
    wired.push_to_talk()
    minute = silence(60)
    for _ in range(10):
        assert wired.send("input_audio_buffer.append", audio=minute) == []
    assert wired.refused("input_audio_buffer.append", audio=minute)["code"] == "input_audio_buffer_full"


def test_telephone_sound_both_ways(wired: Wired) -> None:
    format = {"type": "audio/pcmu"}
    wired.update(audio={"input": {"format": format}, "output": {"format": format}})
    sound = np.arange(-4000, 4000, dtype=np.int16)
    data = encoded(sound, Encoding.MU_LAW)
    wired.protocol.receive(json.dumps({"type": "input_audio_buffer.append", "audio": _base64(data)}))
    wired.take()
    (heard,) = wired.work
    assert isinstance(heard, Hear) and heard.rate_hz == 8000 and len(heard.samples) == 8000
    response_id = wired.protocol.begin_response()
    wired.protocol.sound(response_id, sound, [])
    deltas = [event for event in wired.take() if event["type"] == "response.output_audio.delta"]
    assert deltas[0]["delta"] == _base64(data)


def test_settings_are_changed_in_part(wired: Wired) -> None:
    before = wired.opening[0]["session"]
    vad = {"type": "server_vad", "silence_duration_ms": 700}
    (event,) = wired.update(instructions="Sing.", audio={"input": {"turn_detection": vad}, "output": {"speed": 1.2}})
    session = event["session"]
    assert isinstance(wired.work[0], Configure)
    assert session["instructions"] == "Sing." and session["audio"]["output"]["speed"] == 1.2
    assert session["audio"]["output"]["voice"] == before["audio"]["output"]["voice"]
    assert session["audio"]["input"]["turn_detection"]["silence_duration_ms"] == 700
    assert session["audio"]["input"]["turn_detection"]["threshold"] == 0.5
    (event,) = wired.update(audio={"input": {"turn_detection": {"type": "semantic_vad", "eagerness": "low"}}})
    assert event["session"]["audio"]["input"]["turn_detection"] == {
        "type": "semantic_vad",
        "eagerness": "low",
        "create_response": True,
        "interrupt_response": True,
    }


@pytest.mark.parametrize(
    ("session", "code", "param"),
    [
        ({"speed": 1}, "unknown_parameter", "session.speed"),
        ({"audio": {"output": {"speed": 9.0}}}, "invalid_value", "session.audio.output.speed"),
        ({"audio": {"output": {"voice": "nobody"}}}, "invalid_value", "session.audio.output.voice"),
        ({"audio": {"input": {"format": {"type": "audio/mp3"}}}}, "invalid_value", "session.audio.input.format.type"),
        (
            {"audio": {"input": {"format": {"type": "audio/pcm", "rate": 16000}}}},
            "invalid_value",
            "session.audio.input.format.rate",
        ),
        ({"instructions": 7}, "invalid_type", "session.instructions"),
        ({"output_modalities": ["text", "audio"]}, "invalid_value", "session.output_modalities"),
        ({"type": "transcription"}, "invalid_value", "session.type"),
        ({"tools": [{"type": "function"}]}, "missing_required_parameter", "session.tools[0].name"),
        ({"tools": [{"type": "mcp", "server_label": "x"}]}, "unsupported_value", "session.tools"),
        ({"tool_choice": "required"}, "unsupported_value", "session.tool_choice"),
        ({"prompt": {"id": "p"}}, "unsupported_value", "session.prompt"),
        (
            {"audio": {"input": {"turn_detection": {"type": "server_vad", "threshold": "high"}}}},
            "invalid_type",
            "session.audio.input.turn_detection.threshold",
        ),
    ],
)
def test_settings_that_cannot_be_had_change_nothing(
    wired: Wired, session: dict[str, Any], code: str, param: str
) -> None:
    before = wired.protocol.settings
    error = wired.refused("session.update", session={"type": "realtime", "instructions": "X", **session})
    assert (error["code"], error["param"]) == (code, param)
    assert wired.protocol.settings == before


def test_the_voice_stays_once_it_was_heard(wired: Wired) -> None:
    wired.update(audio={"output": {"voice": "alloy"}})
    spoken_answer(wired)
    error = wired.refused("session.update", session={"type": "realtime", "audio": {"output": {"voice": "amy"}}})
    assert error["code"] == "cannot_update_voice"


@pytest.mark.parametrize(
    ("text", "code", "param"),
    [
        ("", "invalid_json", None),
        ("{", "invalid_json", None),
        ("[" * 100_000, "invalid_json", None),
        ('{"type": NaN}', "invalid_json", None),
        ("[]", "invalid_event", None),
        ("{}", "missing_required_parameter", "type"),
        ('{"type": 3}', "invalid_value", "type"),
        ('{"type": "session.destroy"}', "invalid_value", "type"),
        ('{"type": "transcription_session.update"}', "invalid_value", "type"),
        ('{"type": "output_audio_buffer.clear"}', "unsupported_event", "type"),
        ('{"type": "input_audio_buffer.append"}', "missing_required_parameter", "audio"),
        ('{"type": "input_audio_buffer.append", "audio": "!"}', "invalid_value", "audio"),
        ('{"type": "input_audio_buffer.append", "audio": "\\ud800"}', "invalid_value", "audio"),
        ('{"type": "input_audio_buffer.append", "audio": 5}', "invalid_type", "audio"),
        ('{"type": "input_audio_buffer.commit", "now": true}', "unknown_parameter", "now"),
        ('{"type": "session.update", "session": 5}', "invalid_type", "session"),
        ('{"type": "conversation.item.create", "item": {}}', "missing_required_parameter", "item.type"),
        ('{"type": "conversation.item.create", "item": {"type": "mcp_call"}}', "invalid_value", "item.type"),
        (
            '{"type": "conversation.item.create", "item": {"type": "message", "role": "user", "content": [{}]}}',
            "missing_required_parameter",
            "item.content[0].type",
        ),
    ],
)
def test_what_cannot_be_understood_is_answered_and_the_session_goes_on(
    wired: Wired, text: str, code: str, param: str | None
) -> None:
    (event,) = wired.send_text(text)
    assert (event["error"]["code"], event["error"]["param"]) == (code, param)
    assert types(wired.update(instructions="Go on.")) == ["session.updated"]


def test_errors_name_the_clients_event(wired: Wired) -> None:
    assert wired.refused("response.cancel", event_id="mine")["event_id"] == "mine"
    assert wired.refused("no.such.event", event_id="mine")["event_id"] == "mine"
    assert wired.refused("response.cancel", event_id=7)["event_id"] is None


def test_sound_that_comes_faster_than_it_is_listened_to_is_refused_at_last(wired: Wired) -> None:
    wired.protocol.unheard(599.5)
    assert wired.send("input_audio_buffer.append", audio=silence(0.4)) == []
    assert wired.refused("input_audio_buffer.append", audio=silence(0.6))["code"] == "input_audio_buffer_full"
    wired.protocol.unheard(0.0)
    assert wired.send("input_audio_buffer.append", audio=silence(0.6)) == []


def test_a_conversation_does_not_grow_without_end(wired: Wired) -> None:
    image = {"type": "input_image", "image_url": "data:image/png;base64," + "A" * 8_000_000}
    item = {"type": "message", "role": "user", "content": [image]}
    text = json.dumps({"type": "conversation.item.create", "item": item})
    codes = []
    for _ in range(4):
        wired.protocol.receive(text)
        codes.append(json.loads(wired.protocol.events_to_send()[0]).get("error", {}).get("code"))
    assert codes == [None, None, None, "conversation_too_large"]


def _base64(data: bytes) -> str:
    from base64 import b64encode

    return b64encode(data).decode()
