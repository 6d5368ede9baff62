"""How often somebody may do something: a leaky bucket for each, refilled at a steady rate. Knows no network."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_ADDRESSES = 10_000
"""So many are remembered. Who was not heard of for longest is forgotten: their bucket is the fullest."""

ROUNDING = 1e-6
"""Who has waited for as long as told gets one, though the sum of small numbers be a little less."""


@dataclass(slots=True)
class Bucket:
    """Holds `most`, full at first, and gets `per_s` every second."""

    per_s: float
    most: float
    now_s: Callable[[], float] = time.monotonic
    _level: float = field(init=False)
    _at_s: float = field(init=False)

    def __post_init__(self) -> None:
        self._level, self._at_s = self.most, self.now_s()

    def take(self) -> float:
        """Take one out; 0. Where there is none: nothing happens, and there will be one in so many seconds."""
        now_s = self.now_s()
        self._level = min(self.most, self._level + (now_s - self._at_s) * self.per_s)
        self._at_s = now_s
        if self._level >= 1 - ROUNDING:
            self._level -= 1
            return 0.0
        return (1 - self._level) / self.per_s


class RateOfAddresses:
    """So many a minute for each address; whoever was silent for a while may do a minute's worth at once."""

    def __init__(self, per_minute: int, now_s: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._now_s = now_s
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, address: str) -> float:
        """As `Bucket.take`."""
        bucket = self._buckets.pop(address, None) or Bucket(self._per_minute / 60, self._per_minute, self._now_s)
        self._buckets[address] = bucket
        if len(self._buckets) > MOST_ADDRESSES:
            self._buckets.popitem(last=False)
        return bucket.take()
