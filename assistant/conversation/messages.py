"""What is said to a language model, and what it answers."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Role: TypeAlias = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class TextPart:
    text: str


@dataclass(frozen=True, slots=True)
class ImagePart:
    """An image, as a `data:` URL."""

    url: str
    detail: Literal["auto", "low", "high"] = "auto"


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A complete call that the model asks for; `arguments` is a JSON text, as the model wrote it."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation. `content` is plain text, or parts where images take part."""

    role: Role
    content: str | tuple[TextPart | ImagePart, ...]
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool offered to the model; `parameters` is a JSON Schema."""

    name: str
    description: str
    parameters: dict[str, object]


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next piece of the answer, to be spoken."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """A piece of the model's reasoning: never spoken, never kept."""

    text: str


@dataclass(frozen=True, slots=True)
class EndExpected:
    """How likely the model itself would have ended the user's last message at its last word; before any answer.

    Only a model of which the probabilities can be seen tells. `probability` is between 0 and 1.
    """

    probability: float


@dataclass(frozen=True, slots=True)
class Usage:
    """The server's own count, at the end of a stream. `cached_tokens` of the prompt came from its cache."""

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int | None = None


ModelEvent: TypeAlias = EndExpected | TextDelta | ReasoningDelta | ToolCall | Usage
