"""How long to wait in a pause: short when the turn is surely over, long when not. Pure."""

from bisect import bisect_right
from dataclasses import dataclass

USUAL_PAUSE_S = 0.7
"""The pause inside a sentence that the waits are made for; a speaker with longer ones is waited for longer."""

KNOWN_AFTER = 3
"""Pauses after which a speaker's own habit counts as much as the usual one."""

LEAST_SCALE, GREATEST_SCALE = 0.85, 1.6
"""Nobody's habit shortens or lengthens the waits beyond this."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Silence to wait for at a given probability that the turn is over, in steps."""

    steps: tuple[tuple[float, float], ...]
    """(probability from which, silence in seconds), probabilities rising; the first step holds below, too."""

    def wait_s(self, probability: float) -> float:
        at = bisect_right(self.steps, probability, key=lambda step: step[0])
        return self.steps[max(at - 1, 0)][1]


@dataclass(slots=True)
class PauseHabit:
    """The lengths of this speaker's pauses inside turns, as an average that forgets slowly."""

    average_s: float = USUAL_PAUSE_S
    pauses: int = 0

    def paused(self, length_s: float) -> None:
        """The speaker went on after a silence of this length."""
        self.pauses = min(self.pauses + 1, 2 * KNOWN_AFTER)
        self.average_s += (length_s - self.average_s) / (KNOWN_AFTER + self.pauses)

    @property
    def scale(self) -> float:
        """By how much longer than usual to wait."""
        return min(max(self.average_s / USUAL_PAUSE_S, LEAST_SCALE), GREATEST_SCALE)
