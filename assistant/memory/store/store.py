"""The store: what was said is written down on a thread of its own, read on others, forgotten from everywhere."""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from types import TracebackType
from typing import Self, TypeVar

from assistant.memory.episodes import Episode
from assistant.memory.store import derivation, forgetting, log
from assistant.memory.store.derived import Derived
from assistant.memory.store.errors import Damaged, StoreError, Unavailable
from assistant.memory.store.forgetting import Report, Selection
from assistant.memory.store.log import Appended
from assistant.memory.store.opening import Files
from assistant.memory.store.retention import Retention, expired
from assistant.memory.store.sqlite import Connection, explained
from assistant.memory.store.threads import Readers, Writer

Result = TypeVar("Result")
Told = Callable[[StoreError | None], None]

READERS_END_S = 5.0
"""Forgetting waits so long for others to have read, before it leaves the last of it to the next writing."""

logger = logging.getLogger(__name__)


class Store:
    """One memory. All that is asked of it runs on threads; the event loop only waits.

    A failure is raised to whoever asked, and leaves the store usable: the next call tries again, so that it works once
    there is room on the disk. `told` is called on the event loop when memory becomes unavailable (with why) and when it
    is back (with None), once each.
    """

    def __init__(
        self,
        files: Files,
        *,
        derived: Sequence[Derived] = (),
        retention: Retention | None = None,
        told: Told = lambda trouble: None,
    ) -> None:
        self.files = files
        self._derived = list(derived)
        """Those that work; shortened by the writer's thread."""
        self._retention = retention or Retention()
        self._told = told
        self._trouble = False
        self._writer = Writer(files, self._opened)
        self._readers = Readers(files, self._derived)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def append(self, episodes: Iterable[Episode], *, also_forgotten: bool = False) -> Appended:
        """Remember these, all or none; back when they are on the disk. An id that is known is left as it is.

        Whoever waits may stop waiting: what was handed over is written all the same. `also_forgotten`: what was
        forgotten is remembered again. Raises StoreError.
        """
        batch = list(episodes)
        return await self._write(lambda connection: self._append(connection, batch, also_forgotten))

    async def read(self, query: Callable[[Connection], Result]) -> Result:
        """What `query` finds. It runs on a reading thread and must fetch all that it wants. Raises StoreError."""
        if not self._writer.is_open:
            await self._write(lambda connection: None)
        try:
            found = await self._readers.run(query)
        except Damaged:
            await self._writer.check()
            found = await self._readers.run(query)
        except StoreError as error:
            self._settle(error)
            raise
        return found

    async def select(self, chosen: Selection) -> Sequence[Episode]:
        """The episodes that `forget` would forget. Raises StoreError."""
        return await self.read(lambda connection: forgetting.select(connection, self._derived, chosen))

    async def forget(self, chosen: Selection, *, waits: bool = True) -> Report:
        """Forget: from the log, all that is derived, free pages, the write-ahead log and copies. Raises StoreError.

        With 100,000 episodes and their vectors that takes some seconds of one core, and as much memory as the file has
        bytes. Without `waits` it is back when nothing can be found any more, and the rest is done behind it.
        """
        return await self._write(lambda connection: self._forget(connection, chosen, for_good=True, waits=waits))

    async def forgettings(self) -> int:
        """Another number than before: something was forgotten meanwhile, perhaps by another process.

        Whoever keeps copies of what was said (a summary, a cache) compares it before using them. Raises StoreError.
        """
        return await self.read(forgetting.count)

    async def expire(self, now: datetime) -> Report:
        """Forget what has been kept as long as is configured. To be called at the start and daily."""
        return await self._write(lambda connection: self._expire(connection, now))

    async def rebuild(self, names: Sequence[str] = ()) -> Sequence[str]:
        """Build these derived stores, or all, from the log again; their names. Raises StoreError."""
        started = await self._write(lambda connection: derivation.start_anew(connection, names))
        await self.caught_up()
        return started

    async def caught_up(self) -> None:
        """Wait until all that is derived has the whole log. Raises StoreError."""
        while await self._write(self._catch_up):
            pass

    async def close(self) -> None:
        """Write what was handed over, and close the file."""
        await self._readers.close()
        await self._writer.close()

    async def _write(self, job: Callable[[Connection], Result]) -> Result:
        try:
            result = await self._writer.run(job)
        except StoreError as error:
            self._settle(error)
            raise
        self._settle(None)
        return result

    def _settle(self, error: StoreError | None) -> None:
        if (error is not None) != self._trouble:
            self._trouble = error is not None
            self._told(error)

    def _opened(self, connection: Connection) -> None:
        """Runs on the writer's thread, with each new connection."""
        for store in tuple(self._derived):
            try:
                store.equip(connection)
            except Exception as error:
                self._leave_out(store, error)
        self._clean(connection)
        self._catch_up_later(connection)

    def _catch_up(self, connection: Connection) -> bool:
        """One step; whether there are more, which are done behind whatever else waits to be written."""
        is_more = False
        for store in tuple(self._derived):
            try:
                with explained(self.files.database):
                    is_more = derivation.catch_up(connection, store) or is_more
            except Unavailable as error:
                logger.warning("memory: %s is brought up to date later: %s", store.name, error)
            except StoreError:
                raise
            except Exception as error:
                self._leave_out(store, error)
        return is_more

    def _catch_up_later(self, connection: Connection) -> None:
        if self._catch_up(connection):
            self._writer.later(self._catch_up_later)

    def _leave_out(self, store: Derived, error: Exception) -> None:
        """What does not work is no reason not to remember: it is built again by the next program in which it does."""
        self._derived.remove(store)
        logger.error("memory: goes on without %s, which failed with %s", store.name, type(error).__name__)

    def _append(self, connection: Connection, episodes: Sequence[Episode], also_forgotten: bool) -> Appended:
        is_small = len(episodes) <= derivation.BATCH
        if is_small:
            derivation.prepare(self._derived, episodes)
        with derivation.transaction(connection):
            before = log.last_number(connection)
            appended = log.append(connection, episodes, also_forgotten=also_forgotten)
            if is_small and appended.added:
                derivation.add(connection, self._derived, appended.added, before)
        if not is_small:
            self._writer.later(self._catch_up_later)
        self._clean(connection)
        return appended

    def _forget(self, connection: Connection, chosen: Selection, *, for_good: bool, waits: bool = True) -> Report:
        report = forgetting.forget(connection, self._derived, chosen, for_good=for_good)
        if report.ids and waits:
            return self._cleaned(connection, report, wait_s=READERS_END_S)
        if report.ids:
            self._writer.later(self._clean, in_any_case=True)
        return report

    def _expire(self, connection: Connection, now: datetime) -> Report:
        ids = expired(connection, self._retention, now)
        return self._forget(connection, Selection(ids=ids), for_good=False)

    def _cleaned(self, connection: Connection, report: Report, *, wait_s: float) -> Report:
        files = self.files.delete_copies()
        is_overwritten = forgetting.overwrite(connection, self._derived, wait_s=wait_s)
        return Report(report.ids, report.derived, files, is_overwritten)

    def _clean(self, connection: Connection) -> None:
        """Finish a forgetting that was interrupted, by another process or by the end of this one."""
        try:
            with explained(self.files.database):
                if forgetting.is_to_overwrite(connection):
                    self._cleaned(connection, Report(), wait_s=0)
        except Unavailable as error:
            logger.warning("memory: what was forgotten is overwritten later: %s", error)
