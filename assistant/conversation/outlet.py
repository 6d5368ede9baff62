"""The gate between an answer in preparation and the speaker."""

from collections.abc import Callable

from assistant.conversation.answer import Answer
from assistant.conversation.clauses import Clause
from assistant.conversation.ledger import LeftOff
from assistant.conversation.playback import Playback


class Outlet:
    """Hands to the speaker, in order, what there is of the clauses that may be heard; the rest waits here."""

    def __init__(
        self,
        playback: Playback,
        turn: int,
        revision: int,
        answer: Answer,
        on_caption: Callable[[Clause], None],
        on_end: Callable[[], None],
    ) -> None:
        """`on_end` is called once, when the last of the answer was handed over."""
        self._playback = playback
        self._turn = turn
        self._revision = revision
        self._answer = answer
        self._on_caption = on_caption
        self._on_end: Callable[[], None] | None = on_end
        self._released = 0
        self._clause = 0
        self._chunks_written: int | None = None
        """Of the clause under way; None while it is not begun."""
        self._is_held = False
        self._to_skip = 0
        self._captioned = 0

    def hold(self) -> None:
        """Nothing more, for the time being: the speaker was silenced."""
        self._is_held = True

    def go_on(self, left_off: LeftOff | None) -> None:
        """Go on where it was silenced; None: no clause was cut."""
        self._is_held = False
        if left_off is not None:
            self._clause, self._to_skip = left_off.clause, left_off.samples
        self._chunks_written = None
        self.pump()

    def release(self, clause: int) -> None:
        """This clause, and those before it, may be heard."""
        self._released = max(self._released, clause + 1)
        self.pump()

    def pump(self) -> None:
        """Pass on what has come since."""
        while not self._is_held and self._clause < min(self._released, len(self._answer.clauses)):
            sound = self._answer.clauses[self._clause]
            if self._chunks_written is None:
                self._chunks_written = 0
                self._playback.begin_clause(self._turn, self._revision, sound.clause, skipped=self._to_skip)
                self._to_skip = 0
                if self._clause >= self._captioned:
                    self._captioned = self._clause + 1
                    self._on_caption(sound.clause)
            for chunk in sound.chunks[self._chunks_written :]:
                self._playback.write(chunk)
            self._chunks_written = len(sound.chunks)
            if not sound.is_over:
                return
            self._clause += 1
            self._chunks_written = None
            self._playback.end_clause(is_cut=sound.is_cut)
        if self._answer.is_complete and self._released >= self._clause == len(self._answer.clauses) > 0:
            on_end, self._on_end = self._on_end, None
            if on_end is not None:
                on_end()
