"""The recent past of the microphone, by time."""

import numpy as np

from audio.frames import MIC_RATE_HZ, Frame, Pcm16


class RecentAudio:
    """Keeps the last `capacity_s` seconds of a gapless stream of frames."""

    def __init__(self, capacity_s: float) -> None:
        self._ring: Pcm16 = np.zeros(round(capacity_s * MIC_RATE_HZ), dtype=np.int16)
        self._end = 0

    def append(self, frame: Frame) -> None:
        """Take the next frame in."""
        end = frame.start_sample + len(frame.samples)
        positions = np.arange(frame.start_sample, end) % len(self._ring)
        self._ring[positions] = frame.samples
        self._end = end

    def between(self, from_s: float, until_s: float) -> tuple[float, Pcm16]:
        """Audio from `from_s` to `until_s` as far as it is kept: the true start in seconds, and the samples."""
        oldest = max(0, self._end - len(self._ring))
        start = min(max(round(from_s * MIC_RATE_HZ), oldest), self._end)
        end = min(max(round(until_s * MIC_RATE_HZ), start), self._end)
        return start / MIC_RATE_HZ, self._copy(start, end)

    def _copy(self, start: int, end: int) -> Pcm16:
        # Two slices, not one index per sample: a whole turn is copied on the event loop, several times a second.
        first, last = start % len(self._ring), end % len(self._ring)
        if start == end:
            return self._ring[:0]
        if first < last:
            return self._ring[first:last].copy()
        return np.concatenate([self._ring[first:], self._ring[:last]])
