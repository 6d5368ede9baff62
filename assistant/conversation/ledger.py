"""The ledger of what was heard: which words of an answer have truly left the speaker.

The speaker counts samples; the ledger knows which samples are which words of which turn. Nothing else may
say what the user heard. Positions are samples at the speaker's rate, counted from the start of an epoch
(see `audio.devices.protocol.Played`).
"""

from dataclasses import dataclass, field

APOLOGY = -1
"""Number of the clause that is the apology."""

EARCON = -2
"""Number of the clause that is no words at all, in turn 0, which is nobody's."""

REASSURANCE = -3
"""Number of the clause that says that the answer takes long; it is no part of the answer."""


@dataclass(frozen=True, slots=True)
class WordMark:
    """When `end_sample` of the clause's audio has been played, the answer is heard up to `display_end`."""

    end_sample: int
    display_end: int


@dataclass(frozen=True, slots=True)
class FirstSound:
    """The first sample of a turn's answer (or apology) left the speaker."""

    turn: int
    clause: int
    at_s: float


@dataclass(frozen=True, slots=True)
class ClauseHeard:
    """The last sample of a clause left the speaker."""

    turn: int
    revision: int
    clause: int
    at_s: float


@dataclass(frozen=True, slots=True)
class BeingHeard:
    """The speaker is in the middle of a clause of the answer."""

    turn: int
    revision: int
    at_s: float


@dataclass(frozen=True, slots=True)
class LeftOff:
    """Where an answer was silenced: at the beginning of the word that was cut, samples after the clause's start."""

    turn: int
    revision: int
    clause: int
    samples: int


@dataclass(slots=True)
class _Clause:
    turn: int
    revision: int
    number: int
    start_sample: int
    display_start: int
    display_end: int
    skipped: int
    """Samples of it that were heard in an earlier epoch."""
    samples: int = 0
    marks: list[WordMark] = field(default_factory=list)
    is_whole: bool = False


@dataclass(slots=True)
class _Epoch:
    """What was written between two clears of the speaker."""

    written: int = 0
    played: int = 0
    clauses: list[_Clause] = field(default_factory=list)
    """Those not wholly heard yet, in order."""


@dataclass(slots=True)
class Ledger:
    """What was written to the speaker, and how far it was heard."""

    rate_hz: int
    _epoch: int = 0
    _epochs: dict[int, _Epoch] = field(default_factory=lambda: {0: _Epoch()})
    _heard: dict[int, int] = field(default_factory=dict)
    _sounded: set[int] = field(default_factory=set)
    _left_off: LeftOff | None = None

    def begin_clause(
        self, turn: int, revision: int, clause: int, display_start: int, display_end: int, *, skipped: int = 0
    ) -> None:
        """What is written from now on is this clause, which shows as [display_start, display_end) of the answer.

        Its first `skipped` samples are not written: they were heard before.
        """
        epoch = self._epochs[self._epoch]
        epoch.clauses.append(_Clause(turn, revision, clause, epoch.written, display_start, display_end, skipped))

    def wrote(self, samples: int, marks: list[WordMark]) -> None:
        """`samples` more of the clause were handed to the speaker; `marks` count from the clause's start."""
        epoch = self._epochs[self._epoch]
        clause = epoch.clauses[-1]
        epoch.written += samples
        clause.samples += samples
        shifted = (WordMark(mark.end_sample - clause.skipped, mark.display_end) for mark in marks)
        clause.marks.extend(mark for mark in shifted if mark.end_sample > 0)

    def end_clause(self, *, is_cut: bool = False) -> None:
        """No more of the clause will be written. `is_cut`: it breaks off after its last marked word."""
        clause = self._epochs[self._epoch].clauses[-1]
        clause.is_whole = True
        if is_cut:
            clause.display_end = max((mark.display_end for mark in clause.marks), default=clause.display_start)

    def cleared(self, new_epoch: int) -> None:
        """The speaker was cleared: what is written from now on belongs to `new_epoch`."""
        self._epoch = new_epoch
        self._epochs[new_epoch] = _Epoch()

    def played(self, epoch: int, samples: int, at_s: float) -> list[FirstSound | ClauseHeard]:
        """`samples` of that epoch have been heard by `at_s`. Returns what that newly brought about."""
        book = self._epochs.get(epoch)
        if book is None:
            return []
        book.played = max(book.played, min(samples, book.written))
        news: list[FirstSound | ClauseHeard] = []
        while book.clauses:
            clause = book.clauses[0]
            heard = book.played - clause.start_sample
            if heard < 0 or (heard == 0 and not clause.is_whole):
                break
            is_first = clause.turn not in self._sounded and clause.number != REASSURANCE
            if heard > 0 and clause.samples and is_first:
                self._sounded.add(clause.turn)
                news.append(FirstSound(clause.turn, clause.number, at_s - heard / self.rate_hz))
            if not (clause.is_whole and heard >= clause.samples):
                words = [mark.display_end for mark in clause.marks if mark.end_sample <= heard]
                self._advance(clause.turn, max(words, default=0))
                break
            self._advance(clause.turn, clause.display_end)
            news.append(ClauseHeard(clause.turn, clause.revision, clause.number, at_s))
            book.clauses.pop(0)
        return news

    def close(self, epoch: int) -> None:
        """The epoch's final report has come."""
        if epoch == self._epoch or (book := self._epochs.pop(epoch, None)) is None:
            return
        if clauses := [clause for clause in book.clauses if clause.number != REASSURANCE]:
            cut = clauses[0]
            heard = book.played - cut.start_sample
            word_start = max((mark.end_sample for mark in cut.marks if mark.end_sample <= heard), default=0)
            self._left_off = LeftOff(cut.turn, cut.revision, cut.number, cut.skipped + word_start)
        elif book.written:
            self._left_off = None  # all of it was heard

    def left_off(self, turn: int, revision: int) -> LeftOff | None:
        """Where this answer was silenced last; None where no clause was cut."""
        left = self._left_off
        return left if left is not None and (left.turn, left.revision) == (turn, revision) else None

    def being_heard(self, epoch: int, at_s: float) -> list[BeingHeard]:
        """The answer, if any, of which the speaker is in the middle of a clause; asked after progress, at `at_s`."""
        book = self._epochs.get(epoch)
        if book is None or not book.clauses:
            return []
        clause = book.clauses[0]
        is_heard = clause.number >= 0 and book.played > clause.start_sample
        return [BeingHeard(clause.turn, clause.revision, at_s)] if is_heard else []

    def heard_end(self, turn: int) -> int:
        """How many characters of the turn's answer, as displayed, were heard: to the last whole word."""
        return self._heard.get(turn, 0)

    def forget(self, turn: int) -> None:
        """The turn is over and recorded."""
        self._heard.pop(turn, None)
        self._sounded.discard(turn)

    def _advance(self, turn: int, display_end: int) -> None:
        self._heard[turn] = max(self._heard.get(turn, 0), display_end)
