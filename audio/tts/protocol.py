"""What a text-to-speech engine must do."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol

from audio.frames import Pcm16


class SynthesisError(Exception):
    """The engine could not speak. One line: what happened and what to do."""


@dataclass(frozen=True, slots=True)
class WordTime:
    """Where one word of the text is heard.

    `start_char`/`end_char` index the text given to `synthesize`; the times are seconds from the first
    sample of that text's audio.
    """

    start_char: int
    end_char: int
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, eq=False)
class SpeechChunk:
    """A piece of the synthesised clause, in order; `words` are those that begin in this piece."""

    samples: Pcm16
    rate_hz: int
    words: tuple[WordTime, ...]


class TextToSpeech(Protocol):
    """Speakable text in, audio out, piece by piece."""

    @property
    def rate_hz(self) -> int: ...

    def synthesize(self, text: str, *, pace: float = 1.0) -> AsyncGenerator[SpeechChunk, None]:
        """Speak one clause, `pace` times as fast as usual. Closing the iterator stops the engine's work.

        Raises SynthesisError.
        """
        ...

    async def warm(self) -> None:
        """Load the voice and speak a word into nothing."""
        ...

    async def close(self) -> None: ...
