"""A microphone somewhere else: its sound comes in pieces over a network, whenever they come."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import numpy as np

from audio.devices.protocol import DeviceHealth
from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ, Frame, Pcm16

AHEAD_S = 0.2
"""A piece may hold so much sound and be taken in at once; what is sent faster than it was spoken is taken in at the
pace of speech, as a microphone would give it."""

STARVED_S = 0.3
"""Whoever sends nothing for so long is silent, or does not send silence: silence is put in its place."""

ASLEEP_S = 5.0
"""Nothing at all for so long, and time stands still until something comes: an idle client costs nothing."""

ROUNDING_S = 1e-6


class RemoteClock:
    """Time since the first piece came, as far as the microphone has been running."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._origin_s: float | None = None

    def start(self, at_s: float) -> None:
        """It is `at_s` now."""
        self._origin_s = self._monotonic() - at_s

    @property
    def has_started(self) -> bool:
        return self._origin_s is not None

    def at(self, monotonic_s: float) -> float:
        return 0.0 if self._origin_s is None else monotonic_s - self._origin_s

    def now(self) -> float:
        return self.at(self._monotonic())


@dataclass(frozen=True, slots=True)
class _Gap:
    """Silence that was put in: after `sent` samples of the client's there have been so many of it in all."""

    sent: int
    silent: int


class RemoteMicrophone:
    """Give it what comes with `hear`; `frames` has it frame by frame, in the time of speech."""

    def __init__(self, clock: RemoteClock, may_sleep: Callable[[], bool] = lambda: True) -> None:
        """`may_sleep` is asked whether nobody would mind if time stood still."""
        self.clock = clock
        self._may_sleep = may_sleep
        self._waiting: deque[Pcm16] = deque()
        self._queued = 0
        self._came = asyncio.Event()
        self._next_sample = self._sent = self._silent = 0
        self._gaps: deque[_Gap] = deque(maxlen=1000)
        self._is_muted = False

    def hear(self, samples: Pcm16) -> None:
        """More sound, at 16 kHz. Whoever gives it faster than it was spoken minds `backlog_s`."""
        self._waiting.append(samples)
        self._queued += len(samples)
        self._came.set()

    @property
    def backlog_s(self) -> float:
        """Sound that waits to be taken in."""
        return self._queued / MIC_RATE_HZ

    def forget(self) -> None:
        """What waits is not meant."""
        self._sent += self._queued
        self._silent -= self._queued
        self._note_gap()
        self._waiting.clear()
        self._queued = 0

    def sent_ms(self, at_s: float) -> int:
        """How far into the sound that was sent a time of the clock lies, in milliseconds."""
        sample = round(at_s * MIC_RATE_HZ)
        silent = 0
        for gap in self._gaps:
            if gap.sent + gap.silent > sample:
                return max(0, round(1000 * min(sample - silent, gap.sent) / MIC_RATE_HZ))
            silent = gap.silent
        return max(0, round(1000 * (sample - silent) / MIC_RATE_HZ))

    async def frames(self) -> AsyncIterator[Frame]:
        """Frames without end; none while nothing has come for ASLEEP_S."""
        heard_at_s = 0.0
        while True:
            if self._queued >= FRAME_SAMPLES:
                if not self.clock.has_started:
                    self.clock.start(min(self._queued / MIC_RATE_HZ, AHEAD_S))
                if (early_s := self._next_end_s - AHEAD_S - self.clock.now()) > 1e-3:
                    await asyncio.sleep(early_s)
                    if self._queued < FRAME_SAMPLES:  # forgotten meanwhile
                        continue
                heard_at_s = self.clock.now()
                yield self._next(self._take())
                await asyncio.sleep(0)  # a burst of frames must not hold up everything else
                continue
            now_s = self.clock.now()
            if not self.clock.has_started or (now_s - heard_at_s > ASLEEP_S and self._may_sleep()):
                await self._wait(None)
                if self.clock.has_started:
                    self.clock.start(self._next_end_s)
                heard_at_s = self.clock.now()
            elif now_s < self._next_end_s + STARVED_S - ROUNDING_S and now_s - heard_at_s < 2 * STARVED_S:
                await self._wait(self._next_end_s + STARVED_S - now_s)
            elif now_s < self._next_end_s - ROUNDING_S:
                await self._wait(self._next_end_s - now_s)
            else:
                self._silent += FRAME_SAMPLES
                self._note_gap()
                yield self._next(np.zeros(FRAME_SAMPLES, np.int16), is_gap=True)
                await asyncio.sleep(0)

    def mute(self, *, is_muted: bool) -> None:
        self._is_muted = is_muted

    def health(self) -> DeviceHealth:
        return DeviceHealth()

    @property
    def _next_end_s(self) -> float:
        return (self._next_sample + FRAME_SAMPLES) / MIC_RATE_HZ

    def _next(self, samples: Pcm16, *, is_gap: bool = False) -> Frame:
        frame = Frame(self._next_sample, samples, is_gap=is_gap)
        self._next_sample += FRAME_SAMPLES
        return frame

    def _take(self) -> Pcm16:
        taken: list[Pcm16] = []
        missing = FRAME_SAMPLES
        while missing:
            piece = self._waiting.popleft()
            taken.append(piece[:missing])
            if len(piece) > missing:
                self._waiting.appendleft(piece[missing:])
            missing -= len(taken[-1])
        self._queued -= FRAME_SAMPLES
        self._sent += FRAME_SAMPLES
        return np.zeros(FRAME_SAMPLES, np.int16) if self._is_muted else np.concatenate(taken)

    def _note_gap(self) -> None:
        if self._gaps and self._gaps[-1].sent == self._sent:
            self._gaps.pop()
        self._gaps.append(_Gap(self._sent, self._silent))

    async def _wait(self, at_most_s: float | None) -> None:
        """Until something comes, or so long."""
        self._came.clear()
        try:
            async with asyncio.timeout(at_most_s):
                await self._came.wait()
        except TimeoutError:
            return
