"""The end of a turn by silence alone."""

from audio.engines import EngineSettings
from audio.turn_end.protocol import PausedTurn


class SilenceTimer:
    """Certain after `silence_s` of silence, and sure of nothing before."""

    def __init__(self, silence_s: float) -> None:
        self._silence_s = silence_s

    async def probability(self, turn: PausedTurn) -> float:
        # A microsecond is forgiven: the times of frames are sums of fractions.
        return 1.0 if turn.silence_s >= self._silence_s - 1e-6 else 0.0

    def finished(self, words: str) -> float:
        return 0.5

    async def warm(self) -> None:
        """There is nothing to warm."""

    async def close(self) -> None:
        """There is nothing to close."""


def build(settings: EngineSettings) -> SilenceTimer:
    return SilenceTimer(float(settings.options["silence_ms"]) / 1000)
