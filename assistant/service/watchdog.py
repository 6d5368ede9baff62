"""The sign of life that a service manager waits for: given by the event loop, and only while the daemon truly lives.

What a new process would not help against (a language model whose server is away, a microphone that is unplugged)
withholds no sign.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping

from assistant.conversation.notices import MicrophoneLevel, Notice
from assistant.service.notify import ServiceManager
from audio.engines import EngineHealth

log = logging.getLogger(__name__)

SIGNS = 3
"""So many signs of life are given in the time that the manager waits for one."""
DEAF_AFTER_S = 10.0
"""The microphone gives a frame every 20 ms, silent ones while it is muted or away: without any for so long nobody
listens."""


class Pulse:
    """When the conversation last listened to a frame: told by what it reports of its microphone."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._heard_at_s: float | None = None
        self._is_over = False

    def observe(self, notice: Notice) -> None:
        """Take in what the conversation tells."""
        if isinstance(notice, MicrophoneLevel):
            self._heard_at_s = self._clock()

    def end(self) -> None:
        """The conversation is over: nobody need listen any more."""
        self._is_over = True

    @property
    def silent_s(self) -> float:
        """For how long nothing was listened to; 0.0 where nothing ever was, as without a microphone."""
        return 0.0 if self._heard_at_s is None or self._is_over else self._clock() - self._heard_at_s


def fault(pulse: Pulse, engines: Mapping[str, EngineHealth]) -> str:
    """Why only a new process would help; "" where there is no reason."""
    if pulse.silent_s > DEAF_AFTER_S:
        return f"the microphone's sound is not listened to for {pulse.silent_s:.0f} s"
    return next((health.stuck for health in engines.values() if health.stuck), "")


async def give_signs(manager: ServiceManager, pulse: Pulse, engines: Callable[[], Mapping[str, EngineHealth]]) -> None:
    """Give signs of life for ever, but none where something is wrong that does not mend: one line says what."""
    if manager.watchdog_s is None:
        return
    told = ""
    while True:
        wrong = fault(pulse, engines())
        if wrong and not told:
            log.error("%s; the service manager is let to start the daemon anew", wrong)
        told = wrong
        if not wrong:
            manager.alive()
        await asyncio.sleep(manager.watchdog_s / SIGNS)
