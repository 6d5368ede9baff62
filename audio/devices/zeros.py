"""A microphone that gives nothing but zeros hears nothing. Pure."""

from audio.frames import Pcm16

ZEROS_FOR_S = 10.0
"""A real microphone hisses; one behind a noise gate is silent between sentences, but seldom for so long."""


class Zeros:
    """For where nobody says that a device is gone: told of every block, it says whether the microphone is deaf.

    A microphone that was taken for deaf by mistake, since a sound came out of it again, has a noise gate: it is
    believed from then on.
    """

    def __init__(self, rate_hz: int) -> None:
        self.is_deaf = False
        self._enough = ZEROS_FOR_S * rate_hz
        self._zeros = 0
        self._is_gated = False

    def push(self, samples: Pcm16) -> bool:
        """The next block; whether `is_deaf` has changed with it."""
        was_deaf = self.is_deaf
        if samples.any():
            self._is_gated |= was_deaf
            self._zeros = 0
        else:
            self._zeros += len(samples)
        self.is_deaf = self._zeros >= self._enough and not self._is_gated
        return self.is_deaf is not was_deaf
