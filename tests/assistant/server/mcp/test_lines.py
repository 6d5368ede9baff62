"""Agents that come by the control socket, over a real one."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from assistant.server.control import AGENT, ask_daemon, connected, control_socket
from assistant.server.door import DoorError
from assistant.server.mcp.lines import line_door
from tests.assistant.server.mcp.agents import running
from tests.assistant.server.pressed import PressedControls

HELLO = {
    "protocolVersion": "2025-06-18",
    "capabilities": {},
    "clientInfo": {"name": "test", "version": "1"},
}


class Agent:
    """Speaks the protocol line by line."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, message: dict[str, Any] | bytes) -> None:
        self.writer.write(message if isinstance(message, bytes) else json.dumps(message).encode() + b"\n")

    async def receive(self) -> Any:
        async with asyncio.timeout(30):
            return json.loads(await self.reader.readline())

    async def ask(self, method: str, **params: Any) -> Any:
        self.send({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        return await self.receive()


@asynccontextmanager
async def agent(path: Path) -> AsyncIterator[Agent]:
    reader, writer = await asyncio.open_unix_connection(path)
    one = Agent(reader, writer)
    one.send({"do": AGENT})
    assert await one.receive() == {"ok": True}
    assert (await one.ask("initialize", **HELLO))["result"]["serverInfo"]["name"] == "hearthside"
    one.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
    yield one
    writer.close()


async def test_an_agent_has_the_connection_and_others_press_buttons_beside_it(tmp_path: Path) -> None:
    path, controls = tmp_path / "control.sock", PressedControls()
    async with control_socket(path, controls, line_door(running(controls))), agent(path) as one:
        said = await one.ask("tools/call", name="say", arguments={"text": "Hello"})
        assert said["result"]["structuredContent"]["heard"] == "Hello"
        await ask_daemon(path, "call")
        one.send(b"{no json\n")
        assert "result" in await one.ask("ping")
    assert controls.done == ["say Hello", "call"]


async def test_an_endless_line_ends_the_connection_and_so_does_the_daemons_end(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path, controls = tmp_path / "control.sock", PressedControls()
    async with control_socket(path, controls, line_door(running(controls))):
        async with agent(path) as one:
            one.send(b"x" * 100_000)
            async with asyncio.timeout(10):
                assert await one.reader.read() == b""
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(b'{"do": "status"}\n')
        assert json.loads(await reader.readline())["ok"]
    async with asyncio.timeout(10):
        assert await reader.read() == b""
    writer.close()
    assert not caplog.records, "it is no defect"


class PatientControls(PressedControls):
    """Listens for ever."""

    async def listen(self, *, within_s: float) -> str | None:
        self._did("listen")
        try:
            await asyncio.Event().wait()
        finally:
            self._did("no longer")
        return None


@pytest.mark.parametrize("how", ["cancels", "goes"])
async def test_an_agent_that_cancels_or_goes_hears_no_more(tmp_path: Path, how: str) -> None:
    path, controls = tmp_path / "control.sock", PatientControls()
    async with control_socket(path, controls, line_door(running(controls))), agent(path) as one:
        one.send({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {"name": "listen", "arguments": {}}})
        await controls.has_done("listen")
        if how == "cancels":
            one.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7}})
        else:
            one.writer.close()
        await controls.has_done("listen", "no longer")


async def test_where_agents_are_not_let_in_they_are_told_why(tmp_path: Path) -> None:
    async def not_installed() -> Any:
        raise DoorError("it is not installed")

    for agents, why in ((None, "expected"), (not_installed, "it is not installed")):
        async with control_socket(tmp_path / "control.sock", PressedControls(), agents):
            with pytest.raises(DoorError, match=why):
                await asyncio.to_thread(connected, tmp_path / "control.sock", AGENT)
    with pytest.raises(DoorError, match="no daemon is running"):
        connected(tmp_path / "control.sock", AGENT)
