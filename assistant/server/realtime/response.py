"""One response on its way out: its items and parts begin and end in the order that clients rely on."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from assistant.conversation.messages import Usage
from assistant.server.realtime.conversation import Conversation
from assistant.server.realtime.items import FunctionCall, Item, Message, OutputAudio, OutputText
from assistant.server.realtime.session_settings import WORD_TIMES
from assistant.server.realtime.spoken import WordEnd
from assistant.server.realtime.wire_audio import encoded
from assistant.server.realtime.work import ResponsePlan
from assistant.sharing.turns import BUSY, BUSY_CODE
from audio.frames import Pcm16

Emit: TypeAlias = Callable[..., None]
"""Called with the event's type, and its fields by name."""

Outcome: TypeAlias = Literal["completed", "cancelled", "failed", "incomplete"]
Reason: TypeAlias = Literal["turn_detected", "client_cancelled", "max_output_tokens"]

DELTA_SAMPLES = 12_000
"""At most so much sound in one event: half a second at 24 kHz, 32 kB of base64."""


@dataclass(slots=True)
class Response:
    """A response under way. `new_id` makes ids; `conversation` is None for one that is outside of it."""

    id: str
    plan: ResponsePlan
    conversation: Conversation | None
    emit: Emit
    new_id: Callable[[str], str]
    _output: list[Item] = field(default_factory=list)
    _message: Message | None = None
    """The message that is being written."""

    @property
    def message_id(self) -> str | None:
        """Of the message that is being written."""
        return self._message.id if self._message is not None else None

    def begin(self) -> None:
        self.emit("response.created", response=self._shown("in_progress"))

    def say(self, text: str) -> None:
        """More of the answer's text; beside sound, its transcript."""
        if not text:
            return
        part, where = self._part()
        if isinstance(part, OutputAudio):
            part.spoken.say(text)
            self.emit("response.output_audio_transcript.delta", **where, delta=text)
        else:
            part.text += text
            self.emit("response.output_text.delta", **where, delta=text)

    def sound(self, samples: Pcm16, ends: list[WordEnd]) -> None:
        """More of the answer's sound, at the rate of the plan's encoding; `ends` as in `Spoken.sound`."""
        part, where = self._part()
        if not isinstance(part, OutputAudio):
            return  # this response is text
        part.spoken.sound(1000 * len(samples) / self.plan.encoding.rate_hz, ends)
        for start in range(0, len(samples), DELTA_SAMPLES):
            data = encoded(samples[start : start + DELTA_SAMPLES], self.plan.encoding)
            self.emit("response.output_audio.delta", **where, delta=b64encode(data).decode())
        if ends and self.plan.wants_word_times:
            words = [{"end_ms": round(word.at_ms), "end": word.end} for word in ends]
            self.emit(WORD_TIMES, **where, words=words)

    def call(self, call_id: str, name: str, arguments: str) -> None:
        """The model calls a function of the client's."""
        self._end_message("completed")
        item = FunctionCall(id=self.new_id("item"), call_id=call_id, name=name, status="in_progress")
        self._begin_item(item)
        where = {"response_id": self.id, "item_id": item.id, "output_index": len(self._output) - 1, "call_id": call_id}
        item.arguments = arguments
        self.emit("response.function_call_arguments.delta", **where, delta=arguments)
        self.emit("response.function_call_arguments.done", **where, name=name, arguments=arguments)
        self._end_item(item, "completed")

    def finish(
        self, outcome: Outcome, *, reason: Reason | None = None, error: str = "", usage: Usage | None = None
    ) -> None:
        """Nothing more comes."""
        self._end_message("completed" if outcome == "completed" else "incomplete")
        details: dict[str, Any] | None = None
        if outcome != "completed":
            details = {"type": outcome}
            if reason is not None:
                details["reason"] = reason
            if error:
                code = BUSY_CODE if error.startswith(BUSY) else "engine_failed"
                details["error"] = {"type": "server_error", "code": code, "message": error}
        self.emit("response.done", response=self._shown(outcome, details, usage))

    def _part(self) -> tuple[OutputText | OutputAudio, dict[str, Any]]:
        """The part that is being written; begins it where there is none."""
        message = self._message
        if message is None:
            part: OutputText | OutputAudio = OutputAudio() if self.plan.wants_audio else OutputText()
            message = self._message = Message(id=self.new_id("item"), role="assistant", parts=[], status="in_progress")
            self._begin_item(message)
            message.parts.append(part)
            self.emit("response.content_part.added", **self._where(message), part=_shown_part(part, is_begun=True))
        written = message.parts[0]
        if not isinstance(written, OutputText | OutputAudio):
            raise TypeError(f"not a part of an answer: {written!r}")
        return written, self._where(message)

    def _where(self, message: Message) -> dict[str, Any]:
        return {
            "response_id": self.id,
            "item_id": message.id,
            "output_index": self._output.index(message),
            "content_index": 0,
        }

    def _begin_item(self, item: Item) -> None:
        self._output.append(item)
        index, shown = len(self._output) - 1, item.shown()
        self.emit("response.output_item.added", response_id=self.id, output_index=index, item=shown)
        if self.conversation is not None:
            before = self.conversation.last_id
            self.conversation.append(item)
            self.emit("conversation.item.added", previous_item_id=before, item=shown)

    def _end_message(self, status: Literal["completed", "incomplete"]) -> None:
        message, self._message = self._message, None
        if message is None:
            return
        part, where = message.parts[0], self._where(message)
        if isinstance(part, OutputAudio):
            self.emit("response.output_audio.done", **where)
            self.emit("response.output_audio_transcript.done", **where, transcript=part.spoken.text)
        elif isinstance(part, OutputText):
            self.emit("response.output_text.done", **where, text=part.text)
        self.emit("response.content_part.done", **where, part=_shown_part(part))
        self._end_item(message, status)

    def _end_item(self, item: Item, status: Literal["completed", "incomplete"]) -> None:
        item.status = status
        index, shown = self._output.index(item), item.shown()
        self.emit("response.output_item.done", response_id=self.id, output_index=index, item=shown)
        if self.conversation is not None:
            self.emit("conversation.item.done", previous_item_id=self.conversation.before(item), item=shown)

    def _shown(self, status: str, details: dict[str, Any] | None = None, usage: Usage | None = None) -> dict[str, Any]:
        plan = self.plan
        return {
            "id": self.id,
            "object": "realtime.response",
            "status": status,
            "status_details": details,
            "output": [item.shown() for item in self._output],
            "conversation_id": self.conversation.id if self.conversation is not None else None,
            "output_modalities": ["audio"] if plan.wants_audio else ["text"],
            "max_output_tokens": plan.max_output_tokens or "inf",
            "audio": {"output": {"format": plan.shown_format(), "voice": plan.voice}},
            "metadata": plan.metadata,
            "usage": None if usage is None else _shown_usage(usage),
        }


def _shown_part(part: object, *, is_begun: bool = False) -> dict[str, Any]:
    if isinstance(part, OutputAudio):
        return {"type": "audio", "transcript": "" if is_begun else part.spoken.text}
    return {"type": "text", "text": part.text if isinstance(part, OutputText) and not is_begun else ""}


def _shown_usage(usage: Usage) -> dict[str, Any]:
    cached = usage.cached_tokens or 0
    return {
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "input_tokens": usage.prompt_tokens,
        "output_tokens": usage.completion_tokens,
        "input_token_details": {"text_tokens": usage.prompt_tokens, "audio_tokens": 0, "cached_tokens": cached},
        "output_token_details": {"text_tokens": usage.completion_tokens, "audio_tokens": 0},
    }
