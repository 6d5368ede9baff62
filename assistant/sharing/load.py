"""How busy an engine is, measured: what a turn at it takes, and how long those who needed it have waited. Pure."""

from collections import deque
from dataclasses import dataclass, field

SMOOTHING = 0.2
"""Weight of the last turn in the mean: it follows a change within some ten turns."""
LATELY_S = 20.0
"""What was longer ago says nothing of now."""
MOST_KEPT = 400


@dataclass(slots=True)
class Load:
    """Of one engine. Times are seconds of one clock that never goes back."""

    mean_s: float
    """What a turn takes: at first a guess, then the mean of the last ones."""
    _waits: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=MOST_KEPT))
    """When somebody had their turn, and how long they had waited for it."""

    def took(self, turn_s: float) -> None:
        """A turn is over."""
        self.mean_s += SMOOTHING * (turn_s - self.mean_s)

    def waited(self, at_s: float, wait_s: float) -> None:
        """Somebody has their turn, or has given up waiting for it."""
        self._waits.append((at_s, wait_s))

    def lately_s(self, at_s: float) -> float:
        """How long they have waited in the last LATELY_S, on average; 0 where nobody came."""
        while self._waits and at_s - self._waits[0][0] > LATELY_S:
            self._waits.popleft()
        return sum(wait_s for _, wait_s in self._waits) / len(self._waits) if self._waits else 0.0

    def expected_s(self, *, waiting: int, working: int, places: int) -> float:
        """How long one more will wait: those under way are half done."""
        if not waiting and working < places:
            return 0.0
        return self.mean_s * (waiting + working / 2) / places
