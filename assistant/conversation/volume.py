"""How loud the assistant speaks."""

from dataclasses import dataclass

import numpy as np

from audio.frames import Pcm16

STEP_DB = 3.0
"""From one level to the next: clearly louder, yet no jump."""

QUIETEST, LOUDEST = 1, 10
"""The levels, as people say them: "volume five". None of them is silence: an assistant that cannot be heard could
not be asked to speak up."""

UNCHANGED = 8
"""The level at which the voice sounds as its engine made it. Piper's peaks lie at -4 to -8 dBFS, so of the two
steps above it, up to +6 dB, only the loudest peaks are clipped, and there is room to be asked for more."""


QUIETENED_STEPS = 4
"""By 12 dB: a whisper is 15 to 20 dB softer than speech, but is listened to from near by."""


@dataclass(frozen=True, slots=True, order=True)
class Volume:
    """A level from QUIETEST to LOUDEST. Raises ValueError for any other."""

    level: int = UNCHANGED

    def __post_init__(self) -> None:
        if not QUIETEST <= self.level <= LOUDEST:
            raise ValueError(f"a volume is a level from {QUIETEST} to {LOUDEST}, not {self.level}")

    @property
    def gain_db(self) -> float:
        return (self.level - UNCHANGED) * STEP_DB

    def changed_by(self, steps: int) -> "Volume":
        """So many levels louder (or quieter, below 0), as far as that goes."""
        return Volume(max(QUIETEST, min(LOUDEST, self.level + steps)))

    def quietened(self) -> "Volume":
        """For an answer to somebody who whispers: much softer, yet to be understood."""
        return self.changed_by(-QUIETENED_STEPS)

    def apply(self, samples: Pcm16) -> Pcm16:
        """The samples at this volume, shape (n,); what becomes too loud is clipped, never wrapped."""
        if self.level == UNCHANGED:
            return samples
        scaled = samples.astype(np.float32) * np.float32(10 ** (self.gain_db / 20))
        clipped: Pcm16 = np.clip(np.rint(scaled), -32768, 32767).astype(np.int16)
        return clipped
