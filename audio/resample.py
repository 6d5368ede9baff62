"""Changing the sample rate of a stream as it comes."""

from typing import Literal, TypeAlias

import numpy as np
import soxr

from audio.frames import Pcm16

Quality: TypeAlias = Literal["HQ", "MQ"]
"""Both are flat to 7.5 kHz at 16 kHz; HQ holds back 21 ms on the way from 48 kHz, MQ 15 ms."""


class StreamResampler:
    """Mono 16-bit samples from one rate to another, piece by piece, without seams.

    What comes out lags what went in by the filter's length (see Quality), until `finish`. Equal rates pass
    through untouched.
    """

    def __init__(self, from_hz: int, to_hz: int, *, quality: Quality = "HQ") -> None:
        self._stream = None
        if from_hz != to_hz:
            self._stream = soxr.ResampleStream(from_hz, to_hz, 1, dtype="int16", quality=quality)

    def push(self, samples: Pcm16) -> Pcm16:
        """Take in the next samples, shape (n,); returns those that are ready, possibly none."""
        if self._stream is None:
            return samples
        ready: Pcm16 = self._stream.resample_chunk(np.ascontiguousarray(samples))
        return ready

    def finish(self) -> Pcm16:
        """The stream has ended: returns what was held back. The next push begins a new stream."""
        rest: Pcm16 = np.zeros(0, np.int16)
        if self._stream is not None:
            rest = self._stream.resample_chunk(rest, last=True)
            self._stream.clear()
        return rest


def resampled(samples: Pcm16, from_hz: int, to_hz: int) -> Pcm16:
    """A whole recording at another rate."""
    resampler = StreamResampler(from_hz, to_hz)
    return np.concatenate([resampler.push(samples), resampler.finish()])
