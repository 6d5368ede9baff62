"""From what a sound card delivers, with holes and restarts, to gapless frames on one sample clock."""

import numpy as np

from audio.clock import AnchoredClock
from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ, Frame, Pcm16

STALLED_AFTER_S = 0.15
"""Audio overdue by this is stood in for by silence. On two busy cores callbacks come 35 ms late at worst."""
LOST_AFTER_S = 0.2
LOST_AT_LEAST_S = 0.06
"""Samples that lag the clock by this much for LOST_AFTER_S on end follow on samples that the card lost."""


class GaplessCapture:
    """Puts captured blocks where they belong in the session's time and fills what is missing with gap frames.

    Times are `time.monotonic()` readings, samples are at MIC_RATE_HZ. A stream is one life of the capturing
    process; it counts its samples from wherever it likes. The session's sample 0 is the first to arrive.
    """

    def __init__(self, clock: AnchoredClock, started_at_s: float) -> None:
        self.gap_frames = 0
        self._clock = clock
        self._start = 0  # of the next frame
        self._pending: Pcm16 = np.zeros(0, np.int16)
        self._pending_is_gap = False
        self._offset: int | None = None  # of the stream's sample 0
        self._arrived_at_s = started_at_s  # the last block did,
        self._arrived_end = 0  # and ended there
        self._lags: list[tuple[float, int]] = []  # when, and how far, the latest blocks on end lagged

    @property
    def next_gap_at_s(self) -> float:
        """When the next frame will be overdue, if nothing arrives until then."""
        ahead = self._start + FRAME_SAMPLES - self._arrived_end
        return self._arrived_at_s + ahead / MIC_RATE_HZ + STALLED_AFTER_S

    def begin_stream(self) -> None:
        """The blocks that follow come from a new stream."""
        self._offset = None

    def push(self, index: int, samples: Pcm16, at_s: float) -> list[Frame]:
        """Frames that are complete with this block, whose first sample is number `index` of its stream.

        `at_s` is when the device handed the block over.
        """
        now = round(self._clock.at(at_s) * MIC_RATE_HZ)
        if self._offset is None:
            start = max(self._end, now - len(samples)) if self._end else 0
            self._offset = start - index
            self._lags.clear()
        else:
            self._make_up_for_loss(now - (self._offset + index + len(samples)), at_s)
        start = self._offset + index
        end = start + len(samples)
        if end <= self._end:
            return []  # silence already stands in for all of it
        frames = self._append(np.zeros(max(0, start - self._end), np.int16), is_gap=True)
        frames += self._append(samples[max(0, self._end - start) :], is_gap=False)
        self._arrived_at_s, self._arrived_end = at_s, end
        self._clock.observe(end, at_s)
        return frames

    def fill(self, now_s: float) -> list[Frame]:
        """Gap frames for what is overdue by now."""
        frames: list[Frame] = []
        while now_s >= self.next_gap_at_s:
            self._clock.observe(self._arrived_end, self._arrived_at_s)  # matters if nothing has ever arrived
            frames += self._append(np.zeros(FRAME_SAMPLES - len(self._pending), np.int16), is_gap=True)
        return frames

    @property
    def _end(self) -> int:
        return self._start + len(self._pending)

    def _make_up_for_loss(self, lag: int, at_s: float) -> None:
        """A backlog that was merely held up catches up at once; a lag that stays is a loss, and is jumped."""
        if lag < LOST_AT_LEAST_S * MIC_RATE_HZ:
            self._lags.clear()
            return
        self._lags.append((at_s, lag))
        if at_s - self._lags[0][0] >= LOST_AFTER_S and self._offset is not None:
            self._offset += min(lag for _, lag in self._lags)
            self._lags.clear()

    def _append(self, samples: Pcm16, *, is_gap: bool) -> list[Frame]:
        if len(samples) == 0:
            return []
        self._pending_is_gap |= is_gap
        if len(self._pending):
            samples = np.concatenate([self._pending, samples])
        frames: list[Frame] = []
        while len(samples) >= FRAME_SAMPLES:
            frames.append(Frame(self._start, samples[:FRAME_SAMPLES], is_gap=self._pending_is_gap))
            self.gap_frames += self._pending_is_gap
            self._start += FRAME_SAMPLES
            samples = samples[FRAME_SAMPLES:]
            self._pending_is_gap = is_gap and len(samples) > 0
        self._pending = samples
        return frames
