"""Speaking softly for a while: what makes a voice easy to talk over."""

import numpy as np

from audio.frames import Pcm16

DUCKED_DB = -12.0
"""Soft enough to be spoken over without effort, loud enough to be followed if it was nothing."""


class Ducking:
    """A level that glides, over one block, to DUCKED_DB or back. Set by one thread and applied by another."""

    def __init__(self) -> None:
        self.is_ducked = False
        self._gain = 1.0

    def apply(self, block: Pcm16) -> None:
        """Make the block, shape (n,), as loud as it is to be, in place."""
        wanted = 10 ** (DUCKED_DB / 20) if self.is_ducked else 1.0
        if len(block) and (wanted, self._gain) != (1.0, 1.0):
            block[:] = block * np.linspace(self._gain, wanted, len(block))
            self._gain = wanted
