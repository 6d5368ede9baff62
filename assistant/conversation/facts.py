"""What turn-taking is told. Every time is in seconds on the session's sample clock.

A fact about work carries the turn and the revision that the work was done for: when the user goes on
speaking, the revision rises and everything prepared for an earlier one is stale.
"""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Speech has lasted long enough to count; its first sound lay at `onset_s`."""

    at_s: float
    onset_s: float


@dataclass(frozen=True, slots=True)
class SpeechPaused:
    """The user is silent; the last sound of speech lay at `speech_end_s`."""

    at_s: float
    speech_end_s: float


@dataclass(frozen=True, slots=True)
class EndOfTurnEstimated:
    """The end-of-turn model's opinion on the pause that is under way."""

    at_s: float
    turn: int
    revision: int
    probability: float


@dataclass(frozen=True, slots=True)
class ClockReached:
    """Time has come to `at_s`; told with every frame of the microphone."""

    at_s: float


@dataclass(frozen=True, slots=True)
class TranscriptReady:
    """What the user has said in this turn so far; empty where there were no words."""

    at_s: float
    turn: int
    revision: int
    text: str


@dataclass(frozen=True, slots=True)
class ClauseReady:
    """The first sound of a clause of the answer could be played. Clauses come in order, from 0."""

    at_s: float
    turn: int
    revision: int
    clause: int


@dataclass(frozen=True, slots=True)
class AnswerComplete:
    """All of the answer has been synthesised; it has `clauses` clauses."""

    at_s: float
    turn: int
    revision: int
    clauses: int


@dataclass(frozen=True, slots=True)
class WorkFailed:
    """The transcription, or the answer from here on, could not be made; clauses that are ready can still be played."""

    at_s: float
    turn: int
    revision: int
    reason: str


@dataclass(frozen=True, slots=True)
class ClausePlayed:
    """The last sample of a clause has left the speaker."""

    at_s: float
    turn: int
    revision: int
    clause: int


@dataclass(frozen=True, slots=True)
class ApologyPlayed:
    """The apology has been said, or could not be and was shown instead."""

    at_s: float
    turn: int
    revision: int


Fact: TypeAlias = (
    SpeechStarted
    | SpeechPaused
    | EndOfTurnEstimated
    | ClockReached
    | TranscriptReady
    | ClauseReady
    | AnswerComplete
    | WorkFailed
    | ClausePlayed
    | ApologyPlayed
)
