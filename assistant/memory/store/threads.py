"""The threads on which the file is written and read, each with a connection of its own."""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from assistant.memory.store.derived import Derived
from assistant.memory.store.errors import Damaged, StoreError, Unavailable
from assistant.memory.store.opening import Files
from assistant.memory.store.sqlite import Connection, explained

Result = TypeVar("Result")

logger = logging.getLogger(__name__)

READERS = 2
CLOSING_S = 15.0
"""What waits to be written when the daemon ends has this long."""


class Writer:
    """One thread that does all the writing, in the order in which it is asked to.

    It opens the file with the first job; `opened` is run with each new connection. Whatever fails, the next job begins
    with a file that is looked at afresh.
    """

    def __init__(self, files: Files, opened: Callable[[Connection], None]) -> None:
        self._files = files
        self._opened = opened
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="memory-writer")
        self._connection: Connection | None = None
        self._identity: tuple[int, int] | None = None
        self._closing = False

    @property
    def is_open(self) -> bool:
        """Whether the file has been opened, and so is there to be read."""
        return self._connection is not None

    async def run(self, job: Callable[[Connection], Result]) -> Result:
        """Have the thread do something with the connection. Whoever stops waiting does not stop it."""
        if self._closing:
            raise Unavailable("the memory is closed")
        return await asyncio.shield(asyncio.wrap_future(self._thread.submit(self._do, job)))

    async def check(self) -> None:
        """Set the file aside if it is damaged, as somebody thinks who read it."""
        await self.run(lambda connection: self._close())  # in its memory pages may be whole
        await self.run(_check)

    def later(self, job: Callable[[Connection], None], *, in_any_case: bool = False) -> None:
        """For the writer's own thread: do this behind all that waits; if it is closed before, only `in_any_case`."""
        if not self._closing:
            with suppress(RuntimeError):  # it is being closed at this moment
                self._thread.submit(self._do_later, job, in_any_case)
                return
        self._do_later(job, in_any_case)

    async def close(self) -> None:
        """Finish what was asked for, then close the file; bounded in time."""
        if self._closing:
            return
        self._closing = True
        closed = self._thread.submit(self._close)
        self._thread.shutdown(wait=False)
        await asyncio.wait([asyncio.wrap_future(closed)], timeout=CLOSING_S)

    def _do(self, job: Callable[[Connection], Result]) -> Result:
        try:
            with explained(self._files.database):
                return job(self._ready())
        except Damaged as damage:
            identity = self._identity
            self._close()
            if identity is None:
                raise
            with explained(self._files.database):
                return job(self._ready(instead_of=identity, why=str(damage)))
        except Unavailable:
            self._close()
            raise

    def _ready(self, instead_of: tuple[int, int] | None = None, why: str = "") -> Connection:
        if self._connection is not None and self._files.identity() != self._identity:
            self._close()  # another process set it aside, or somebody removed it
        if self._connection is None:
            connection = self._files.open(instead_of=instead_of, why=why)
            self._connection, self._identity = connection, self._files.identity()
            self._opened(connection)
        return self._connection

    def _do_later(self, job: Callable[[Connection], None], in_any_case: bool) -> None:
        if in_any_case or not self._closing:
            try:
                self._do(job)
            except StoreError as error:
                logger.warning("memory: %s", error)

    def _close(self) -> None:
        connection, self._connection, self._identity = self._connection, None, None
        if connection is not None:
            connection.close()


def _check(connection: Connection) -> None:
    if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise Damaged("pages of the file are damaged")


class Readers:
    """Threads that read, beside the one that writes and without waiting for it."""

    def __init__(self, files: Files, derived: Sequence[Derived]) -> None:
        self._files = files
        self._derived = derived
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="memory-reader")
        self._own = threading.local()
        self._all: list[Connection] = []
        self._closing = False

    async def run(self, query: Callable[[Connection], Result]) -> Result:
        """Have one of the threads look something up. Raises StoreError."""
        if self._closing:
            raise Unavailable("the memory is closed")
        return await asyncio.wrap_future(self._threads.submit(self._do, query))

    async def close(self) -> None:
        """Wait for what is being read, for as long as one waits, and close the connections."""
        self._closing = True
        await asyncio.wait([asyncio.ensure_future(asyncio.to_thread(self._end))], timeout=CLOSING_S)

    def _do(self, query: Callable[[Connection], Result]) -> Result:
        with explained(self._files.database):
            return query(self._connected())

    def _connected(self) -> Connection:
        identity = self._files.identity()
        if getattr(self._own, "identity", None) != identity:
            connection = self._files.reading()
            for store in tuple(self._derived):
                store.equip(connection)
            if (before := getattr(self._own, "connection", None)) is not None:
                self._all.remove(before)
                before.close()
            self._own.connection, self._own.identity = connection, identity
            self._all.append(connection)
        current: Connection = self._own.connection
        return current

    def _end(self) -> None:
        self._threads.shutdown(wait=True)
        for connection in self._all:
            connection.close()
