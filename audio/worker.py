"""The thread that one engine's native code runs on, away from the event loop."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Worker:
    """Runs one engine's blocking calls, one after the other, on a thread of its own.

    A call whose caller is cancelled before its turn comes is dropped; one that already runs is let finish
    (native code cannot be stopped half-way) and its result is thrown away.
    """

    def __init__(self, name: str) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._began_s: float | None = None

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `call` on the worker's thread and wait for its result."""

        def timed() -> T:
            self._began_s = time.monotonic()
            try:
                return call(*args, **kwargs)
            finally:
                self._began_s = None

        return await asyncio.wrap_future(self._executor.submit(timed))

    @property
    def busy_s(self) -> float:
        """How long the call that runs now has been running; 0.0 where none does."""
        began_s = self._began_s
        return 0.0 if began_s is None else time.monotonic() - began_s

    def close(self) -> None:
        """Drop what waits; what runs is not waited for."""
        self._executor.shutdown(wait=False, cancel_futures=True)
