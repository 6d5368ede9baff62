"""A speaker without hardware: it plays at the pace of a clock, into whatever takes its samples."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable

import numpy as np

from audio.clock import SampleClock
from audio.devices.playback import MAX_QUEUED_S, PlaybackQueue, PlayedReports, Taken
from audio.devices.protocol import DeviceHealth, Played
from audio.frames import Pcm16
from audio.stop.latch import Latch

log = logging.getLogger(__name__)

BLOCKS_PER_S = 100
REPORT_EVERY_S = 0.02
CATCH_UP_EVERY_S = 0.25
"""How often silence is handed on while nothing plays."""


class PacedSpeaker:
    """Plays in blocks of 10 ms: block k begins at k * 10 ms of the clock and holds only what was written before.

    That is exact however late the event loop is: the output is brought up to the present before anything
    is written or cleared, so that no timer decides what a block holds. `run` must run beside it.
    """

    def __init__(
        self,
        clock: SampleClock,
        rate_hz: int = 24_000,
        sink: Callable[[Pcm16], None] | None = None,
        latch: Latch | None = None,
    ) -> None:
        """From the instant when `latch` is set, nothing more of the epoch is played, however late that is found out."""
        self.rate_hz = rate_hz
        self._latch = latch
        self._obeyed_s = 0.0 if latch is None else latch.resumed_at_s
        self._clock = clock
        self._sink = sink
        self._queue = PlaybackQueue()
        self._reports = PlayedReports()
        self._epoch = 0
        self._blocks = 0  # begun, and therefore fixed
        self._left_at_s: float | None = None
        self._overflows = 0
        self._wake = asyncio.Event()

    def write(self, samples: Pcm16) -> None:
        """Queue samples; the first of them begins the next block. They must not be changed afterwards."""
        self._advance()
        if self._queue.queued + len(samples) > MAX_QUEUED_S * self.rate_hz:
            self._overflows += 1
            log.warning("speaker: more than %d s are queued; dropping %d samples", MAX_QUEUED_S, len(samples))
            return
        self._queue.write(self._epoch, samples)
        self._wake.set()

    def clear(self) -> int:
        """Drop what has not been played; the block that has begun is played to its end. Returns the new epoch."""
        self._advance()
        self._epoch += 1
        self._queue.begin(self._epoch)
        self._report(self._queue.take(np.zeros(0, np.int16)), self._clock.now())
        return self._epoch

    def duck(self, *, is_ducked: bool) -> None:
        self._advance()
        self._queue.ducking.is_ducked = is_ducked

    def reports(self) -> AsyncIterator[Played]:
        """Progress every 20 ms while something plays; a block counts when it begins. For one reader."""
        return aiter(self._reports)

    def health(self) -> DeviceHealth:
        return DeviceHealth(overflows=self._overflows)

    async def run(self) -> None:
        """Keep pace until cancelled."""
        while True:
            self._advance()
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._until_next_look_s()):
                    await self._wake.wait()

    def close(self) -> None:
        """Play up to now, and end the reports."""
        self._advance()
        self._reports.close()

    def _until_next_look_s(self) -> float | None:
        if not self._queue.queued:
            return None if self._sink is None else CATCH_UP_EVERY_S
        last_block = self._blocks + (self._queue.queued * BLOCKS_PER_S - 1) // self.rate_hz
        return min(REPORT_EVERY_S, last_block / BLOCKS_PER_S - self._clock.now())

    def _advance(self) -> None:
        """Fix all blocks that have begun by now, with what was written up to now."""
        now_s = self._clock.now()
        # A nanosecond short of a block's beginning counts as begun: rounding may delay a sample, never hurry it.
        begun = int(now_s * BLOCKS_PER_S + 1e-7) + 1
        while self._blocks < begun and self._queue.queued:
            self._obey(self._blocks / BLOCKS_PER_S)
            if not self._queue.queued:
                break
            start = self._first_sample(self._blocks)
            self._blocks += 1
            block = np.empty(self._first_sample(self._blocks) - start, np.int16)
            taken = self._queue.take(block)
            self._report(taken, start / self.rate_hz)
            if self._sink is not None:
                self._sink(block)
        if self._blocks < begun:
            silent = self._first_sample(begun) - self._first_sample(self._blocks)
            self._blocks = begun
            if self._sink is not None:
                self._sink(np.zeros(silent, np.int16))
        self._obey(now_s)

    def _obey(self, at_s: float) -> None:
        """Whether the latch was set by then: what is written until the next `clear` is not played."""
        latch = self._latch
        if latch is None or self._clock.at(latch.stopped_at_s) > at_s:
            return
        if latch.is_stopped or latch.stopped_at_s > self._obeyed_s:
            self._obeyed_s = latch.stopped_at_s
            self._queue.silence(self._epoch)

    def _first_sample(self, block: int) -> int:
        return block * self.rate_hz // BLOCKS_PER_S

    def _report(self, taken: list[Taken], start_s: float) -> None:
        for one in taken:
            if one.now:
                self._left_at_s = start_s + one.now / self.rate_hz
            at_s = start_s if self._left_at_s is None else self._left_at_s
            self._reports.put(Played(one.epoch, one.samples, at_s, one.is_final))
            if one.is_final:
                self._left_at_s = None
