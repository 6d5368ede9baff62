"""Whatever a client sends, in whatever order, while the engines report whatever they like."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.server.realtime.items import Message, OutputAudio
from assistant.server.realtime.spoken import WordEnd
from assistant.server.realtime.work import Respond, Transcribe
from tests.assistant.server.realtime.wired import Wired, silence, text_item

IDS = st.sampled_from(["mine", "other", "item_8", "item_12", "item_20", "root", "", "nobody's"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
DETECTION = st.sampled_from([None, {"type": "server_vad"}, {"type": "semantic_vad", "eagerness": "high"}])
ITEMS = st.one_of(
    st.builds(lambda id: text_item("Hello", id=id), st.sampled_from(["mine", "other", "root", ""])),
    st.just(text_item("Hello")),
    st.just({"type": "function_call", "name": "f", "arguments": "{}", "call_id": "c"}),
    st.just({"type": "function_call_output", "call_id": "c", "output": "1"}),
    st.just({"type": "message", "role": "user", "content": [{"type": "input_audio", "audio": silence(0.1)}]}),
    ANYTHING,
)
SESSIONS = st.one_of(
    st.builds(lambda found: {"type": "realtime", "audio": {"input": {"turn_detection": found}}}, DETECTION),
    st.sampled_from(
        [
            {"type": "realtime", "output_modalities": ["text"]},
            {"type": "realtime", "output_modalities": ["audio"]},
            {"type": "realtime", "audio": {"input": {"transcription": {}}}},
            {"type": "realtime", "audio": {"input": {"format": {"type": "audio/pcma"}}}},
            {"type": "realtime", "audio": {"output": {"format": {"type": "audio/pcmu"}}}},
            {"type": "realtime", "audio": {"output": {"voice": "alloy"}}},
        ]
    ),
    ANYTHING,
)
TRUNCATED = {"item_id": IDS, "content_index": st.integers(-1, 1), "audio_end_ms": st.integers(-1, 1500)}
SENT: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "session.update": {"session": SESSIONS},
    "input_audio_buffer.append": {"audio": st.sampled_from([silence(0.05), silence(0.2), "AA==", "", "?"])},
    "input_audio_buffer.commit": {},
    "input_audio_buffer.clear": {},
    "conversation.item.create": {"item": ITEMS, "previous_item_id": st.none() | IDS},
    "conversation.item.retrieve": {"item_id": IDS},
    "conversation.item.delete": {"item_id": IDS},
    "conversation.item.truncate": TRUNCATED,
    "response.create": {
        "response": st.none()
        | st.sampled_from([{"conversation": "none"}, {"output_modalities": ["text"]}, {"input": [text_item("Hi")]}])
        | ANYTHING
    },
    "response.cancel": {"response_id": st.none() | IDS},
    "output_audio_buffer.clear": {},
    "no.such.event": {"item": ANYTHING},
}
EVENTS = st.sampled_from(sorted(SENT)).flatmap(
    lambda type: st.fixed_dictionaries({"type": st.just(type), **SENT[type]})
)


@dataclass(frozen=True)
class Report:
    """Something that an engine does."""

    what: str


REPORTS = st.builds(
    Report,
    st.sampled_from(
        ["started", "stopped", "heard", "failed", "begin", "say", "say", "sound", "sound", "call", "finish", "cut"]
    ),
)
STEPS = st.integers(0, 99).flatmap(lambda number: REPORTS if number < 50 else EVENTS if number < 95 else ANYTHING)


class Engines:
    """Report what engines do, in any order."""

    def __init__(self, wired: Wired) -> None:
        self.wired = wired
        self.wanted: list[Transcribe] = []

    def report(self, what: str) -> None:
        protocol = self.wired.protocol
        response_id = protocol.active_response or "resp_0"
        if what == "started":
            protocol.speech_started(10)
        elif what == "stopped":
            protocol.speech_stopped(90)
        elif what == "heard" and not self.wanted:
            protocol.turn_heard("Good morning", 90, 80)
        elif what in ("heard", "failed") and self.wanted:
            work = self.wanted.pop()
            protocol.transcribed(work, "Hello") if what == "heard" else protocol.transcription_failed(work, "gone")
        elif what == "begin" and protocol.active_response is None:
            self.wants_audio = protocol.settings.wants_audio
            protocol.begin_response()
        elif what == "say":
            protocol.say(response_id, "word ")
        elif what == "sound" and self.wants_audio:
            protocol.sound(response_id, np.zeros(2400, np.int16), [WordEnd(100, 4)])
        elif what == "call":
            protocol.call(response_id, "c", "f", "{}")
        elif what == "finish":
            protocol.finish(response_id, "completed")
        elif what == "cut":
            for item in protocol.conversation.items:
                protocol.cut(item.id, "word"[:3])
        self.wired.take()

    wants_audio = False

    def note(self) -> None:
        for work in self.wired.work:
            if isinstance(work, Transcribe):
                self.wanted.append(work)
            if isinstance(work, Respond):
                self.wants_audio = work.plan.wants_audio


@settings(max_examples=300, deadline=None)
@given(st.lists(STEPS, min_size=10, max_size=60))
def test_no_order_of_events_breaks_the_order_of_the_answers(steps: list[Any]) -> None:
    wired = Wired()
    engines = Engines(wired)
    for step in steps:
        if isinstance(step, Report):
            engines.report(step.what)
            continue
        before = len(wired.order.seen)
        wired.send_text(json.dumps(step))
        engines.note()
        is_append = isinstance(step, dict) and step.get("type") == "input_audio_buffer.append"
        assert is_append or len(wired.order.seen) > before, "an event was not answered"
    for item in wired.protocol.conversation.items:
        if isinstance(item, Message) and item.parts and isinstance(part := item.parts[0], OutputAudio):
            assert part.spoken.text.startswith(part.spoken.remembered)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda data: data.decode("latin-1")))
def test_no_text_at_all_raises(text: str) -> None:
    (event,) = Wired().send_text(text)
    assert event["type"] == "error"


@settings(max_examples=100, deadline=None)
@given(EVENTS, st.integers(0, 400), st.sampled_from(["", "}", '"', "\\", "\x00", "null"]))
def test_no_damaged_event_raises(event: dict[str, Any], at: int, put: str) -> None:
    text = json.dumps(event)
    at %= len(text)
    Wired().send_text(text[:at] + put + text[at + 1 :])
