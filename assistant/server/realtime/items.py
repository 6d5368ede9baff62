"""The items of a conversation: as a client sends them, as they are kept, and as they are shown."""

import binascii
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, TypeAdapter, ValidationError

from assistant.server.realtime.refusal import Refusal, refusal_of
from assistant.server.realtime.session_settings import Wire
from assistant.server.realtime.spoken import Spoken

LONGEST_TEXT = 200_000
LARGEST_IMAGE = 12_000_000
"""Characters of the `data:` URL."""
IMAGES = ("data:image/png;base64,", "data:image/jpeg;base64,", "data:image/webp;base64,", "data:image/gif;base64,")

Id: TypeAlias = Annotated[str, Field(min_length=1, max_length=64)]
Text: TypeAlias = Annotated[str, Field(max_length=LONGEST_TEXT)]
Status: TypeAlias = Literal["completed", "incomplete", "in_progress"]


# --- as a client sends them -------------------------------------------------------------------------------


class SentText(Wire):
    type: Literal["input_text"]
    text: Text


class SentAudio(Wire):
    type: Literal["input_audio"]
    audio: str
    transcript: Text | None = None


class SentImage(Wire):
    type: Literal["input_image"]
    image_url: str = Field(max_length=LARGEST_IMAGE)
    detail: Literal["auto", "low", "high"] = "auto"


class SentAnswer(Wire):
    type: Literal["output_text", "text"] = "output_text"
    text: Text


class _Sent(Wire):
    id: Id | None = None
    object: Literal["realtime.item"] | None = None
    status: Status | None = None


class SystemMessage(_Sent):
    type: Literal["message"]
    role: Literal["system"]
    content: list[SentText] = Field(min_length=1, max_length=32)


class UserMessage(_Sent):
    type: Literal["message"]
    role: Literal["user"]
    content: list[Annotated[SentText | SentAudio | SentImage, Field(discriminator="type")]] = Field(
        min_length=1, max_length=32
    )


class AssistantMessage(_Sent):
    type: Literal["message"]
    role: Literal["assistant"]
    content: list[SentAnswer] = Field(min_length=1, max_length=32)


class SentCall(_Sent):
    type: Literal["function_call"]
    name: Annotated[str, Field(min_length=1, max_length=64)]
    arguments: Text
    call_id: Id | None = None


class SentOutput(_Sent):
    type: Literal["function_call_output"]
    call_id: Id
    output: Text


SentMessage: TypeAlias = Annotated[SystemMessage | UserMessage | AssistantMessage, Field(discriminator="role")]
SentItem: TypeAlias = Annotated[SentMessage | SentCall | SentOutput, Field(discriminator="type")]
_MESSAGE: TypeAdapter[Any] = TypeAdapter(SentMessage)
_KINDS: dict[str, TypeAdapter[Any]] = {
    "message": _MESSAGE,
    "function_call": TypeAdapter(SentCall),
    "function_call_output": TypeAdapter(SentOutput),
}


# --- as they are kept -------------------------------------------------------------------------------------


@dataclass(slots=True)
class InputText:
    text: str

    def shown(self) -> dict[str, Any]:
        return {"type": "input_text", "text": self.text}


@dataclass(slots=True)
class InputAudio:
    """Sound of the user's. It is not kept; its words are, once they are known."""

    duration_ms: float
    transcript: str | None = None
    is_shown: bool = False
    """Whether the client asked for transcripts."""

    def shown(self) -> dict[str, Any]:
        return {"type": "input_audio", "transcript": self.transcript if self.is_shown else None}


@dataclass(slots=True)
class InputImage:
    url: str
    detail: Literal["auto", "low", "high"]

    def shown(self) -> dict[str, Any]:
        return {"type": "input_image", "image_url": self.url, "detail": self.detail}


@dataclass(slots=True)
class OutputText:
    text: str = ""

    def shown(self) -> dict[str, Any]:
        return {"type": "output_text", "text": self.text}


@dataclass(slots=True)
class OutputAudio:
    """What the assistant said."""

    spoken: Spoken = field(default_factory=Spoken)

    def shown(self) -> dict[str, Any]:
        return {"type": "output_audio", "transcript": self.spoken.remembered}


Part: TypeAlias = InputText | InputAudio | InputImage | OutputText | OutputAudio


@dataclass(slots=True, kw_only=True)
class Message:
    id: str
    role: Literal["system", "user", "assistant"]
    parts: list[Part]
    status: Status = "completed"

    def shown(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "realtime.item",
            "type": "message",
            "status": self.status,
            "role": self.role,
            "content": [part.shown() for part in self.parts],
        }


@dataclass(slots=True, kw_only=True)
class FunctionCall:
    id: str
    call_id: str
    name: str
    arguments: str = ""
    status: Status = "completed"

    def shown(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "realtime.item",
            "type": "function_call",
            "status": self.status,
            "name": self.name,
            "call_id": self.call_id,
            "arguments": self.arguments,
        }


@dataclass(slots=True, kw_only=True)
class FunctionOutput:
    id: str
    call_id: str
    output: str
    status: Status = "completed"

    def shown(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "realtime.item",
            "type": "function_call_output",
            "status": self.status,
            "call_id": self.call_id,
            "output": self.output,
        }


Item: TypeAlias = Message | FunctionCall | FunctionOutput


@dataclass(frozen=True, slots=True)
class Received:
    """An item that a client has sent, and the sound in it, by content index, in the session's input format."""

    item: Item
    sounds: dict[int, bytes]


def received(raw: object, new_id: str, within: str) -> Received:
    """Take a client's item in; `new_id` is for one that has no id of its own. Raises Refusal."""
    sent = _parsed(raw, within)
    id = sent.id or new_id
    match sent:
        case SentCall():
            return Received(
                FunctionCall(id=id, call_id=sent.call_id or id, name=sent.name, arguments=sent.arguments), {}
            )
        case SentOutput():
            return Received(FunctionOutput(id=id, call_id=sent.call_id, output=sent.output), {})
        case _:
            sounds: dict[int, bytes] = {}
            parts: list[Part] = []
            for index, content in enumerate(sent.content):
                where = f"{within}.content[{index}]"
                if isinstance(content, SentAudio):
                    sounds[index] = decoded_base64(content.audio, f"{where}.audio")
                parts.append(_part(content, where))
            return Received(Message(id=id, role=sent.role, parts=parts), sounds)


def decoded_base64(text: str, param: str) -> bytes:
    """The bytes. Raises Refusal."""
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal(f"Invalid '{param}': it is not valid base64.", code="invalid_value", param=param) from None


def _parsed(raw: object, within: str) -> Any:
    kind = raw.get("type") if isinstance(raw, dict) else None
    if not isinstance(raw, dict):
        raise Refusal(f"Invalid type for '{within}': an object is wanted.", code="invalid_type", param=within)
    if kind is None:
        raise Refusal(
            f"Missing required parameter: '{within}.type'.", code="missing_required_parameter", param=f"{within}.type"
        )
    if not isinstance(kind, str) or kind not in _KINDS:
        raise _unknown(str(kind), tuple(_KINDS), f"{within}.type")
    try:
        return _KINDS[kind].validate_python(raw)
    except ValidationError as error:
        raise refusal_of(error, raw, within) from None


def _part(content: Any, where: str) -> Part:
    match content:
        case SentAudio():
            return InputAudio(0.0, content.transcript, is_shown=content.transcript is not None)
        case SentImage():
            if not content.image_url.startswith(IMAGES):
                raise Refusal(
                    "An image must be a data: URL of a PNG, JPEG, WebP or GIF, in base64.",
                    code="invalid_value",
                    param=f"{where}.image_url",
                )
            decoded_base64(content.image_url.partition(",")[2], f"{where}.image_url")
            return InputImage(content.image_url, content.detail)
        case SentText():
            return InputText(content.text)
        case _:
            return OutputText(content.text)


def _unknown(value: str, supported: Sequence[str], param: str) -> Refusal:
    return Refusal(
        f"Invalid value: '{value[:60]}'. Supported values are: {', '.join(supported)}.",
        code="invalid_value",
        param=param,
    )
