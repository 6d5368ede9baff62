"""What tells one voice from another: an embedding of some seconds of speech."""

from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from audio.frames import Pcm16

Embedding: TypeAlias = NDArray[np.float32]
"""Where a voice lies in a model's space: shape (d,), of length 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """A voice, and how much speech it was taken from: what was taken from little says little."""

    embedding: Embedding
    speech_s: float


class VoiceEncoder(Protocol):
    """Speech in, an embedding out, away from the event loop."""

    @property
    def model(self) -> str:
        """Name of the model: voices of different models cannot be compared."""
        ...

    async def voice(self, samples: Pcm16) -> Voice | None:
        """The voice in 16 kHz samples of one speaker, shape (n,); None where there is too little speech to tell."""
        ...

    def same(self, one: Voice, other: Voice) -> float:
        """Probability that two voices of this model are one person's, where as many pairs are as are not."""
        ...

    async def warm(self) -> None:
        """Run it once, so that the first utterance costs what later ones do."""
        ...

    async def close(self) -> None: ...
