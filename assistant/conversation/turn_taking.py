"""Who has the floor: a pure state machine, fed with facts, returning decisions.

It never sleeps, awaits, reads a clock or touches a model; time is what the facts say it is. One turn goes

    IDLE -> LISTENING <-> PAUSED -> DECIDED -> ANSWERING -> IDLE

and every rule about when to listen, prepare, answer, be silent or give up stands in this module.
"""

from dataclasses import dataclass, field
from enum import Enum
from functools import singledispatchmethod

from assistant.conversation.decisions import (
    Apologise,
    Commit,
    Decision,
    Discard,
    EndTurn,
    EstimateEnd,
    Outcome,
    Play,
    Speculate,
    StopSpeaking,
    Transcribe,
)
from assistant.conversation.facts import (
    AnswerComplete,
    ApologyPlayed,
    ClausePlayed,
    ClauseReady,
    ClockReached,
    EndOfTurnEstimated,
    Fact,
    SpeechPaused,
    SpeechStarted,
    TranscriptReady,
    WorkFailed,
)


@dataclass(frozen=True, slots=True)
class TurnPolicy:
    """The numbers behind the rules."""

    hint_s: float = 0.2
    """Silence after which the answer is prepared and the end-of-turn model is asked."""
    estimate_every_s: float = 0.1
    """The model is asked again as the silence grows."""
    end_probability: float = 0.5
    """The turn is over when the end-of-turn model is at least this sure."""
    longest_pause_s: float = 3.0
    """The turn is over after this much silence, whatever the model says."""
    longest_turn_s: float = 30.0
    """A turn is taken as it is after this long, silence or not."""
    interruptible: bool = True
    interruption_s: float = 0.2
    """Speech over the assistant must last this long to stop it."""
    answer_within_s: float = 30.0
    """The longest time without any progress towards, or within, an answer."""


def _lasted(since_s: float, at_s: float, at_least_s: float) -> bool:
    """Whether that long has passed; a microsecond is forgiven, since frame times are sums of fractions."""
    return at_s - since_s >= at_least_s - 1e-6


class Phase(Enum):
    """What the conversation is doing."""

    IDLE = "idle"
    LISTENING = "listening"
    """The user has the floor and is speaking."""
    PAUSED = "paused"
    """The user is silent; whether the turn is over is open. The answer is being prepared, unheard."""
    DECIDED = "decided"
    """The turn is over; what was said is not known yet."""
    ANSWERING = "answering"
    """The assistant has the floor, whether it can be heard already or not."""


@dataclass(slots=True)
class _Turn:
    """The turn under way."""

    number: int
    onset_s: float
    revision: int = 1
    speech_end_s: float = 0.0
    decided_s: float = 0.0
    is_prepared: bool = False
    """A transcription of this revision has been asked for."""
    next_estimate_s: float = 0.0
    """Length of silence at which the end-of-turn model is asked next."""
    transcript: str | None = None
    ready: int = 0
    """Clauses that could be played."""
    released: int = 0
    """Clauses that may be heard."""
    played: int = 0
    clauses: int | None = None
    """Length of the whole answer, once known."""
    failure: str = ""
    is_apologising: bool = False
    progress_s: float = 0.0
    """When the answer last came forward."""


@dataclass(slots=True)
class _User:
    """What is known of the user's voice, whoever has the floor."""

    is_speaking: bool = False
    onset_s: float = 0.0
    speech_end_s: float = 0.0


@dataclass(slots=True)
class TurnTaking:
    """The machine. `feed` it every fact in the order of its occurrence and carry out what it returns."""

    policy: TurnPolicy = field(default_factory=TurnPolicy)
    phase: Phase = Phase.IDLE
    _turn: _Turn = field(default_factory=lambda: _Turn(number=0, onset_s=0.0))
    _user: _User = field(default_factory=_User)

    def feed(self, fact: Fact) -> list[Decision]:
        """Take a fact in. A fact about work for a turn or revision that is no longer current is dropped here."""
        turn = getattr(fact, "turn", None)
        if turn is not None and (
            self.phase is Phase.IDLE
            or (turn, getattr(fact, "revision", None)) != (self._turn.number, self._turn.revision)
        ):
            return []
        return self._on(fact)

    @property
    def turn(self) -> int:
        """Number of the turn under way, or of the last one."""
        return self._turn.number

    @singledispatchmethod
    def _on(self, fact: object) -> list[Decision]:
        raise TypeError(f"not a fact: {fact!r}")

    # --- the user's voice -------------------------------------------------------------------------------

    @_on.register
    def _(self, fact: SpeechStarted) -> list[Decision]:
        self._user.is_speaking = True
        self._user.onset_s = fact.onset_s
        if self.phase is Phase.IDLE:
            return self._begin_turn(fact.onset_s)
        if self.phase in (Phase.PAUSED, Phase.DECIDED):
            return self._reopen()
        return []  # over the assistant: whether it is meant shows when it lasts

    @_on.register
    def _(self, fact: SpeechPaused) -> list[Decision]:
        self._user.is_speaking = False
        self._user.speech_end_s = fact.speech_end_s
        if self.phase is Phase.LISTENING:
            self.phase = Phase.PAUSED
            self._turn.speech_end_s = fact.speech_end_s
            self._turn.next_estimate_s = self.policy.hint_s
            return self._wait(fact.at_s)
        if self.phase is Phase.ANSWERING:
            return self._release()  # it was no interruption: what was held back may be heard
        return []

    @_on.register
    def _(self, fact: ClockReached) -> list[Decision]:
        if self.phase is Phase.LISTENING and _lasted(self._turn.onset_s, fact.at_s, self.policy.longest_turn_s):
            self._turn.speech_end_s = fact.at_s
            return self._decide(fact.at_s)
        if self.phase is Phase.PAUSED:
            return self._wait(fact.at_s)
        if self.phase is Phase.DECIDED and _lasted(self._turn.decided_s, fact.at_s, self.policy.answer_within_s):
            self._turn.failure = "speech-to-text took too long"
            return self._take_floor(fact.at_s)
        if self.phase is Phase.ANSWERING:
            return self._mind_overlap(fact.at_s) or self._mind_deadline(fact.at_s)
        return []

    @_on.register
    def _(self, fact: EndOfTurnEstimated) -> list[Decision]:
        if self.phase is Phase.PAUSED and fact.probability >= self.policy.end_probability:
            return self._decide(fact.at_s)
        return []

    # --- the work ---------------------------------------------------------------------------------------

    @_on.register
    def _(self, fact: TranscriptReady) -> list[Decision]:
        self._turn.transcript = fact.text.strip()
        decisions: list[Decision] = []
        if self._turn.transcript:
            decisions.append(Speculate(fact.turn, fact.revision, self._turn.transcript))
        if self.phase is Phase.DECIDED:
            decisions += self._take_floor(fact.at_s)
        return decisions

    @_on.register
    def _(self, fact: ClauseReady) -> list[Decision]:
        self._turn.ready = max(self._turn.ready, fact.clause + 1)
        self._turn.progress_s = fact.at_s
        return self._release()

    @_on.register
    def _(self, fact: AnswerComplete) -> list[Decision]:
        self._turn.clauses = fact.clauses
        self._turn.progress_s = fact.at_s
        return self._conclude()

    @_on.register
    def _(self, fact: WorkFailed) -> list[Decision]:
        self._turn.failure = fact.reason
        self._turn.progress_s = fact.at_s
        return self._take_floor(fact.at_s) if self.phase is Phase.DECIDED else self._conclude()

    @_on.register
    def _(self, fact: ClausePlayed) -> list[Decision]:
        self._turn.played = max(self._turn.played, min(fact.clause + 1, self._turn.released))
        self._turn.progress_s = fact.at_s
        return self._conclude()

    @_on.register
    def _(self, fact: ApologyPlayed) -> list[Decision]:
        return self._end(Outcome.APOLOGISED, self._turn.failure) if self._turn.is_apologising else []

    # --- the rules --------------------------------------------------------------------------------------

    def _begin_turn(self, onset_s: float) -> list[Decision]:
        self._turn = _Turn(number=self._turn.number + 1, onset_s=onset_s)
        self.phase = Phase.LISTENING
        return []

    def _reopen(self) -> list[Decision]:
        """The user goes on: what was prepared is void, and what follows belongs to the same turn."""
        turn = self._turn
        self._turn = _Turn(number=turn.number, onset_s=turn.onset_s, revision=turn.revision + 1)
        self.phase = Phase.LISTENING
        return [Discard(turn.number, turn.revision)] if turn.is_prepared else []

    def _wait(self, at_s: float) -> list[Decision]:
        """In a pause: prepare at the hint, then ask again and again whether the turn is over."""
        turn, decisions = self._turn, list[Decision]()
        if _lasted(turn.speech_end_s, at_s, self.policy.longest_pause_s):
            return self._decide(at_s)
        if _lasted(turn.speech_end_s, at_s, self.policy.hint_s) and not turn.is_prepared:
            decisions += self._prepare(at_s)
        if _lasted(turn.speech_end_s, at_s, turn.next_estimate_s):
            silence_s = at_s - turn.speech_end_s
            turn.next_estimate_s = silence_s + self.policy.estimate_every_s
            decisions.append(EstimateEnd(turn.number, turn.revision, turn.onset_s, silence_s))
        return decisions

    def _prepare(self, until_s: float) -> list[Decision]:
        self._turn.is_prepared = True
        return [Transcribe(self._turn.number, self._turn.revision, self._turn.onset_s, until_s)]

    def _decide(self, at_s: float) -> list[Decision]:
        """The turn is over."""
        self._turn.decided_s = at_s
        self.phase = Phase.DECIDED
        decisions = [] if self._turn.is_prepared else self._prepare(at_s)
        if self._turn.transcript is not None or self._turn.failure:
            decisions += self._take_floor(at_s)
        return decisions

    def _take_floor(self, at_s: float) -> list[Decision]:
        """What was said is known, or known to be lost: commit to answering it, or ignore it."""
        turn = self._turn
        if turn.transcript == "":
            return self._end(Outcome.IGNORED, "no words in it")
        self.phase = Phase.ANSWERING
        turn.progress_s = at_s
        commit = Commit(
            turn.number, turn.revision, turn.transcript or "", turn.onset_s, turn.speech_end_s, turn.decided_s
        )
        return [commit, *self._release(), *self._conclude()]

    def _release(self) -> list[Decision]:
        """Let be heard what is ready, unless the turn is open still or the user is speaking over us."""
        turn = self._turn
        if self.phase is not Phase.ANSWERING or turn.is_apologising or self._holds_back():
            return []
        decisions: list[Decision] = [
            Play(turn.number, turn.revision, clause) for clause in range(turn.released, turn.ready)
        ]
        turn.released = turn.ready
        return decisions + self._conclude() if decisions else self._conclude()

    def _holds_back(self) -> bool:
        """Never begin to speak while the user does. A turn cut at its greatest length is the exception."""
        return (
            self.policy.interruptible
            and self._user.is_speaking
            and self._user.onset_s > self._turn.speech_end_s
            and self._turn.released == 0
        )

    def _mind_overlap(self, at_s: float) -> list[Decision]:
        """The user speaks while the assistant has the floor: once it lasts, they get it."""
        user, turn = self._user, self._turn
        if not (self.policy.interruptible and user.is_speaking and user.onset_s > turn.speech_end_s):
            return []
        if not _lasted(user.onset_s, at_s, self.policy.interruption_s):
            return []
        if turn.released == 0 and not turn.is_apologising:
            return self._reopen()  # nothing was heard: the commitment is taken back
        stopped: list[Decision] = [StopSpeaking(turn.number, turn.revision)]
        stopped += self._end(Outcome.INTERRUPTED, "the user spoke")
        return stopped

    def _mind_deadline(self, at_s: float) -> list[Decision]:
        turn = self._turn
        if not _lasted(turn.progress_s, at_s, self.policy.answer_within_s):
            return []
        turn.progress_s = at_s
        if turn.is_apologising:
            return self._end(Outcome.APOLOGISED, turn.failure)
        turn.failure = turn.failure or "the answer took too long"
        if turn.played == turn.released:
            turn.ready = turn.played
            return self._conclude()
        turn.ready = turn.played = turn.released  # the speaker has swallowed it: it will not be waited for
        return [StopSpeaking(turn.number, turn.revision), *self._conclude()]

    def _conclude(self) -> list[Decision]:
        """End the turn, or apologise, when nothing more is to be heard of the answer."""
        turn = self._turn
        if self.phase is not Phase.ANSWERING or turn.is_apologising or turn.played < turn.ready:
            return []
        if turn.failure:
            turn.is_apologising = True
            return [Apologise(turn.number, turn.revision, turn.failure)]
        if turn.clauses is not None and turn.played >= turn.clauses:
            return self._end(Outcome.ANSWERED)
        return []

    def _end(self, outcome: Outcome, reason: str = "") -> list[Decision]:
        ended = EndTurn(self._turn.number, self._turn.revision, outcome, reason)
        self.phase = Phase.IDLE
        if not self._user.is_speaking:
            return [ended]
        over_us = self.policy.interruptible and self._user.onset_s > self._turn.speech_end_s
        heard_from_s = self._user.onset_s if over_us else max(self._turn.speech_end_s, self._turn.progress_s)
        return [ended, *self._begin_turn(heard_from_s)]
