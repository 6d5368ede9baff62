"""What a speech-to-text engine must do."""

from dataclasses import dataclass
from typing import Protocol

from audio.frames import PcmFloat


class TranscriptionError(Exception):
    """The engine could not transcribe. One line: what happened and what to do."""


@dataclass(frozen=True, slots=True)
class TranscribedWord:
    """One word and where it lies on the session's sample clock."""

    text: str
    start_s: float
    end_s: float
    probability: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said. The first `stable_words` words will not change when more audio comes."""

    text: str
    words: tuple[TranscribedWord, ...]
    stable_words: int
    language: str


class SpeechToText(Protocol):
    """Audio so far in, revised transcript out."""

    async def transcribe(self, samples: PcmFloat, *, start_s: float) -> Transcript:
        """Transcribe 16 kHz audio whose first sample lies at `start_s` on the session's clock.

        An utterance without words gives an empty text. Raises TranscriptionError.
        """
        ...

    async def warm(self) -> None:
        """Load the model and run it once, so that the first utterance costs what later ones do."""
        ...

    async def close(self) -> None: ...
