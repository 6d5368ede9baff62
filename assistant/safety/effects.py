"""What the assistant has set going outside of itself, and can call off."""

import itertools
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

log = logging.getLogger(__name__)


class EverythingStopped(Exception):
    """Nothing may be set going until the user resumes."""


class Effects:
    """The effects that are running. Safe from every thread."""

    def __init__(self, is_stopped: Callable[[], bool]) -> None:
        self._is_stopped = is_stopped
        self._lock = threading.Lock()
        self._running: dict[int, tuple[str, Callable[[], None]]] = {}
        self._numbers = itertools.count()

    @contextmanager
    def running(self, name: str, cancel: Callable[[], None]) -> Iterator[None]:
        """For as long as an effect runs: `cancel` calls it off.

        `cancel` may be called from any thread, while the event loop is blocked, and once; it must come back within
        some milliseconds and not wait for the loop. Raises EverythingStopped where nothing may begin.
        """
        number = next(self._numbers)
        with self._lock:
            if self._is_stopped():
                raise EverythingStopped(f"{name}: everything is stopped; say resume first")
            self._running[number] = name, cancel
        try:
            yield
        finally:
            with self._lock:
                self._running.pop(number, None)

    def cancel_all(self) -> list[str]:
        """Call off all that run, the latest first; their names. One that cannot be called off holds up no other."""
        with self._lock:
            running = list(self._running.values())
            self._running.clear()
        for name, cancel in reversed(running):
            try:
                cancel()
            except Exception:
                log.exception("%s cannot be called off", name)
        return [name for name, _ in running]
