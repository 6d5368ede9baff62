"""The ways into a running conversation beside its microphone, as the configuration wants them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from assistant.conversation.notices import Trouble
from assistant.daemon import Running
from assistant.server.control import ControlSocketError, control_path, control_socket
from assistant.server.hotkey import HotkeyError, hotkey


@asynccontextmanager
async def open_doors(running: Running) -> AsyncIterator[None]:
    """Open them for as long as the block lasts. Of one that cannot be opened the observer is told."""
    wanted, controls = running.config.attention, running.controls
    async with AsyncExitStack() as stack:
        try:
            if (path := control_path(wanted.control)) is not None:
                await stack.enter_async_context(control_socket(path, controls))
        except ControlSocketError as error:
            running.observer(Trouble(str(error)))
        try:
            if wanted.hotkey:
                await stack.enter_async_context(hotkey(wanted.hotkey, controls))
        except HotkeyError as error:
            running.observer(Trouble(str(error)))
        if running.config.wyoming.enabled:
            await _open_wyoming(stack, running)
        yield


async def _open_wyoming(stack: AsyncExitStack, running: Running) -> None:
    try:
        from assistant.server.wyoming.door import WyomingError, wyoming_door
    except ImportError as error:
        running.observer(Trouble(f"wyoming.enabled: {error}; install the extra: pip install 'hearthside[wyoming]'"))
        return
    try:
        await stack.enter_async_context(wyoming_door(running.config, running.engines))
    except WyomingError as error:
        running.observer(Trouble(str(error)))
