"""A WebSocket that lasts no longer than the right to it."""

import time
from collections.abc import Callable

from starlette.types import Message, Receive, Send

LOOK_EVERY_S = 1.0
"""Audio goes to and fro fifty times a second; the right to it need not be looked at so often."""
POLICY = 1008
REASON = "the token was revoked"


def while_allowed(
    receive: Receive, send: Send, is_allowed: Callable[[], bool], now_s: Callable[[], float] = time.monotonic
) -> tuple[Receive, Send]:
    """Both ends, which close the connection with the first message, either way, after it is allowed no longer."""
    looked_s = now_s()
    is_over = False

    async def is_refused() -> bool:
        nonlocal looked_s, is_over
        if not is_over and now_s() - looked_s >= LOOK_EVERY_S:
            looked_s = now_s()
            if not is_allowed():
                is_over = True
                await send({"type": "websocket.close", "code": POLICY, "reason": REASON})
        return is_over

    async def guarded_receive() -> Message:
        message = await receive()
        if message["type"] == "websocket.receive" and await is_refused():
            return {"type": "websocket.disconnect", "code": POLICY, "reason": REASON}
        return message

    async def guarded_send(message: Message) -> None:
        if message["type"] != "websocket.send" or not await is_refused():
            await send(message)

    return guarded_receive, guarded_send
