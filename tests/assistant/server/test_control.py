"""The control socket, over a real socket."""

import asyncio
import json
import socket
import stat
from pathlib import Path

import pytest

from assistant.config import home
from assistant.conversation.attention import Mode
from assistant.conversation.controls import ControlError
from assistant.server.control import ACTIONS, ask_daemon, control_path, control_socket
from assistant.server.door import DoorError
from tests.assistant.server.pressed import PressedControls


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "control.sock"


async def test_every_button_can_be_pressed_and_the_reply_tells_what_came_of_it(path: Path) -> None:
    controls = PressedControls()
    async with control_socket(path, controls):
        for action in ("press", "release", "call", "mute", "toggle-mute", "push-to-talk", "always", "stop", "resume"):
            await ask_daemon(path, action)
        status = await ask_daemon(path, "toggle-mute")
    modes, stops = ["push-to-talk", "always"], ["stop", "resume"]
    assert controls.done == ["press", "release", "call", "mute", "unmute", *modes, *stops, "mute"]
    assert (status.is_muted, status.mode) == (True, Mode.ALWAYS)
    assert not path.exists()  # noqa: ASYNC240


async def test_what_cannot_be_done_is_told_in_one_line(path: Path) -> None:
    async with control_socket(path, PressedControls()):
        with pytest.raises(ControlError, match="no wake words"):
            await ask_daemon(path, "wake-word")


@pytest.mark.parametrize("request_", [b"mute", b"{}", b'{"do": "explode"}', b'{"do": ["mute"]}', b"[]", b"\xff\x00"])
async def test_nonsense_gets_an_error_and_the_connection_stays_good(path: Path, request_: bytes) -> None:
    controls = PressedControls()
    async with control_socket(path, controls):
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(request_ + b"\n" + b'{"do": "mute"}\n')
        refused, done = json.loads(await reader.readline()), json.loads(await reader.readline())
        writer.close()
    assert not refused["ok"]
    assert all(action in refused["error"] for action in ACTIONS)
    assert done["ok"]
    assert controls.done == ["mute"]


async def test_an_endless_line_ends_its_connection_and_nothing_else(path: Path) -> None:
    controls = PressedControls()
    async with control_socket(path, controls):
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(b"x" * 100_000)
        assert await reader.read() == b""
        writer.close()
        await ask_daemon(path, "call")
    assert controls.done == ["call"]


async def test_only_its_owner_may_use_it(path: Path) -> None:
    async with control_socket(path, PressedControls()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600  # noqa: ASYNC240
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_what_a_killed_daemon_left_is_no_obstacle(path: Path) -> None:
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    with pytest.raises(DoorError, match="no daemon is running"):
        await ask_daemon(path, "status")
    async with control_socket(path, PressedControls()):
        assert (await ask_daemon(path, "status")).phase == "idle"


async def test_a_second_daemon_leaves_the_first_ones_alone(path: Path) -> None:
    first = PressedControls()
    async with control_socket(path, first):
        with pytest.raises(DoorError, match="another daemon"):
            async with control_socket(path, PressedControls()):
                pass
        await ask_daemon(path, "call")
    assert first.done == ["call"]


async def test_a_file_in_its_place_is_not_removed(tmp_path: Path) -> None:
    file = tmp_path / "precious"
    file.write_text("mine")
    with pytest.raises(DoorError, match="something else"):
        async with control_socket(file, PressedControls()):
            pass
    assert file.read_text() == "mine"


async def test_a_path_that_is_too_long_for_a_socket_is_told(tmp_path: Path) -> None:
    with pytest.raises(DoorError, match=r"attention\.control"):
        async with control_socket(tmp_path / ("x" * 120), PressedControls()):
            pass


def test_where_the_socket_lies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HEARTHSIDE_HOME", str(tmp_path))
    assert control_path("auto") == tmp_path / "control.sock"
    assert control_path("none") is None
    assert control_path("/run/hearthside.sock") == Path("/run/hearthside.sock")
    monkeypatch.delenv("HEARTHSIDE_HOME")
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/7")
    assert control_path("auto") == Path("/run/user/7/hearthside/control.sock")
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert control_path("auto") == home() / "control.sock"
