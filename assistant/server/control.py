"""The control socket: what can be done to a running daemon from outside, for keys, scripts and other programs.

A Unix socket that only its owner may use. A request is one line of JSON, `{"do": "mute"}`, and so is the reply:
`{"ok": true, "status": {...}}`, or `{"ok": false, "error": "..."}`. A connection may carry many of them. After
`{"do": "mcp"}`, where that is agreed to, it belongs to another agent, who speaks the Model Context Protocol.
"""

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeAlias

from assistant.config import home
from assistant.conversation.attention import Mode
from assistant.conversation.controls import ControlError, Controls, Status
from assistant.server.door import DoorError

LONGEST_REQUEST_BYTES = 65_536
ANSWERED_WITHIN_S = 5.0
ADMITTED_WITHIN_S = 30.0
"""An agent, since a library may be loaded first."""

AGENT = "mcp"
"""What an agent asks for first."""

Lines: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"""Serves whoever is at the other end from now on."""
LineDoor: TypeAlias = Callable[[], Awaitable[Lines]]
"""Opens such a service. Raises DoorError."""

ACTIONS: dict[str, Callable[[Controls], None]] = {
    "status": lambda controls: None,
    "mute": lambda controls: controls.mute(is_muted=True),
    "unmute": lambda controls: controls.mute(is_muted=False),
    "toggle-mute": lambda controls: controls.mute(is_muted=not controls.status().is_muted),
    "call": lambda controls: controls.call(),
    "press": lambda controls: controls.press(),
    "release": lambda controls: controls.release(),
    "stop": lambda controls: controls.stop(),
    "resume": lambda controls: controls.resume(),
    **{mode.value: lambda controls, mode=mode: controls.set_mode(mode) for mode in Mode},  # type: ignore[misc]
}
"""What can be asked for, by name."""


def control_path(configured: str) -> Path | None:
    """The socket that `attention.control` means; None where none is wanted."""
    if configured == "none":
        return None
    if configured != "auto":
        return Path(configured).expanduser()
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    folder = Path(runtime) / "hearthside" if runtime and "HEARTHSIDE_HOME" not in os.environ else home()
    return folder / "control.sock"


@asynccontextmanager
async def control_socket(path: Path, controls: Controls, agents: LineDoor | None = None) -> AsyncIterator[None]:
    """Serve the controls there, and agents; the socket is gone with the block. Raises DoorError."""
    await asyncio.to_thread(_make_way, path)
    connections: set[asyncio.Task[Any]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (task := asyncio.current_task()) is not None:
            connections.add(task)
            task.add_done_callback(connections.discard)
        # ValueError: an endless line. CancelledError: the daemon ends, and the streams' library takes a task that was
        # cancelled for a defect.
        with suppress(ConnectionError, ValueError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await _serve(reader, writer, controls, agents)
        writer.close()

    mask = os.umask(0o177)
    try:
        server = await asyncio.start_unix_server(serve, path, limit=LONGEST_REQUEST_BYTES)
    except OSError as error:
        raise DoorError(f"control socket {path}: {error.strerror or error}; set attention.control") from None
    finally:
        os.umask(mask)
    try:
        yield
    finally:
        server.close()
        for connection in connections:
            connection.cancel()
        await asyncio.to_thread(path.unlink, missing_ok=True)


async def ask_daemon(path: Path, action: str) -> Status:
    """Have the daemon at that socket do this; what it is doing then. Raises DoorError or ControlError."""
    try:
        async with asyncio.timeout(ANSWERED_WITHIN_S):
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(json.dumps({"do": action}).encode() + b"\n")
            line = await reader.readline()
            writer.close()
        reply = json.loads(line)
    except TimeoutError:
        raise DoorError(f"the daemon at {path} does not answer") from None
    except (OSError, ValueError):
        raise DoorError(f"no daemon is running that can be controlled (no answer at {path})") from None
    if not reply["ok"]:
        raise ControlError(reply["error"])
    return Status(**{**reply["status"], "mode": Mode(reply["status"]["mode"])})


async def _serve(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, controls: Controls, agents: LineDoor | None
) -> None:
    """One connection, until it is hung up."""
    while line := await reader.readline():
        reply: dict[str, Any]
        lines: Lines | None = None
        if agents is not None and _wanted(line) == AGENT:
            try:
                reply, lines = {"ok": True}, await agents()
            except DoorError as error:
                reply = {"ok": False, "error": str(error)}
        else:
            reply = _obey(line, controls)
        writer.write(json.dumps(reply).encode() + b"\n")
        await writer.drain()
        if lines is not None:
            await lines(reader, writer)
            return


def _wanted(line: bytes) -> object:
    try:
        return json.loads(line)["do"]
    except (ValueError, KeyError, TypeError):
        return None


def connected(path: Path, wanted: str) -> socket.socket:
    """A connection to the daemon there, after it has agreed to this. Raises DoorError."""
    daemon = socket.socket(socket.AF_UNIX)
    try:
        daemon.settimeout(ADMITTED_WITHIN_S)
        daemon.connect(str(path))
        daemon.sendall(json.dumps({"do": wanted}).encode() + b"\n")
        line = b""
        while not line.endswith(b"\n"):  # byte by byte: what comes after the line is not ours
            line += daemon.recv(1) or b"\n"
        reply = json.loads(line)
    except (OSError, ValueError):
        daemon.close()
        raise DoorError(f"no daemon is running that can be controlled (no answer at {path})") from None
    if not reply["ok"]:
        daemon.close()
        raise DoorError(reply["error"])
    daemon.settimeout(None)
    return daemon


def _obey(line: bytes, controls: Controls) -> dict[str, Any]:
    try:
        ACTIONS[_wanted(line)](controls)  # type: ignore[index]
    except (KeyError, TypeError):
        return {"ok": False, "error": f'expected {{"do": NAME}}, NAME one of {", ".join(ACTIONS)}'}
    except ControlError as error:
        return {"ok": False, "error": str(error)}
    status = controls.status()
    return {"ok": True, "status": {**asdict(status), "mode": status.mode.value}}


def _make_way(path: Path) -> None:
    """Make the folder, and remove what a daemon left that was killed. Raises DoorError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            return
        if not path.is_socket():
            raise DoorError(f"control socket {path}: something else is there; set attention.control")
        with socket.socket(socket.AF_UNIX) as other:
            try:
                other.connect(str(path))
            except ConnectionRefusedError:
                path.unlink()
            else:
                raise DoorError(f"another daemon is controlled at {path}; this one is not (set attention.control)")
    except OSError as error:
        raise DoorError(f"control socket {path}: {error.strerror or error}; set attention.control") from None
