"""A switch that several processes share: once it is set there is silence, until it is released.

It is two numbers in a small file that every process maps into its memory: setting it, and asking for it, takes a
microsecond, needs nobody's help, and is seen at once by all who hold the file.
"""

import os
import tempfile
import time
from pathlib import Path

import numpy as np

STOPPED, RESUMED = 0, 1
WORDS = 2
SHARED_MEMORY = Path("/dev/shm")
LATCH_PREFIX = "hearthside-stop-"


class Latch:
    """Set by `stop`, released by `resume`. Instants are seconds of `time.monotonic()`, which processes share."""

    def __init__(self, file: Path) -> None:
        """Open the switch that `create_latch` made. Raises OSError or ValueError where there is none."""
        self.file = file
        # Every word is read and written by one machine instruction: no reader sees half of it.
        self._words = np.asarray(np.memmap(file, dtype=np.int64, mode="r+", shape=(WORDS,)))

    @property
    def is_stopped(self) -> bool:
        return bool(self._words[STOPPED] > self._words[RESUMED])

    @property
    def stopped_at_s(self) -> float:
        """When it was set last; 0.0 if it never was."""
        return int(self._words[STOPPED]) / 1e9

    @property
    def resumed_at_s(self) -> float:
        """When it was released last; 0.0 if it never was."""
        return int(self._words[RESUMED]) / 1e9

    def stop(self) -> bool:
        """Set it, now; whether it was not set already."""
        was_stopped = self.is_stopped
        if not was_stopped:
            self._words[STOPPED] = max(time.monotonic_ns(), int(self._words[RESUMED]) + 1)
        return not was_stopped

    def resume(self) -> bool:
        """Release it, now; whether it was set."""
        was_stopped = self.is_stopped
        if was_stopped:
            self._words[RESUMED] = max(time.monotonic_ns(), int(self._words[STOPPED]))
        return was_stopped


def create_latch(folder: Path | None = None) -> Latch:
    """A new switch, in a file of its own in `folder` or in shared memory; whoever made it removes the file."""
    place = folder or (SHARED_MEMORY if SHARED_MEMORY.is_dir() else None)
    number, name = tempfile.mkstemp(prefix=LATCH_PREFIX, dir=place)
    with os.fdopen(number, "wb") as file:
        file.write(bytes(8 * WORDS))
    return Latch(Path(name))
