"""How fast the assistant speaks."""

from dataclasses import dataclass

STEP = 1.1
"""From one pace to the next: just noticeable; "slower" is two of them."""

SLOWEST, FASTEST = -5, 5
"""Between 0.62 and 1.61 times the voice's usual pace: beyond that it slurs, or cannot be followed."""


@dataclass(frozen=True, slots=True, order=True)
class Pace:
    """Steps from the voice's usual pace, from SLOWEST to FASTEST. Raises ValueError for any other."""

    steps: int = 0

    def __post_init__(self) -> None:
        if not SLOWEST <= self.steps <= FASTEST:
            raise ValueError(f"a pace is {SLOWEST} to {FASTEST} steps from the usual one, not {self.steps}")

    @property
    def factor(self) -> float:
        """How many times as fast as usual."""
        return float(STEP**self.steps)

    def changed_by(self, steps: int) -> "Pace":
        """So many steps faster (or slower, below 0), as far as that goes."""
        return Pace(max(SLOWEST, min(FASTEST, self.steps + steps)))


USUAL = Pace()
