"""The control socket: what can be done to a running daemon from outside, for keys, scripts and other programs.

A Unix socket that only its owner may use. A request is one line of JSON, `{"do": "mute"}`, and so is the reply:
`{"ok": true, "status": {...}}`, or `{"ok": false, "error": "..."}`. A connection may carry many of them.
"""

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.config import home
from assistant.conversation.attention import Mode
from assistant.conversation.controls import ControlError, Controls, Status
from assistant.server.door import DoorError

LONGEST_REQUEST_BYTES = 4096
ANSWERED_WITHIN_S = 5.0

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
async def control_socket(path: Path, controls: Controls) -> AsyncIterator[None]:
    """Serve the controls there; the socket is gone with the block. Raises DoorError."""
    await asyncio.to_thread(_make_way, path)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, ValueError, asyncio.IncompleteReadError):  # ValueError: an endless line
            while line := await reader.readline():
                writer.write(json.dumps(_obey(line, controls)).encode() + b"\n")
                await writer.drain()
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


def _obey(line: bytes, controls: Controls) -> dict[str, Any]:
    try:
        wanted = json.loads(line)["do"]
        ACTIONS[wanted](controls)
    except (ValueError, KeyError, TypeError):
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
