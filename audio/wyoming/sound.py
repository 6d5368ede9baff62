"""Sound as Wyoming carries it, to one rate and one channel."""

from typing import Final

import numpy as np
from wyoming.audio import AudioChunk, AudioFormat

from audio.frames import Pcm16
from audio.resample import StreamResampler
from audio.wyoming.wire import WireError

RATES_HZ: Final = range(8_000, 96_001)
MOST_CHANNELS: Final = 8
SAMPLE_BYTES: Final = 2


class IncomingSound:
    """A stream of audio chunks as mono samples of one rate, whatever rate and number of channels it comes in."""

    def __init__(self, rate_hz: int) -> None:
        """`rate_hz` is what comes out."""
        self._rate_hz = rate_hz
        self._format: tuple[int, int, int] | None = None
        self._resampler = StreamResampler(rate_hz, rate_hz)

    def begin(self, announced: AudioFormat) -> None:
        """The stream announces its format. Raises WireError where it cannot be taken."""
        came = (announced.rate, announced.width, announced.channels)
        if any(type(number) is not int for number in came):
            raise WireError("rate, width and channels of sound are whole numbers")
        rate_hz, width, channels = came
        if width != SAMPLE_BYTES or rate_hz not in RATES_HZ or not 1 <= channels <= MOST_CHANNELS:
            raise WireError(
                f"sound of {rate_hz} Hz, {8 * width} bits and {channels} channels is not taken: send 16 bits "
                f"at {RATES_HZ.start} to {RATES_HZ.stop - 1} Hz, at most {MOST_CHANNELS} channels"
            )
        self._format = came
        self._resampler = StreamResampler(rate_hz, self._rate_hz)

    def push(self, chunk: AudioChunk) -> Pcm16:
        """The next samples that are ready, shape (n,). Raises WireError."""
        if self._format is None:
            self.begin(chunk)
        if self._format != (chunk.rate, chunk.width, chunk.channels):
            raise WireError("the format of the sound changed on the way")
        if len(chunk.audio) % (SAMPLE_BYTES * chunk.channels):
            raise WireError("a chunk of sound ends inside a sample")
        samples = np.frombuffer(chunk.audio, "<i2").reshape(-1, chunk.channels)
        mono: Pcm16 = samples[:, 0] if chunk.channels == 1 else samples.mean(axis=1).astype(np.int16)
        return self._resampler.push(mono)

    def finish(self) -> Pcm16:
        """The stream has ended: what was held back."""
        return self._resampler.finish()
