"""What a speech-to-text engine must do."""

from dataclasses import dataclass
from typing import Protocol

from audio.frames import MIC_RATE_HZ, PcmFloat


class TranscriptionError(Exception):
    """The engine could not transcribe. One line: what happened and what to do."""


@dataclass(frozen=True, slots=True)
class TranscribedWord:
    """One word and where it lies on the session's sample clock.

    The times of a revision's words are estimates, in order and within the audio; those of `transcribe` are
    aligned with the sound.
    """

    text: str
    start_s: float
    end_s: float
    probability: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said.

    The first `stable_words` words will not change when more audio comes. `until_s` is the end, on the session's
    clock, of the audio that was listened to. `confidence` is the geometric mean of the probabilities of the words'
    tokens (1 where there is no word).
    """

    text: str
    words: tuple[TranscribedWord, ...]
    stable_words: int
    language: str
    until_s: float = 0.0
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Lead:
    """What was said in the same breath before an utterance, and is known: a wake word.

    `samples` is 16 kHz audio that ends where the utterance's begins, and `text` the words at its end. Where exactly
    they end nobody knows; an engine that hears them whole, and knows them, need not.
    """

    samples: PcmFloat
    text: str

    @property
    def length_s(self) -> float:
        return len(self.samples) / MIC_RATE_HZ


class SpeechToText(Protocol):
    """Audio so far in, revised transcript out."""

    async def transcribe(self, samples: PcmFloat, *, start_s: float) -> Transcript:
        """Transcribe the whole of an utterance, with all care.

        `samples` is 16 kHz audio whose first sample lies at `start_s` on the session's clock. An utterance without
        words gives an empty text. Raises TranscriptionError.
        """
        ...

    async def revise(
        self, samples: PcmFloat, *, start_s: float, earlier: Transcript | None, lead: Lead | None = None
    ) -> Transcript:
        """One quick pass over an utterance that may still be going on.

        `samples` is the whole utterance so far and `start_s` the time of its first sample, the same for all
        passes; `earlier` is the last revision of the same utterance, None at first. What two successive passes
        agree on is stable: `text` and `words` are those of the whole utterance so far, and the first
        `stable_words` words stand in every later revision, unless it turns out to be in another `language`. What is
        said in a language that is not spoken here has no words. `lead`, the same for all passes, is no part of the
        transcript; an engine that cannot make use of it ignores it. Raises TranscriptionError.
        """
        ...

    async def warm(self) -> None:
        """Load the models and run them once, so that the first utterance costs what later ones do."""
        ...

    async def close(self) -> None: ...
