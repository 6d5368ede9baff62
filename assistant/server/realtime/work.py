"""What the protocol asks of whoever has the engines. Pure data."""

from dataclasses import dataclass
from typing import Any, TypeAlias

from assistant.conversation.messages import ToolSpec
from assistant.server.realtime.items import InputAudio, Item
from assistant.server.realtime.session_settings import Settings
from assistant.server.realtime.wire_audio import Encoding
from audio.frames import Pcm16


@dataclass(frozen=True, slots=True)
class Configure:
    """The settings are these now."""

    settings: Settings


@dataclass(frozen=True, slots=True, eq=False)
class Hear:
    """More of the client's microphone, for a server that finds the turns in it itself."""

    samples: Pcm16
    rate_hz: int


@dataclass(frozen=True, slots=True)
class ForgetHeard:
    """What was heard and is not part of a committed turn is not meant."""


@dataclass(frozen=True, slots=True, eq=False)
class Transcribe:
    """The words of one part of an item are wanted; report them with `transcribed` or `transcription_failed`."""

    item_id: str
    content_index: int
    part: InputAudio
    samples: Pcm16
    rate_hz: int


@dataclass(frozen=True, slots=True)
class ResponsePlan:
    """How a response is to be made."""

    instructions: str
    tools: tuple[ToolSpec, ...]
    wants_audio: bool
    encoding: Encoding
    voice: str
    speed: float
    max_output_tokens: int | None
    is_in_conversation: bool = True
    metadata: dict[str, str] | None = None
    wants_word_times: bool = False

    def shown_format(self) -> dict[str, Any]:
        pcm = {"type": self.encoding.value, "rate": 24_000}
        return pcm if self.encoding is Encoding.PCM else {"type": self.encoding.value}


@dataclass(frozen=True, slots=True)
class Respond:
    """Answer these items; report it with `say`, `sound`, `call` and `finish`."""

    response_id: str
    items: tuple[Item, ...]
    plan: ResponsePlan


@dataclass(frozen=True, slots=True)
class Stop:
    """The response is over for the client: whatever is still being made of it is not wanted."""

    response_id: str


@dataclass(frozen=True, slots=True)
class Silence:
    """The client plays no more of this item."""

    item_id: str


Work: TypeAlias = Configure | Hear | ForgetHeard | Transcribe | Respond | Stop | Silence
