"""Stop everything: silence, every running effect called off, and nothing new until the user resumes.

The order comes past the event loop: from the process that listens for the phrase it is brought by a thread, a signal by
another (`stop_signals`); speakers obey the latch by themselves. The conversation hears of it when the loop comes round.
"""

import asyncio
import logging
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.safety.effects import Effects
from assistant.safety.leftovers import clear_leftovers
from audio.stop.latch import SHARED_MEMORY, Latch, create_latch
from audio.stop.sockets import Receiver

log = logging.getLogger(__name__)

PREFIX, NEWS = "hearthside-", "news"

Listener = Callable[[bool, str], None]
"""Told whether everything is stopped now, and what did it."""


class EmergencyStop:
    """The switch. `stop` and `resume` may be called from any thread; use `open_emergency_stop`."""

    def __init__(self, folder: Path) -> None:
        """Sockets and the latch live in `folder`, whose path must be short."""
        self.latch: Latch = create_latch(folder)
        self.effects = Effects(lambda: self.latch.is_stopped)
        self.ear = folder / "ear"
        """Where the microphone's sound goes to be listened to."""
        self.news = folder / NEWS
        """Where whoever has set or released the latch says so: `stop PHRASE`, `resume PHRASE`."""
        self._receiver = Receiver(self.news)
        self._listeners: list[tuple[asyncio.AbstractEventLoop, Listener]] = []
        self._is_closing = threading.Event()
        self._thread = threading.Thread(target=self._heed, name="emergency stop", daemon=True)
        self._thread.start()

    @property
    def is_stopped(self) -> bool:
        return self.latch.is_stopped

    def stop(self, cause: str) -> None:
        """Stop everything, now. Again and again does no harm: effects are called off each time."""
        is_first = self.latch.stop()
        self._stopped(cause, is_first=is_first)

    def resume(self, cause: str) -> None:
        """Whatever comes next may be done and said again; nothing that was stopped goes on by itself."""
        if self.latch.resume():
            self._resumed(cause)

    def listen(self, listener: Listener) -> None:
        """From now on `listener` is called on this event loop, in order, when it comes round to it."""
        self._listeners.append((asyncio.get_running_loop(), listener))

    def close(self) -> None:
        """End the thread and take the sockets away."""
        self._is_closing.set()
        self._receiver.close()

    def _heed(self) -> None:
        while not self._is_closing.is_set():
            order, _, phrase = self._receiver.receive().decode(errors="replace").partition(" ")
            if order == "stop":
                self.latch.stop()
                self._stopped(f'"{phrase}"', is_first=True)
            elif order == "resume":
                self._resumed(f'"{phrase}"')

    def _stopped(self, cause: str, *, is_first: bool) -> None:
        called_off = self.effects.cancel_all()
        if is_first or called_off:
            log.warning("everything is stopped by %s; say resume to go on", cause)
            for name in called_off:
                log.warning("called off: %s", name)
        self._tell(True, cause)

    def _resumed(self, cause: str) -> None:
        log.warning("resumed by %s", cause)
        self._tell(False, cause)

    def _tell(self, is_stopped: bool, cause: str) -> None:
        for loop, listener in list(self._listeners):
            if not loop.is_closed():
                loop.call_soon_threadsafe(listener, is_stopped, cause)


@contextmanager
def open_emergency_stop() -> Iterator[EmergencyStop]:
    """The switch, in a folder of its own that goes with the block; those of daemons that were killed go now."""
    place = SHARED_MEMORY if SHARED_MEMORY.is_dir() else Path(tempfile.gettempdir())
    clear_leftovers(place, PREFIX, NEWS)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
    try:
        emergency = EmergencyStop(folder)
        try:
            yield emergency
        finally:
            emergency.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
