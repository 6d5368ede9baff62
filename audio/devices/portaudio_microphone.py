"""The microphone of the sound card, as the daemon sees it."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator

import numpy as np

from audio.child import Child, ChildGone
from audio.clock import AnchoredClock
from audio.devices.capture import GaplessCapture
from audio.devices.protocol import DeviceHealth
from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ, Frame, Pcm16

MAX_WAITING_FRAMES = 1500
"""A reader that is 30 s behind loses the oldest frames: it gets gap frames in their place."""


class PortAudioMicrophone:
    """Frames out of what the audio child captures; gap frames while there is no child or it stalls.

    Sample 0 is the first that arrives after the first frame was asked for.
    """

    def __init__(self) -> None:
        self.clock = AnchoredClock(MIC_RATE_HZ)
        self.lost = ""
        """See `DeviceHealth`."""
        self.is_muted = False
        self._child: Child | None = None
        self._capture: GaplessCapture | None = None
        self._started = asyncio.Event()
        self._waiting: deque[Frame] = deque()
        self._news = asyncio.Event()
        self._next_start = 0
        self._is_closed = False
        self._overflows = 0
        self._restarts = 0

    async def frames(self) -> AsyncIterator[Frame]:
        if self._capture is None:
            self._capture = GaplessCapture(self.clock, time.monotonic())
            self._started.set()
        while not self._is_closed:
            while self._waiting:
                while self._waiting[0].start_sample > self._next_start:
                    self._next_start += FRAME_SAMPLES
                    silence = np.zeros(FRAME_SAMPLES, np.int16)
                    yield Frame(self._next_start - FRAME_SAMPLES, silence, is_gap=True)
                self._next_start += FRAME_SAMPLES
                yield self._waiting.popleft()
            self._news.clear()
            await self._news.wait()

    def mute(self, *, is_muted: bool) -> None:
        """Have the child close the device, or open it again; a later child keeps to it."""
        self.is_muted = is_muted
        self._post_mute()

    def health(self) -> DeviceHealth:
        gap_frames = self._capture.gap_frames if self._capture else 0
        return DeviceHealth(overflows=self._overflows, gap_frames=gap_frames, restarts=self._restarts, lost=self.lost)

    async def run(self) -> None:
        """Stand in for audio that does not come, until cancelled."""
        await self._started.wait()
        assert self._capture is not None
        while True:
            self._deliver(self._capture.fill(time.monotonic()))
            await asyncio.sleep(max(0.0, self._capture.next_gap_at_s - time.monotonic()))

    def close(self) -> None:
        self._is_closed = True
        self._news.set()

    def child_began(self, child: Child, *, is_first: bool) -> None:
        """A child is there; the blocks that follow are its own."""
        self._restarts += not is_first
        self._child = child
        self._post_mute()  # it may have changed since the child was started
        if self._capture is not None:
            self._capture.begin_stream()

    def captured(self, index: int, samples: Pcm16, at_s: float) -> None:
        """The child's next block; see `GaplessCapture.push`."""
        if self._capture is not None:
            self._deliver(self._capture.push(index, samples, at_s))

    def overflowed(self, times: int) -> None:
        self._overflows += times

    def _post_mute(self) -> None:
        try:
            if self._child is not None:
                self._child.post({"type": "mute", "is_muted": self.is_muted})
        except ChildGone:
            self._child = None

    def _deliver(self, frames: list[Frame]) -> None:
        self._waiting.extend(frames)
        while len(self._waiting) > MAX_WAITING_FRAMES:
            self._waiting.popleft()
            self._overflows += 1
        if frames:
            self._news.set()
