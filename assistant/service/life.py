"""A daemon as a service: it tells its manager how it is, ends in order, and reads its configuration again."""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from assistant.config import Config, ConfigError
from assistant.conversation.notices import Notice
from assistant.daemon import Running
from assistant.service.notify import ServiceManager
from assistant.service.reload import change
from assistant.service.watchdog import Pulse, give_signs
from assistant.telemetry.logs import write_logs
from audio.beside import beside

log = logging.getLogger(__name__)

STOP_WITHIN_S = 1.8
"""Time for an orderly stop where nothing is drained. After it the process ends as it is; its children end with it."""
CLOSE_WITHIN_S = 0.8
"""Of it, for what comes after draining."""


class Life:
    """Of one daemon, from its start to its end."""

    def __init__(self, read: Callable[[], Config], config: Config, *, drains: bool) -> None:
        """`read` gives the configuration as it is written now, and raises ConfigError; `drains`: there is a server."""
        self._read = read
        self._manager = ServiceManager()
        self._pulse = Pulse()
        self._hung_up = asyncio.Event()
        self._drains = drains
        self._drain_s = config.server.drain_s

    def observe(self, notice: Notice) -> None:
        """Take in what the conversation tells."""
        self._pulse.observe(notice)

    async def last(self, work: Coroutine[Any, Any, None]) -> int:
        """Run until done, SIGINT or SIGTERM; the exit status. A second signal ends the process at once."""
        loop = asyncio.get_running_loop()
        task = loop.create_task(work)
        signalled = False

        def stop() -> None:
            nonlocal signalled
            if signalled:
                os._exit(1)
            signalled = True
            self._manager.stopping()
            self._pulse.end()
            task.cancel()
            drained_s = self._drain_s + CLOSE_WITHIN_S if self._drains else 0.0
            loop.call_later(max(STOP_WITHIN_S, drained_s), os._exit, 0)

        # To a terminal's program it says that the terminal has gone; to a service, to read its configuration again.
        hang_up = stop if _has_terminal() else self._hung_up.set
        for number, handler in ((signal.SIGINT, stop), (signal.SIGTERM, stop), (signal.SIGHUP, hang_up)):
            loop.add_signal_handler(number, handler)
        try:
            await task
        except asyncio.CancelledError:
            log.info("stopped")
        return 0

    @asynccontextmanager
    async def up(self, running: Running) -> AsyncIterator[None]:
        """For as long as the block lasts, also while its doors are closed in order, signs of life are given."""
        signs = give_signs(self._manager, self._pulse, running.engines.health)
        async with beside(self._reload(running), signs):
            yield

    def starting(self) -> None:
        """It listens already, and answers that it is not ready."""
        self._manager.status("starting")

    def ready(self) -> None:
        """The daemon can be used."""
        self._manager.ready("listening")

    async def _reload(self, running: Running) -> None:
        while True:
            await self._hung_up.wait()
            self._hung_up.clear()
            self._manager.reloading()
            try:
                changed = change(running.config, await asyncio.to_thread(self._read))
            except ConfigError as error:
                log.error("the configuration stays as it was: %s", error)
            except Exception:  # a defect: the daemon goes on as it is
                log.exception("the configuration stays as it was")
            else:
                telemetry = changed.config.telemetry
                write_logs(telemetry.log_level, telemetry.log_format)
                running.adopt(changed.config)
                self._drain_s = changed.config.server.drain_s
                log.info("the configuration was read again; %s", changed)
            self._manager.ready("listening")


def _has_terminal() -> bool:
    """Whether the process belongs to one that can hang up."""
    with contextlib.suppress(OSError):
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
        return True
    return False
