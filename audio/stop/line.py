"""What devices need so that an order to stop everything reaches them, whatever the daemon is doing."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from audio.stop.latch import Latch


def _nobody_asks(file: Path, started_at_s: float) -> None:
    pass


@dataclass(frozen=True, slots=True)
class StopLine:
    """Speakers obey `latch`, block by block, by themselves.

    Whoever holds the microphone sends what it hears to `ear` (see `audio.stop.sockets`), 16 kHz int16. Of a file that
    stands in for the microphone `on_file` is told: its path and, by `time.monotonic()`, when its sample 0 was.
    """

    latch: Latch
    ear: Path | None = None
    on_file: Callable[[Path, float], None] = _nobody_asks
