"""WAV files in the place of a microphone and a speaker, in real time and on one clock."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np

from audio.clock import SampleClock
from audio.devices.paced import PacedSpeaker
from audio.devices.protocol import DeviceHealth
from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ, Frame
from audio.stop.latch import Latch
from audio.stop.line import StopLine
from audio.wav import WavWriter, read_wav


class RealTimeClock:
    """A sample clock that runs with the machine's clock from the moment it is started; until then it shows 0."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._origin_s: float | None = None

    def start(self) -> float:
        """Sample 0 is now, in the machine's time; starting it again changes nothing. Returns when sample 0 was."""
        if self._origin_s is None:
            self._origin_s = self._monotonic()
        return self._origin_s

    def at(self, monotonic_s: float) -> float:
        return 0.0 if self._origin_s is None else monotonic_s - self._origin_s

    def now(self) -> float:
        return self.at(self._monotonic())


class FileMicrophone:
    """A WAV file, spoken once into the clock's time; silence after it, without end.

    Sample 0 is the moment when the first frame is asked for, so that nothing is said before someone listens.
    """

    def __init__(self, path: Path, clock: RealTimeClock, line: StopLine | None = None) -> None:
        """Read the whole file: call it off the event loop. `line` is told when it starts. Raises DeviceError."""
        self.clock = clock
        self._path = path
        self._line = line
        self._samples = read_wav(path)
        self._next_frame = 0
        self._is_muted = self._is_closed = False

    async def frames(self) -> AsyncIterator[Frame]:
        """Frame k at (k + 1) * 20 ms of the clock or later, never earlier."""
        started_at_s = self.clock.start()
        if self._line is not None:
            self._line.on_file(self._path, started_at_s)
        while not self._is_closed:
            start = self._next_frame * FRAME_SAMPLES
            end_s = (start + FRAME_SAMPLES) / MIC_RATE_HZ
            # A timer may fire a little early; what is left below a nanosecond is rounding.
            while (early_s := end_s - self.clock.now()) > 1e-9:  # noqa: ASYNC110
                await asyncio.sleep(early_s)
            self._next_frame += 1
            yield self._frame(start)

    def mute(self, *, is_muted: bool) -> None:
        """What would be heard meanwhile is lost, as it is of a person."""
        self._is_muted = is_muted

    def health(self) -> DeviceHealth:
        return DeviceHealth()

    def close(self) -> None:
        """The frames end with the one that is due next."""
        self._is_closed = True

    def _frame(self, start: int) -> Frame:
        piece = self._samples[start : start + FRAME_SAMPLES]
        is_after_end = len(piece) == 0
        heard = piece[: 0 if self._is_muted else None]
        if len(heard) == FRAME_SAMPLES:
            return Frame(start, heard)
        silence = np.zeros(FRAME_SAMPLES - len(heard), np.int16)
        return Frame(start, np.concatenate([heard, silence]), is_after_end=is_after_end)


class FileSpeaker(PacedSpeaker):
    """A WAV file whose sample 0 is the clock's zero; silence where nothing plays."""

    def __init__(self, path: Path, clock: SampleClock, rate_hz: int = 24_000, latch: Latch | None = None) -> None:
        """Create or overwrite the file. Raises DeviceError."""
        self._writer = WavWriter(path, rate_hz)
        super().__init__(clock, rate_hz, self._writer.write, latch)

    def close(self) -> None:
        """Write up to now, and complete the file."""
        super().close()
        self._writer.close()
