"""A recording on disk: a folder with `events.jsonl` and the microphone's sound, written off the event loop."""

import contextlib
import json
import logging
import queue
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from audio.devices.protocol import DeviceError
from audio.frames import MIC_RATE_HZ, Pcm16
from audio.wav import WavWriter

log = logging.getLogger(__name__)

EVENTS = "events.jsonl"
MICROPHONE = "microphone.wav"
"""What the assistant listened to: without the echo of its own voice."""
BEFORE_ECHO = "microphone-before-echo-cancellation.wav"

FLUSH_EVERY_S = 0.5
"""What a killed daemon may lose of its recording."""

MOST_WAITING = 20_000
"""Lines and frames that may wait for a slow disk, some three minutes of them; what is more is lost, and counted."""

_Item: TypeAlias = tuple[str, dict[str, Any] | Pcm16 | None]


class Journal:
    """Takes events and sound, and writes them on a thread of its own.

    A disk that fails costs one line in the log and the rest of the recording, and nothing else. The recording is
    readable at any moment but for its last FLUSH_EVERY_S and, perhaps, half a line at its end.
    """

    def __init__(self, parent: Path, *, has_echo: bool) -> None:
        """Make a new folder in `parent`, for its owner only. Raises DeviceError where that cannot be."""
        self.folder = _new_folder(parent)
        try:
            self._events: BinaryIO = (self.folder / EVENTS).open("wb", buffering=0)
        except OSError as error:
            raise DeviceError(f"{self.folder}: cannot be written: {error.strerror}") from None
        names = (MICROPHONE, BEFORE_ECHO) if has_echo else (MICROPHONE,)
        self._tracks = {name: WavWriter(self.folder / name, MIC_RATE_HZ) for name in names}
        self._waiting: queue.Queue[_Item] = queue.Queue(MOST_WAITING)
        self._lost = 0
        self._is_broken = False
        self._thread = threading.Thread(target=self._write, name="recording", daemon=True)
        self._thread.start()

    def event(self, kind: str, **fields: Any) -> None:
        """Note an event; its values must be JSON's. Returns at once."""
        self._put((kind, fields))

    def sound(self, track: str, samples: Pcm16) -> None:
        """Append to MICROPHONE or BEFORE_ECHO. Returns at once; the samples must not be changed afterwards."""
        if track in self._tracks:
            self._put((track, samples))

    def close(self) -> None:
        """Write what waits, for two seconds at most."""
        with contextlib.suppress(queue.Full):
            self._waiting.put(("", None), timeout=1.0)
        self._thread.join(timeout=2.0)

    def _put(self, item: _Item) -> None:
        try:
            self._waiting.put_nowait(item)
        except queue.Full:
            if self._lost == 0:
                log.warning("recording %s: the disk is too slow; it will have holes", self.folder)
            self._lost += 1

    def _write(self) -> None:
        pending, flushed_s = bytearray(), time.monotonic()
        is_open = True
        while is_open:
            with contextlib.suppress(queue.Empty):
                kind, what = self._waiting.get(timeout=FLUSH_EVERY_S)
                if isinstance(what, dict):
                    pending += json.dumps({"kind": kind, **what}, ensure_ascii=False).encode() + b"\n"
                elif what is not None:
                    self._tracks[kind].write(what)
                else:
                    is_open = False
            if not is_open or time.monotonic() - flushed_s >= FLUSH_EVERY_S:
                self._flush(pending)
                pending.clear()
                flushed_s = time.monotonic()
        for track in self._tracks.values():
            track.close()
        with contextlib.suppress(OSError):
            self._events.close()

    def _flush(self, lines: bytearray) -> None:
        if self._is_broken or not lines:
            return
        if self._lost:
            lines += json.dumps({"kind": "lost", "items": self._lost}).encode() + b"\n"
            self._lost = 0
        rest = memoryview(bytes(lines))
        try:
            while rest:
                rest = rest[self._events.write(rest) :]
        except OSError as error:
            self._is_broken = True
            log.error("recording %s: %s; it ends here, the conversation goes on", self.folder, error.strerror)


def _new_folder(parent: Path) -> Path:
    name = time.strftime("%Y-%m-%dT%H-%M-%S")
    try:
        parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for suffix in ["", *(f"-{number}" for number in range(2, 100))]:
            with contextlib.suppress(FileExistsError):
                (folder := parent / f"{name}{suffix}").mkdir(mode=0o700)
                return folder
    except OSError as error:
        raise DeviceError(f"telemetry.recording {parent}: cannot be written: {error.strerror}") from None
    raise DeviceError(f"telemetry.recording {parent}: a hundred recordings began in this second")
