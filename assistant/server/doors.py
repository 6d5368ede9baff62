"""The ways into a running conversation beside its microphone, as the configuration wants them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from assistant.config import AttentionConfig
from assistant.conversation.controls import Controls
from assistant.conversation.notices import Observer, Trouble
from assistant.server.control import ControlSocketError, control_path, control_socket
from assistant.server.hotkey import HotkeyError, hotkey


@asynccontextmanager
async def open_doors(config: AttentionConfig, controls: Controls, observer: Observer) -> AsyncIterator[None]:
    """Open them for as long as the block lasts. Of one that cannot be opened the observer is told."""
    async with AsyncExitStack() as stack:
        try:
            if (path := control_path(config.control)) is not None:
                await stack.enter_async_context(control_socket(path, controls))
        except ControlSocketError as error:
            observer(Trouble(str(error)))
        try:
            if config.hotkey:
                await stack.enter_async_context(hotkey(config.hotkey, controls))
        except HotkeyError as error:
            observer(Trouble(str(error)))
        yield
