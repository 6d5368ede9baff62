"""The ways into a running daemon beside its microphone, as the configuration wants them."""

import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any

from assistant.conversation.notices import Trouble
from assistant.daemon import Running
from assistant.server.control import control_path, control_socket
from assistant.server.door import DoorError
from assistant.server.hotkey import hotkey
from assistant.server.mcp.lines import line_door

log = logging.getLogger(__name__)


@asynccontextmanager
async def open_doors(running: Running) -> AsyncIterator[None]:
    """Open them for as long as the block lasts. Of one that cannot be opened the observer is told."""
    attention, controls = running.config.attention, running.controls
    async with AsyncExitStack() as stack:

        async def open_door(door: AbstractAsyncContextManager[Any]) -> None:
            try:
                await stack.enter_async_context(door)
            except DoorError as error:
                running.observer(Trouble(str(error)))

        if controls is not None and (path := control_path(attention.control)) is not None:
            await open_door(control_socket(path, controls, line_door(running)))
        if controls is not None and attention.hotkey:
            await open_door(hotkey(attention.hotkey, controls))
        if running.config.server.enabled:
            await open_door(web_door(running))
        if running.config.wyoming.enabled:
            await open_door(wyoming_door(running))
        yield


@asynccontextmanager
async def web_door(running: Running) -> AsyncIterator[None]:
    """The HTTP server. Raises DoorError or ConfigError."""
    try:
        from assistant.server.web import serving  # here: a lean install does without
    except ImportError as error:
        raise DoorError(f"server: {error}; pip install 'hearthside[server]'") from None
    async with serving(running) as url:
        log.info("serving at %s", url)
        yield


@asynccontextmanager
async def wyoming_door(running: Running) -> AsyncIterator[None]:
    """The port for Wyoming clients. Raises DoorError."""
    try:
        from assistant.server.wyoming.door import serving
    except ImportError as error:
        raise DoorError(f"wyoming: {error}; pip install 'hearthside[wyoming]'") from None
    async with serving(running.config, running.engines, running.sharing) as port:
        log.info("Wyoming on %s port %d", running.config.wyoming.host, port)
        yield
