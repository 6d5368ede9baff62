"""The key to talk, on a real X server without a screen."""

import asyncio
import shutil
from collections.abc import AsyncIterator

import pytest
from Xlib import XK, X, display
from Xlib.ext import xtest

from assistant.server.door import DoorError
from assistant.server.hotkey import _Grab, hotkey
from tests.assistant.server.pressed import PressedControls

pytestmark = pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed")


@pytest.fixture
async def keyboard(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator["Keyboard"]:
    """A display of its own; DISPLAY names it."""
    server = await asyncio.create_subprocess_exec(
        *("Xvfb", "-displayfd", "1", "-nolisten", "tcp", "-screen", "0", "320x240x24"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert server.stdout is not None
    async with asyncio.timeout(20):
        name = f":{int(await server.stdout.readline())}"
    monkeypatch.setenv("DISPLAY", name)
    keys = Keyboard(name)
    yield keys
    keys.close()
    server.terminate()
    await server.wait()


class Keyboard:
    """Somebody who types."""

    def __init__(self, name: str) -> None:
        self._display = display.Display(name)

    def down(self, key: str) -> None:
        self._send(X.KeyPress, key)

    def up(self, key: str) -> None:
        self._send(X.KeyRelease, key)

    def close(self) -> None:
        self._display.close()

    def _send(self, kind: int, key: str) -> None:
        xtest.fake_input(self._display, kind, self._display.keysym_to_keycode(XK.string_to_keysym(key)))
        self._display.sync()


async def test_the_key_talks_while_it_is_held_and_others_do_nothing(keyboard: Keyboard) -> None:
    controls = PressedControls()
    async with hotkey("F9", controls):
        keyboard.down("F8")
        keyboard.up("F8")
        keyboard.down("F9")
        await controls.has_done("press")
        keyboard.up("F9")
        await controls.has_done("press", "release")
        keyboard.down("Caps_Lock")
        keyboard.up("Caps_Lock")
        keyboard.down("F9")
        keyboard.up("F9")
        await controls.has_done("press", "release", "press", "release")


async def test_with_a_modifier_the_key_alone_does_nothing(keyboard: Keyboard) -> None:
    controls = PressedControls()
    async with hotkey("control+space", controls):
        keyboard.down("space")
        keyboard.up("space")
        keyboard.down("Control_L")
        keyboard.down("space")
        await controls.has_done("press")
        keyboard.up("space")
        await controls.has_done("press", "release")
        keyboard.up("Control_L")


async def test_a_key_that_repeats_itself_is_held(keyboard: Keyboard, monkeypatch: pytest.MonkeyPatch) -> None:
    """The X server tells of a key that is held too long that it is released and pressed, again and again."""
    repeated, looked, is_held = asyncio.Event(), [], _Grab._is_held

    def counting(grab: _Grab) -> bool:
        looked.append(is_held(grab))
        if len(looked) == 3:
            repeated.set()
        return looked[-1]

    monkeypatch.setattr(_Grab, "_is_held", counting)
    controls = PressedControls()
    async with hotkey("a", controls), asyncio.timeout(10):
        keyboard.down("a")
        await repeated.wait()
        keyboard.up("a")
        await controls.has_done("press", "release")


async def test_a_key_that_another_program_has_is_refused(keyboard: Keyboard) -> None:
    async with hotkey("F9", PressedControls()):
        with pytest.raises(DoorError, match="another program has it"):
            async with hotkey("F9", PressedControls()):
                pass


@pytest.mark.parametrize("keys", ["", "F99", "Hyper+F9", "Control+"])
async def test_what_is_no_key_is_told(keyboard: Keyboard, keys: str) -> None:
    with pytest.raises(DoorError, match="no key is called"):
        async with hotkey(keys, PressedControls()):
            pass


async def test_without_a_display_the_way_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(DoorError, match="hearthside control call"):
        async with hotkey("F9", PressedControls()):
            pass
