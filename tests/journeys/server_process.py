"""The real `hearthside serve` as a process."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from tests.journeys.daemon_process import DaemonProcess


@asynccontextmanager
async def server(tmp_path: Path, env: Mapping[str, str], *, port: int = 0) -> AsyncIterator[tuple[DaemonProcess, str]]:
    """A `hearthside serve`, and its address."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "assistant", "serve", "--port", str(port)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path / "config"), "HEARTHSIDE_WAKE__ENGINE": "none", **env},
    )
    running = DaemonProcess(process, tmp_path / "turns.jsonl")
    reader = asyncio.create_task(running.read_stderr())
    try:
        line = await running.said("serving at ")
        yield running, line.rpartition("//")[2]
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()
        await reader


def free_port() -> int:
    """One that is free now: for a server that is to be found again where it was."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port
