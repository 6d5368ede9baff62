"""The protocol's library, which is loaded when the first agent comes.

It takes 33 MB and up to a second, which whoever needs no agents need not pay.
"""

import asyncio
from typing import Any

from assistant.server.door import DoorError

NOT_INSTALLED = "agents cannot come in here: pip install 'hearthside[mcp]'"


async def serving_library() -> Any:
    """The module `serving`. Raises DoorError where the library is not installed."""

    def load() -> Any:
        from assistant.server.mcp import serving

        return serving

    try:
        return await asyncio.to_thread(load)
    except ImportError:
        raise DoorError(NOT_INSTALLED) from None
