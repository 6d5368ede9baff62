"""How long the event loop is held up by single callbacks: while one runs, no frame is heard and none is played."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np


@dataclass(slots=True)
class LoopBlocks:
    """Wall-clock lengths of the loop's callbacks, in seconds."""

    lengths_s: list[float] = field(default_factory=list)

    def percentile_ms(self, percent: float) -> float:
        """0 where nothing ran."""
        return 1000 * float(np.percentile(self.lengths_s, percent)) if self.lengths_s else 0.0

    @property
    def longest_ms(self) -> float:
        return 1000 * max(self.lengths_s, default=0.0)


@contextmanager
def measured_loop(blocks: LoopBlocks) -> Iterator[None]:
    """Add every callback that any loop runs while the block lasts.

    asyncio has no hook for it: its debug mode tells only what is slow, and makes all of it slower.
    """
    run = asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        began_s = time.perf_counter()
        run(handle)
        blocks.lengths_s.append(time.perf_counter() - began_s)

    asyncio.Handle._run = timed  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        asyncio.Handle._run = run  # type: ignore[method-assign]
