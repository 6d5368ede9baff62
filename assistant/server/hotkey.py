"""A key of the X11 desktop that is held to talk, whatever window has the keyboard."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from assistant.conversation.controls import Controls
from assistant.server.door import DoorError

MODIFIERS = {
    "shift": "ShiftMask",
    "control": "ControlMask",
    "ctrl": "ControlMask",
    "alt": "Mod1Mask",
    "super": "Mod4Mask",
}


@asynccontextmanager
async def hotkey(keys: str, controls: Controls) -> AsyncIterator[None]:
    """Press and release the controls with this key, such as `F9` or `Control+space`. Raises DoorError."""
    grab = await asyncio.to_thread(_Grab, keys)
    loop = asyncio.get_running_loop()
    loop.add_reader(grab.fileno(), grab.read, controls)
    try:
        yield
    finally:
        loop.remove_reader(grab.fileno())
        grab.close()


class _Grab:
    """A connection to the X server that is told of the key, and nobody else is."""

    def __init__(self, keys: str) -> None:
        """Blocks for some round trips. Raises DoorError."""
        try:
            from Xlib import XK, X, display, error
        except ImportError:
            raise DoorError("attention.hotkey needs python-xlib: pip install 'hearthside[hotkey]'") from None
        *modifiers, key = [part.strip() for part in keys.split("+")]
        unknown = [name for name in modifiers if name.casefold() not in MODIFIERS]
        keysym = XK.string_to_keysym(key) or XK.string_to_keysym(key.capitalize())
        if unknown or not keysym:
            raise DoorError(
                f"attention.hotkey: no key is called {(unknown or [key])[0]!r}; write it like F9 or Control+space"
            )
        try:
            self._display: Any = display.Display()
        except (error.DisplayError, OSError, ValueError):
            raise DoorError(
                "attention.hotkey: no X11 display can be reached (DISPLAY); bind a key of the desktop to `hearthside"
                " control call`"
            ) from None
        self._key_press, self._key_release = X.KeyPress, X.KeyRelease
        self._keycode = self._display.keysym_to_keycode(keysym)
        mask = 0
        for name in modifiers:
            mask |= getattr(X, MODIFIERS[name.casefold()])
        taken = error.CatchError(error.BadAccess)
        for locks in (0, X.LockMask, X.Mod2Mask, X.LockMask | X.Mod2Mask):  # with Caps Lock and Num Lock, too
            self._display.screen().root.grab_key(
                self._keycode, mask | locks, False, X.GrabModeAsync, X.GrabModeAsync, onerror=taken
            )
        self._display.sync()
        if not self._keycode or taken.get_error():
            self.close()
            why = "another program has it" if self._keycode else "this keyboard has no such key"
            raise DoorError(f"attention.hotkey: {keys} cannot be had, {why}; choose another one")
        self._is_down = False

    def fileno(self) -> int:
        number: int = self._display.fileno()
        return number

    def read(self, controls: Controls) -> None:
        """Take in what the server has sent."""
        while self._display.pending_events():
            event = self._display.next_event()
            if event.type == self._key_press and not self._is_down:
                self._is_down = True
                controls.press()
            elif event.type == self._key_release and self._is_down and not self._is_held():
                self._is_down = False
                controls.release()

    def close(self) -> None:
        self._display.close()

    def _is_held(self) -> bool:
        """A key that repeats itself is released and pressed again and again; the keyboard's state tells the truth."""
        return bool(self._display.query_keymap()[self._keycode // 8] >> self._keycode % 8 & 1)
