"""Whether the machine has slept: its monotonic clock stands still meanwhile, the clock since its start does not."""

import sys
import time
from collections.abc import Callable

SLEPT_S = 1.0
"""The two clocks are read one after the other; what is less is the time between."""


def asleep_s() -> float:
    """How long the machine has slept since it was started; 0 where nobody can tell."""
    if sys.platform != "linux":
        return 0.0
    return time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic()


class Sleep:
    """Notices that the machine has slept."""

    def __init__(self, asleep_s: Callable[[], float] = asleep_s) -> None:
        self._asleep_s = asleep_s
        self._before_s = asleep_s()

    def slept_s(self) -> float:
        """How long it has slept since the last time; 0 where it has not."""
        now_s = self._asleep_s()
        slept_s = now_s - self._before_s
        if slept_s < SLEPT_S:
            return 0.0
        self._before_s = now_s
        return slept_s
