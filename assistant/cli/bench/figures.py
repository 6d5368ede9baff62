"""Distributions, as this project prints them."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Distribution:
    """What is told of a list of measurements; all zero where there is none."""

    n: int
    median: float
    p90: float
    p95: float
    maximum: float

    @classmethod
    def of(cls, values: Iterable[float | None]) -> "Distribution":
        """The distribution of what was measured; None is what was not."""
        known = [value for value in values if value is not None]
        if not known:
            return cls(0, 0.0, 0.0, 0.0, 0.0)
        return cls(len(known), *(float(np.percentile(known, percent)) for percent in (50, 90, 95, 100)))

    def line(self, name: str, unit: str = "ms") -> str:
        if not self.n:
            return f"{name}: not measured (n=0)"
        return (
            f"{name}: n={self.n} median {self.median:.0f} {unit}, 90 % {self.p90:.0f}, "
            f"95 % {self.p95:.0f}, max {self.maximum:.0f}"
        )
