"""How a spoken text lies along the display text that it says."""

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """`spoken[spoken_start:spoken_end]` says `display[display_start:display_end]`, and neither can be cut further."""

    spoken_start: int
    spoken_end: int
    display_start: int
    display_end: int


@dataclass(frozen=True, slots=True)
class SpeakableText:
    """A display text, what to say for it, and which part of one says which part of the other.

    `pieces` are in order and tile both texts without gap or overlap. Where nothing can be said `spoken` is ""
    and one piece covers the whole display.
    """

    display: str
    spoken: str
    pieces: tuple[Piece, ...]

    def display_end(self, spoken_end: int) -> int:
        """How much of `display` has been said once `spoken[:spoken_end]` was heard.

        A display token ("$3.50") counts when the last letter of its speech was heard, not before. Never falls
        as `spoken_end` grows. All that was heard is all of the display, so a text without speech is said from
        the start; otherwise nothing heard is nothing said.
        """
        if spoken_end >= len(self.spoken):
            return len(self.display)
        if spoken_end <= 0:
            return 0
        piece = self.pieces[bisect_right(self.pieces, spoken_end, key=_spoken_end)]
        has_begun = spoken_end > piece.spoken_start
        unheard = self.spoken[spoken_end : piece.spoken_end]
        if has_begun and not any(char.isalnum() for char in unheard):
            return piece.display_end
        return piece.display_start


def _spoken_end(piece: Piece) -> int:
    return piece.spoken_end
