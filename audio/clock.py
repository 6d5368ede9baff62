"""The session's sample clock, and how the machine's monotonic clock maps to it.

Everything a user can hear or say is dated in seconds since sample 0 of the microphone. Work that has no
samples of its own (a token arrived, a child reported) is dated with `time.monotonic()` and mapped here.
"""

import time
from collections.abc import Callable
from typing import Protocol


class SampleClock(Protocol):
    """Maps monotonic time to seconds on the microphone's sample clock."""

    def at(self, monotonic_s: float) -> float:
        """Session time, in seconds, of a `time.monotonic()` reading."""
        ...

    def now(self) -> float:
        """Session time of this instant, in seconds."""
        ...


class AnchoredClock:
    """A sample clock anchored by observations `(samples so far, monotonic time)`.

    Buffers reach us late by a varying amount, never early, so the anchor follows the earliest arrival seen
    and drifts back by `drift_per_s` so that a device whose crystal runs slow is followed too.
    """

    def __init__(
        self,
        rate_hz: int,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        drift_per_s: float = 200e-6,
    ) -> None:
        self._rate_hz = rate_hz
        self._monotonic = monotonic
        self._drift_per_s = drift_per_s
        self._origin_s = monotonic()
        self._observed_at_s: float | None = None

    def observe(self, samples: int, monotonic_s: float) -> None:
        """`samples` have been captured in all by `monotonic_s`."""
        origin_s = monotonic_s - samples / self._rate_hz
        if self._observed_at_s is None:
            self._origin_s = origin_s
        else:
            drifted_s = self._origin_s + self._drift_per_s * (monotonic_s - self._observed_at_s)
            self._origin_s = min(drifted_s, origin_s)
        self._observed_at_s = monotonic_s

    def at(self, monotonic_s: float) -> float:
        return monotonic_s - self._origin_s

    def now(self) -> float:
        return self.at(self._monotonic())


class SteadyDates:
    """When the samples of a stream pass, out of what a device says: that wavers by milliseconds, its crystal does not.

    The mean of what it said is followed, over AVERAGED_OVER of its words; word that is off by SKIPPED_S for
    SKIPPED_FOR times on end means that the stream has skipped, and a new mean begins.
    """

    AVERAGED_OVER = 1000
    SKIPPED_S = 0.03
    SKIPPED_FOR = 20

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._origin_s = 0.0
        self._words = 0
        self._off = 0

    def at(self, sample: int, said_s: float) -> float:
        """When this sample of the stream passes; the device says, at `said_s`. In seconds of any clock."""
        origin_s = said_s - sample / self._rate_hz
        self._off = self._off + 1 if abs(origin_s - self._origin_s) > self.SKIPPED_S else 0
        if self._words == 0 or self._off >= self.SKIPPED_FOR:
            self._origin_s, self._words, self._off = origin_s, 1, 0
        elif self._off == 0:
            self._words = min(self._words + 1, self.AVERAGED_OVER)
            self._origin_s += (origin_s - self._origin_s) / self._words
        return self._origin_s + sample / self._rate_hz
