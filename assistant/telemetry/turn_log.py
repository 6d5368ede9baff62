"""The turn log: one JSON object per committed turn, appended to a file that the user asked for."""

import contextlib
import errno
import json
import logging
import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from types import TracebackType

from assistant.conversation.record import TurnRecord

log = logging.getLogger(__name__)

MOST_WAITING = 1000
"""Records kept while the file cannot be written; the oldest go first."""
LONGEST_LINE_BYTES = 1 << 20
"""So much of the file's end is looked at for its last line."""


class TurnLog:
    """Appends records to a JSON Lines file, off the event loop.

    A full disk or a vanished folder costs one warning and stops nothing: what could not be written waits and
    is written with the next turn.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._waiting: deque[str] = deque(maxlen=MOST_WAITING)
        self._is_failing = False
        self._is_mended = False
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="turn-log")

    def __enter__(self) -> "TurnLog":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._thread.submit(self._write)
        self._thread.shutdown(wait=True)
        if self._waiting:
            log.error("turn log %s: %d turns could not be written", self._file, len(self._waiting))

    def add(self, record: TurnRecord) -> None:
        """Log a turn. Returns at once."""
        self._thread.submit(self._take, json.dumps(asdict(record), ensure_ascii=False))

    def flush(self) -> None:
        """Wait until all that was added has been written, or has failed to be."""
        self._thread.submit(lambda: None).result()

    def _take(self, line: str) -> None:
        self._waiting.append(line)
        self._write()

    def _write(self) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            if not self._is_mended:
                _mend(self._file)
                self._is_mended = True
            with self._file.open("ab") as sink:
                while self._waiting:
                    self._append_whole(sink.fileno(), self._waiting[0])
                    self._waiting.popleft()
        except OSError as error:
            if not self._is_failing:
                log.warning("turn log %s: %s; turns wait in memory until it can be written", self._file, error.strerror)
            self._is_failing = True
        else:
            self._is_failing = False

    def _append_whole(self, descriptor: int, line: str) -> None:
        """Append a line or leave the file as it was: half a line would spoil what follows it."""
        size = os.fstat(descriptor).st_size
        data = line.encode() + b"\n"
        try:
            if os.write(descriptor, data) < len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError:
            with contextlib.suppress(OSError):  # a device or a pipe has no length
                os.ftruncate(descriptor, size)
            raise


def _mend(file: Path) -> None:
    """Have the file end with a whole line: a daemon that is killed while it writes can leave half of one, to which the
    next would be glued. Half a record is dropped; a whole one gets the end of its line. Raises OSError."""
    if not file.is_file():
        return
    with file.open("r+b") as log_file:
        size = log_file.seek(0, os.SEEK_END)
        start = max(0, size - LONGEST_LINE_BYTES)
        log_file.seek(start)
        tail = log_file.read()
        whole = tail.rfind(b"\n") + 1
        rest = tail[whole:]
        if not rest:
            return
        if _is_json(rest):
            log_file.write(b"\n")
        elif whole or not start:
            log.warning("turn log %s: its last line was half written, and is dropped", file)
            log_file.truncate(start + whole)


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True
