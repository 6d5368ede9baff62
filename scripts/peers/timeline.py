"""What a system plays, on the clock of what it is fed: sample 0 of both is the same instant."""

from bisect import bisect_right

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
        return self.between(0, self._end)

    def between(self, first: int, end: int) -> Pcm16:
        """What is played from sample `first` to `end`, shape (end - first,), as far as it is known by now."""
        found = np.zeros(end - first, np.int16)
        position = max(0, bisect_right(self._pieces, first, key=lambda piece: piece[0]) - 1)
        for start, samples in self._pieces[position:]:
            if start >= end:
                break
            piece = samples[max(0, first - start) : end - start]
            at = max(start - first, 0)
            found[at : at + len(piece)] = piece
        return found
