"""What a client may send: eleven events, each checked before anything is done."""

import json
from typing import Annotated, Any, Literal, NoReturn, TypeAlias

from pydantic import Field, TypeAdapter, ValidationError, field_validator

from assistant.server.realtime.items import Id
from assistant.server.realtime.refusal import Refusal, refusal_of
from assistant.server.realtime.session_settings import (
    Format,
    FunctionTool,
    Instructions,
    MaxTokens,
    Modalities,
    VoiceId,
    Wire,
    free_choice,
    not_done,
    only_functions,
)


class _Event(Wire):
    event_id: Annotated[str, Field(max_length=512)] | None = None


class SessionUpdate(_Event):
    type: Literal["session.update"]
    session: Any


class Append(_Event):
    type: Literal["input_audio_buffer.append"]
    audio: str


class Commit(_Event):
    type: Literal["input_audio_buffer.commit"]


class Clear(_Event):
    type: Literal["input_audio_buffer.clear"]


class ItemCreate(_Event):
    type: Literal["conversation.item.create"]
    item: Any
    previous_item_id: Id | None = None


class ItemRetrieve(_Event):
    type: Literal["conversation.item.retrieve"]
    item_id: Id


class ItemDelete(_Event):
    type: Literal["conversation.item.delete"]
    item_id: Id


class ItemTruncate(_Event):
    type: Literal["conversation.item.truncate"]
    item_id: Id
    content_index: int = Field(ge=0)
    audio_end_ms: int = Field(ge=0)


class AskedOutput(Wire):
    format: Format | None = None
    voice: str | VoiceId | None = None


class AskedAudio(Wire):
    output: AskedOutput = AskedOutput()


class Asked(Wire):
    """What a client asks for with one response; None: as the session has it."""

    conversation: Literal["auto", "none"] = "auto"
    input: list[Any] | None = Field(None, max_length=1000)
    instructions: Instructions | None = None
    output_modalities: Modalities | None = None
    audio: AskedAudio = AskedAudio()
    tools: list[FunctionTool] | None = Field(None, max_length=128)
    tool_choice: Literal["auto", "none"] | None = None
    max_output_tokens: MaxTokens | None = None
    metadata: (
        Annotated[
            dict[Annotated[str, Field(max_length=64)], Annotated[str, Field(max_length=512)]], Field(max_length=16)
        ]
        | None
    ) = None
    prompt: dict[str, Any] | None = None
    reasoning: dict[str, Any] | None = None
    parallel_tool_calls: bool | None = None

    _functions = field_validator("tools", mode="before")(only_functions)
    _choice = field_validator("tool_choice", mode="before")(free_choice)
    _rest = field_validator("prompt", "reasoning", mode="before")(not_done)


class ResponseCreate(_Event):
    type: Literal["response.create"]
    response: Asked | None = None


class ResponseCancel(_Event):
    type: Literal["response.cancel"]
    response_id: Id | None = None


class OutputClear(_Event):
    type: Literal["output_audio_buffer.clear"]


ClientEvent: TypeAlias = Annotated[
    SessionUpdate
    | Append
    | Commit
    | Clear
    | ItemCreate
    | ItemRetrieve
    | ItemDelete
    | ItemTruncate
    | ResponseCreate
    | ResponseCancel
    | OutputClear,
    Field(discriminator="type"),
]
_ADAPTER: TypeAdapter[ClientEvent] = TypeAdapter(ClientEvent)


def parsed(text: str) -> object:
    """The JSON of a message. Raises Refusal."""
    try:
        raw = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Refusal("The message is not valid JSON.", code="invalid_json") from None
    if not isinstance(raw, dict):
        raise Refusal("An event must be a JSON object.", code="invalid_event")
    return raw


def event_id_of(raw: object) -> str | None:
    """The client's own name for an event, as far as it can be made out."""
    event_id = raw.get("event_id") if isinstance(raw, dict) else None
    return event_id if isinstance(event_id, str) and len(event_id) <= 512 else None


def client_event(raw: object) -> ClientEvent:
    """Raises Refusal."""
    try:
        return _ADAPTER.validate_python(raw)
    except ValidationError as error:
        raise refusal_of(error, raw) from None


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
