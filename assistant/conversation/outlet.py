"""The gate between an answer in preparation and the speaker."""

from collections.abc import Callable

from assistant.conversation.answer import Answer
from assistant.conversation.clauses import Clause
from assistant.conversation.playback import Playback


class Outlet:
    """Hands to the speaker, in order, what there is of the clauses that may be heard; the rest waits here."""

    def __init__(
        self, playback: Playback, turn: int, revision: int, answer: Answer, on_caption: Callable[[Clause], None]
    ) -> None:
        self._playback = playback
        self._turn = turn
        self._revision = revision
        self._answer = answer
        self._on_caption = on_caption
        self._released = 0
        self._clause = 0
        self._chunks_written: int | None = None
        """Of the clause under way; None while it is not begun."""

    def release(self, clause: int) -> None:
        """This clause, and those before it, may be heard."""
        self._released = max(self._released, clause + 1)
        self.pump()

    def pump(self) -> None:
        """Pass on what has come since."""
        while self._clause < min(self._released, len(self._answer.clauses)):
            sound = self._answer.clauses[self._clause]
            if self._chunks_written is None:
                self._chunks_written = 0
                self._playback.begin_clause(self._turn, self._revision, sound.clause)
                self._on_caption(sound.clause)
            for chunk in sound.chunks[self._chunks_written :]:
                self._playback.write(chunk)
            self._chunks_written = len(sound.chunks)
            if not sound.is_over:
                return
            self._clause += 1
            self._chunks_written = None
            self._playback.end_clause(is_cut=sound.is_cut)
