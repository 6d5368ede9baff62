"""Whether an engine's work is certain to be wanted: what somebody waits for goes before what may be thrown away."""

from collections.abc import Callable
from contextvars import ContextVar


class Urgency:
    """Of one piece of work. What was begun on a guess may become certain while it waits or goes on."""

    def __init__(self, *, is_committed: bool = False) -> None:
        self._is_committed = is_committed
        self._listeners: list[Callable[[], None]] = []

    @property
    def is_committed(self) -> bool:
        """Whether it is certain to be wanted."""
        return self._is_committed

    def commit(self) -> None:
        """It is, from now on."""
        if not self._is_committed:
            self._is_committed = True
            for listener in self._listeners:
                listener()

    def when_committed(self, listener: Callable[[], None]) -> None:
        """Call `listener` if it becomes certain; not where it is already."""
        if not self._is_committed:
            self._listeners.append(listener)

    def begin(self) -> None:
        """All work that the current task asks the engines for from here on is of this urgency."""
        _CURRENT.set(self)


_CURRENT: ContextVar[Urgency | None] = ContextVar("urgency", default=None)


def current_urgency() -> Urgency:
    """Of the work under way in this task. Where nobody said otherwise, somebody waits for it."""
    return _CURRENT.get() or Urgency(is_committed=True)
