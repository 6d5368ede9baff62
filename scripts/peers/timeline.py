"""What a peer plays, on the clock of what it is fed: sample 0 of both is the same instant."""

import numpy as np

from audio.frames import Pcm16


class Timeline:
    """Gathers pieces of sound as a sound card would play them: each when it comes, or after the one before it."""

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self._pieces: list[tuple[int, Pcm16]] = []
        self._end = 0

    @property
    def end_s(self) -> float:
        """When the last piece ends; 0 where there is none."""
        return self._end / self.rate_hz

    @property
    def begin_s(self) -> float | None:
        """When the first piece begins, sounding or not; None where there is none."""
        return self._pieces[0][0] / self.rate_hz if self._pieces else None

    def play(self, at_s: float, samples: Pcm16) -> None:
        """A piece, shape (n,), came at `at_s`."""
        start = max(round(at_s * self.rate_hz), self._end)
        self._pieces.append((start, samples))
        self._end = start + len(samples)

    def stop(self, at_s: float) -> None:
        """Nothing of what has come is played after `at_s`: the user spoke over it."""
        limit = round(at_s * self.rate_hz)
        kept = [(start, samples[: max(0, limit - start)]) for start, samples in self._pieces]
        self._pieces = [(start, samples) for start, samples in kept if len(samples)]
        self._end = max((start + len(samples) for start, samples in self._pieces), default=0)

    def samples(self) -> Pcm16:
        """The whole from sample 0, shape (n,), with silence where nothing was played."""
        whole = np.zeros(self._end, np.int16)
        for start, samples in self._pieces:
            whole[start : start + len(samples)] = samples
        return whole
