"""The listening process as the daemon sees it: always a living one, or one line that says why there is none."""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from audio.child import Child, ChildGone, ChildRefused, keep_alive

log = logging.getLogger(__name__)

CHILD = "audio.stop.spotter_child"
NAME = "listening for stop"
READY_WITHIN_S = 30.0
SILENT_FOR_S = 3.0
"""The child says something every 0.5 s at least; one that does not is hung, and is killed."""
OVERSLEPT_S = 0.5
"""A timer that comes so late tells of a blocked event loop, not of a silent child."""


@dataclass(frozen=True, slots=True)
class SpotterHealth:
    """Whether somebody listens for "emergency stop", and if not why."""

    is_listening: bool = False
    restarts: int = 0
    trouble: str = ""
    cpu_s: float = 0.0
    """Processor time that the process has taken, as it said last."""


class _Refused(Exception):
    """The child has said why it cannot do its work: another one could not either."""


class Spotting:
    """Keeps the child running. Whatever it finds it does by itself; nothing here is in its way."""

    def __init__(self, model: Path, *, threads: int, latch: Path, ear: Path, news: Path) -> None:
        self._wish = {
            "model": str(model),
            "threads": threads,
            "latch": str(latch),
            "ear": str(ear),
            "news": str(news),
        }
        self._child: Child | None = None
        self._file: tuple[Path, float] | None = None
        self._health = SpotterHealth()
        self._restarts = -1
        self._settled = asyncio.Event()

    def health(self) -> SpotterHealth:
        return self._health

    async def settled(self) -> None:
        """Wait until it is known whether somebody listens: a moment after the start."""
        await self._settled.wait()

    def listen_to_file(self, file: Path, started_at_s: float) -> None:
        """The microphone is this file; its sample 0 was at this reading of `time.monotonic()`."""
        self._file = file, started_at_s
        self._tell_of_file()

    async def run(self, on_trouble: Callable[[str], None]) -> None:
        """Listen until cancelled. A child that refuses is not asked again: `on_trouble` hears why, in one line."""
        try:
            await keep_alive(NAME, self._spawn, self._serve, on_loss=self._lost)
        except _Refused as refusal:
            self._health = SpotterHealth(False, max(0, self._restarts), str(refusal))
            self._settled.set()
            on_trouble(f'"emergency stop" is not listened for: {refusal}')

    async def _spawn(self) -> Child:
        try:
            wish = json.dumps(self._wish)
            child, _ = await Child.spawn(NAME, CHILD, [wish], ready_within_s=READY_WITHIN_S)
        except ChildRefused as refusal:
            raise _Refused(str(refusal)) from None
        return child

    async def _serve(self, child: Child) -> None:
        self._child = child
        self._restarts += 1
        self._health = SpotterHealth(True, self._restarts)
        self._settled.set()
        self._tell_of_file()
        while True:
            asked_at_s = time.monotonic()
            try:
                async with asyncio.timeout(SILENT_FOR_S):
                    header, _ = await child.receive()
            except TimeoutError:
                if time.monotonic() - asked_at_s > SILENT_FOR_S + OVERSLEPT_S:
                    continue
                raise ChildGone(f"{NAME}: its process hangs") from None
            if header["type"] == "spotted":
                log.debug("heard %r", header["phrase"])
            elif header["type"] == "alive":
                self._health = SpotterHealth(True, self._restarts, cpu_s=header["cpu_s"])

    def _tell_of_file(self) -> None:
        if self._child is not None and self._file is not None:
            try:
                self._child.post({"type": "file", "path": str(self._file[0]), "at": self._file[1]})
            except ChildGone:
                self._child = None  # the next one is told when it is there

    def _lost(self, loss: ChildGone) -> None:
        self._child = None
        self._health = SpotterHealth(False, max(0, self._restarts), str(loss))
        self._settled.set()
