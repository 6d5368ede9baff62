"""What an end-of-turn model must do."""

from dataclasses import dataclass
from typing import Protocol

from audio.frames import Pcm16


@dataclass(frozen=True, slots=True, eq=False)
class PausedTurn:
    """A turn whose speaker has just fallen silent.

    `samples` is the turn's audio at 16 kHz up to now, `silence_s` how long the silence has lasted, `words`
    the transcript so far ("" while it is not known), `expected` how likely a language model finds it that a message
    ends with these words (None while no one has said).
    """

    samples: Pcm16
    silence_s: float
    words: str = ""
    expected: float | None = None


class EndOfTurnModel(Protocol):
    """Tells a finished turn from a pause to think."""

    async def probability(self, turn: PausedTurn) -> float:
        """Probability in [0, 1] that the speaker has finished. Called as the silence grows."""
        ...

    def finished(self, words: str) -> float:
        """Probability that these words alone make a finished utterance; 0.5 without an opinion.

        Asked in mid-speech about partial transcripts, on the event loop: it takes a millisecond or two.
        """
        ...

    async def warm(self) -> None:
        """Run it once, so that the first pause costs what later ones do."""
        ...

    async def close(self) -> None: ...
