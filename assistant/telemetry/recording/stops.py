"""The user's orders to stop everything, and to go on, as they were recorded."""

import asyncio
from collections.abc import Callable, Sequence

from assistant.conversation.facts import EmergencyStopped, Resumed
from assistant.telemetry.recording.codec import Step


class RecordedEmergencyStop:
    """Gives every order again when it was given, on an event loop whose time is the session's."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.is_stopped = False
        self._orders = [step.fact for step in steps if isinstance(step.fact, EmergencyStopped | Resumed)]

    def listen(self, listener: Callable[[bool, str], None]) -> None:
        loop = asyncio.get_running_loop()
        for order in self._orders:
            is_stop = isinstance(order, EmergencyStopped)
            loop.call_at(order.at_s, listener, is_stop, order.cause if isinstance(order, EmergencyStopped) else "")

    def stop(self, cause: str) -> None:
        """Nobody gives other orders than those."""

    def resume(self, cause: str) -> None:
        """Nobody gives other orders than those."""
