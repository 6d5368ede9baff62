"""What the conversation tells whoever watches it: a status line, a log, a client."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from assistant.conversation.announcements import Device
from assistant.conversation.controls import Said
from assistant.conversation.messages import ToolCall, Usage
from assistant.conversation.record import TurnRecord
from assistant.conversation.turn_taking import Phase

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PhaseChanged:
    phase: Phase
    is_sounding: bool = False
    """Whether the assistant can be heard."""
    is_awake: bool = True
    """Whether speech would be for the assistant; asleep, it waits for a wake word, or for the key."""
    is_muted: bool = False
    """Whether the microphone is switched off."""


@dataclass(frozen=True, slots=True)
class Woken:
    """A wake word was heard."""

    phrase: str


@dataclass(frozen=True, slots=True)
class UserSpeaks:
    """Speech that is for the assistant has begun; its first sound lay at `onset_s`."""

    onset_s: float


@dataclass(frozen=True, slots=True)
class UserPauses:
    """It is silent again; the last sound of speech lay at `speech_end_s`."""

    speech_end_s: float


@dataclass(frozen=True, slots=True)
class UserTranscript:
    """What the user is understood to have said; it may still change until `is_committed`."""

    turn: int
    text: str
    is_committed: bool


@dataclass(frozen=True, slots=True)
class AnswerCaption:
    """A clause of the answer, as displayed, at the moment when it may be heard."""

    turn: int
    text: str


@dataclass(frozen=True, slots=True)
class AnswerWritten:
    """All there is of a committed answer was handed to the speaker, which may still be playing it.

    `calls` are the functions that the model calls; whoever offered them carries them out.
    """

    turn: int
    calls: tuple[ToolCall, ...]
    usage: Usage | None


@dataclass(frozen=True, slots=True)
class SaidForProgram:
    """What another program wanted said has been said, as far as `said` tells."""

    turn: int
    said: Said


@dataclass(frozen=True, slots=True)
class MicrophoneLevel:
    """Level of the last frames, in dB relative to full scale."""

    dbfs: float


@dataclass(frozen=True, slots=True)
class DevicePresence:
    """The microphone or the speaker is gone, for this reason, or there again: ""."""

    device: Device
    lost: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something failed and was dealt with. One line."""

    message: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The user has stopped everything, or (not `is_stopped`) lets it go on. `cause` says how."""

    is_stopped: bool
    cause: str


Notice: TypeAlias = (
    PhaseChanged
    | Woken
    | UserSpeaks
    | UserPauses
    | UserTranscript
    | AnswerCaption
    | AnswerWritten
    | SaidForProgram
    | MicrophoneLevel
    | DevicePresence
    | Trouble
    | Stopped
    | TurnRecord
)
Observer: TypeAlias = Callable[[Notice], None]


def unfailing(observer: Observer) -> Observer:
    """The same, but what it raises (a terminal that was closed, say) is logged, once in a row, and goes no further."""
    is_failing = False

    def observe(notice: Notice) -> None:
        nonlocal is_failing
        try:
            observer(notice)
        except Exception:
            if not is_failing:
                log.exception("told of %s", type(notice).__name__)
            is_failing = True
        else:
            is_failing = False

    return observe
