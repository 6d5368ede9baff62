"""What a rule for waiting costs and what it spoils: the delay after true ends against the pauses that it cuts. Pure.

A turn that is waited for longer is cut less often and answered later: neither figure means anything without the other.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Patience: TypeAlias = Callable[[float], float]
"""Probability that the turn is over → seconds of silence to wait for."""

STEP_S = 0.02
"""Decisions fall on frames."""


@dataclass(frozen=True, slots=True)
class Silence:
    """One silence and what the end-of-turn model thought as it grew.

    `lasts_s` is how long the speaker paused, infinity after the last word. `opinions` are (length of the silence when
    the opinion was known, probability), the lengths rising.
    """

    lasts_s: float
    opinions: tuple[tuple[float, float], ...]

    @property
    def is_end(self) -> bool:
        return math.isinf(self.lasts_s)


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """What one rule does: `cut` is the share of pauses that it took for the end; delays are from the last word."""

    rule: str
    pauses: int
    ends: int
    cut: float
    median_s: float
    p90_s: float
    p95_s: float


def waited_s(silence: Silence, patience: Patience) -> float:
    """Length of the silence, to the frame, at which the turn counts as over if nothing more is said.

    Before the first opinion nothing is decided; each later one replaces the one before. Without any it is infinite.
    """
    known_s = [at_s for at_s, _ in silence.opinions]
    for number, (at_s, probability) in enumerate(silence.opinions):
        until_s = known_s[number + 1] if number + 1 < len(known_s) else math.inf
        over_s = max(at_s, patience(probability))
        if over_s < until_s:
            return STEP_S * math.ceil(over_s / STEP_S - 1e-9)
    return math.inf


def measure(rule: str, silences: Sequence[Silence], patience: Patience) -> FrontierPoint:
    """Apply one rule to all silences. Raises ValueError unless there are both pauses and ends."""
    pauses = [silence for silence in silences if not silence.is_end]
    delays_s = sorted(waited_s(silence, patience) for silence in silences if silence.is_end)
    if not pauses or not delays_s:
        raise ValueError("a frontier needs silences of both kinds: pauses and ends")
    cut = sum(waited_s(pause, patience) < pause.lasts_s for pause in pauses)
    return FrontierPoint(
        rule,
        len(pauses),
        len(delays_s),
        cut / len(pauses),
        *(delays_s[min(int(share * len(delays_s)), len(delays_s) - 1)] for share in (0.5, 0.9, 0.95)),
    )


def steps(points: Sequence[tuple[float, float]]) -> Patience:
    """The rule that waits as long as the last point at or below the probability says.

    `points` are (probability, seconds), probabilities rising from 0.
    """
    probabilities = [probability for probability, _ in points]

    def wait_s(probability: float) -> float:
        return points[max(bisect_right(probabilities, probability) - 1, 0)][1]

    return wait_s


def two_waits(
    silences: Sequence[Silence], thresholds: Sequence[float], *, short_s: float = 0.2, long_s: float = 1.2
) -> list[FrontierPoint]:
    """The curve: for each threshold, wait `short_s` from that probability on, and `long_s` below it."""
    return [
        measure(f"{threshold:.2f}", silences, steps(((0.0, long_s), (threshold, short_s)))) for threshold in thresholds
    ]
