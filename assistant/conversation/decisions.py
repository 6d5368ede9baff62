"""What turn-taking decides. The session carries decisions out, in order, and decides nothing itself."""

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias


class Outcome(Enum):
    """How a turn ended. There is no other way."""

    ANSWERED = "answered"
    INTERRUPTED = "interrupted"
    APOLOGISED = "apologised"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Transcribe:
    """Transcribe the turn's audio between these times (and what little lies before its onset)."""

    turn: int
    revision: int
    from_s: float
    until_s: float


@dataclass(frozen=True, slots=True)
class EstimateEnd:
    """Ask the end-of-turn model about the pause, which has lasted `silence_s`."""

    turn: int
    revision: int
    from_s: float
    silence_s: float


@dataclass(frozen=True, slots=True)
class Speculate:
    """Begin the answer to this text: prompt, model, synthesis; nothing of it may be heard or take effect yet."""

    turn: int
    revision: int
    text: str


@dataclass(frozen=True, slots=True)
class Commit:
    """The turn is over and this revision is what was said. `decided_s` is when its end was decided."""

    turn: int
    revision: int
    text: str
    speech_start_s: float
    speech_end_s: float
    decided_s: float


@dataclass(frozen=True, slots=True)
class Discard:
    """End all work for this revision and forget it."""

    turn: int
    revision: int


@dataclass(frozen=True, slots=True)
class Play:
    """Let this clause be heard, after those before it."""

    turn: int
    revision: int
    clause: int


@dataclass(frozen=True, slots=True)
class StopSpeaking:
    """Silence, now: drop all that has not been heard."""

    turn: int
    revision: int


@dataclass(frozen=True, slots=True)
class Apologise:
    """Say that no answer can be had."""

    turn: int
    revision: int
    reason: str


@dataclass(frozen=True, slots=True)
class EndTurn:
    """The turn has ended: leave its scope and enter into the history what was heard."""

    turn: int
    revision: int
    outcome: Outcome
    reason: str = ""


Decision: TypeAlias = (
    Transcribe | EstimateEnd | Speculate | Commit | Discard | Play | StopSpeaking | Apologise | EndTurn
)
