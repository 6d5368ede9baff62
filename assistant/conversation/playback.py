"""Clauses into the speaker, and word of what was heard back out of it."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from assistant.conversation.clauses import Clause
from assistant.conversation.earcons import Earcon, sound
from assistant.conversation.ledger import EARCON, BeingHeard, ClauseHeard, FirstSound, Ledger, LeftOff, WordMark
from assistant.conversation.volume import Volume
from audio.devices.protocol import Speaker
from audio.frames import Pcm16
from audio.resample import StreamResampler
from audio.tts.protocol import SpeechChunk

log = logging.getLogger(__name__)

News: TypeAlias = FirstSound | ClauseHeard | BeingHeard
"""What the ledger finds out."""

SOUNDING_EVERY_S = 1.0
"""How often word is given that a clause is being heard."""

SETTLE_WITHIN_S = 0.5
"""A speaker that has not said by then how much it played before it was cleared is believed to be dead."""


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A piece of a clause that was handed to the speaker; `marks` count from the clause's first sample."""

    turn: int
    clause: Clause
    samples: Pcm16
    marks: tuple[WordMark, ...]


class Playback:
    """Writes clauses to the speaker, one after the other, and keeps the ledger.

    `follow` must run beside it; it calls `on_heard` for everything that the ledger finds out.
    """

    def __init__(
        self,
        speaker: Speaker,
        on_heard: Callable[[News], None],
        volume: Volume | None = None,
        on_written: Callable[[Written], None] | None = None,
    ) -> None:
        self.volume = volume or Volume()
        """Of what is written from now on."""
        self.is_quiet = False
        """Whether that is an answer to somebody who whispers."""
        self._speaker = speaker
        self._on_heard = on_heard
        self._on_written = on_written
        self._ledger = Ledger(speaker.rate_hz)
        self._turn = 0
        self._clause: Clause | None = None
        self._resampler: StreamResampler | None = None
        self._to_skip = 0
        self._epoch = 0
        self.silent_s: float | None = None
        """When the last sound left that was heard before a `stop`."""
        self._reported_at_s = 0.0
        self._sounded_at_s = 0.0
        self._unsettled: dict[int, asyncio.Event] = {}

    def begin_clause(self, turn: int, revision: int, clause: Clause, *, skipped: int = 0) -> None:
        """What is written next is this clause of this turn's answer.

        Its first `skipped` samples, at the speaker's rate, were heard before and are not played again.
        """
        self._turn, self._clause = turn, clause
        self._resampler = None
        self._to_skip = skipped
        self._ledger.begin_clause(turn, revision, clause.index, clause.start, clause.end, skipped=skipped)

    def write(self, chunk: SpeechChunk) -> None:
        """The clause's next piece."""
        if self._clause is None:
            raise RuntimeError("no clause was begun")
        if self._resampler is None:
            self._resampler = StreamResampler(chunk.rate_hz, self._speaker.rate_hz)
        rate_hz = self._speaker.rate_hz
        marks = [
            WordMark(round(word.end_s * rate_hz), self._clause.start + self._clause.speech.display_end(word.end_char))
            for word in chunk.words
        ]
        self._hand_over(self._resampler.push(chunk.samples), marks)

    def end_clause(self, *, is_cut: bool = False) -> None:
        """The clause has no more pieces. `is_cut`: its voice broke off before its end."""
        if self._resampler is not None:
            self._hand_over(self._resampler.finish(), [])
        self._ledger.end_clause(is_cut=is_cut)
        self._clause = self._resampler = None
        # It may have no sound at all, or have been heard already: then no further report comes.
        self._tell(self._ledger.played(self._epoch, 0, self._reported_at_s))

    def cue(self, earcon: Earcon) -> None:
        """Play an earcon, between answers."""
        samples = sound(earcon, self._speaker.rate_hz)
        self._ledger.begin_clause(0, 0, EARCON, 0, 0)
        self._ledger.wrote(len(samples), [])
        self._ledger.end_clause()
        self._speaker.write(self.volume.apply(samples))

    def stop(self) -> None:
        """Silence: drop all that has not been heard."""
        self._unsettled[self._epoch] = asyncio.Event()
        self._epoch = self._speaker.clear()
        self._ledger.cleared(self._epoch)
        self._clause = self._resampler = None

    def duck(self, *, is_ducked: bool) -> None:
        """Speak softly, or as loud as before; at once, also what is written already."""
        self._speaker.duck(is_ducked=is_ducked)

    def left_off(self, turn: int, revision: int) -> LeftOff | None:
        """Where `stop` cut this answer; known once it has `settled`."""
        return self._ledger.left_off(turn, revision)

    async def settled(self) -> None:
        """Wait until it is known how much was heard before the last `stop`; not longer than SETTLE_WITHIN_S."""
        try:
            async with asyncio.timeout(SETTLE_WITHIN_S):
                for event in list(self._unsettled.values()):
                    await event.wait()
        except TimeoutError:
            log.warning("the speaker did not say how much it had played")
            self._unsettled.clear()

    def heard_end(self, turn: int) -> int:
        """How many characters of the turn's answer, as displayed, were heard."""
        return self._ledger.heard_end(turn)

    def forget(self, turn: int) -> None:
        """The turn is over and recorded."""
        self._ledger.forget(turn)

    async def follow(self) -> None:
        """Take the speaker's reports in, for ever."""
        async for report in self._speaker.reports():
            self._reported_at_s = report.at_s
            self._tell(self._ledger.played(report.epoch, report.samples, report.at_s))
            if report.at_s - self._sounded_at_s >= SOUNDING_EVERY_S and not report.is_final:
                self._sounded_at_s = report.at_s
                self._tell(self._ledger.being_heard(report.epoch, report.at_s))
            if report.is_final:
                if report.samples:
                    self.silent_s = report.at_s
                self._ledger.close(report.epoch)
                if event := self._unsettled.pop(report.epoch, None):
                    event.set()

    def _hand_over(self, samples: Pcm16, marks: list[WordMark]) -> None:
        if self._to_skip:
            self._to_skip, samples = max(0, self._to_skip - len(samples)), samples[self._to_skip :]
        self._ledger.wrote(len(samples), marks)
        if len(samples):
            volume = self.volume.quietened() if self.is_quiet else self.volume
            self._speaker.write(volume.apply(samples))
        if self._on_written is not None and self._clause is not None:
            self._on_written(Written(self._turn, self._clause, samples, tuple(marks)))

    def _tell(self, news: Sequence[News]) -> None:
        for one in news:
            self._on_heard(one)
