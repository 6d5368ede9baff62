"""A server of this house, as a process of its own, to be measured from outside."""

import asyncio
import os
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from assistant.config import ConfigError

START_WITHIN_S = 120.0


@dataclass(frozen=True, slots=True)
class Served:
    """A server that is up."""

    url: str
    """Of its realtime door."""
    headers: dict[str, str]
    """What a client must show."""
    pid: int


@asynccontextmanager
async def served(config: str | None, env: dict[str, str]) -> AsyncIterator[Served]:
    """A `hearthside serve` on a free port of loopback. Raises ConfigError."""
    token = secrets.token_urlsafe()
    own = {
        "HEARTHSIDE_SERVER__TOKENS": token,
        "HEARTHSIDE_SERVER__TLS_CERTIFICATE": "",
        "HEARTHSIDE_SERVER__TLS_KEY": "",
    }
    chosen = ["--config", config] if config else []
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "assistant", "serve", "--host", "127.0.0.1", "--port", "0", *chosen),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **own, **env},
    )
    said: list[str] = []

    async def serving_at() -> str:
        assert process.stderr is not None
        async for raw in process.stderr:
            said.append(raw.decode(errors="replace").rstrip())
            if "serving at http" in said[-1]:
                return said[-1].rpartition("serving at http")[2]
        raise ConfigError(f"hearthside serve does not start: {said[-1] if said else 'it says nothing'}")

    async with AsyncExitStack() as stack:

        async def end() -> None:
            if process.returncode is None:
                process.terminate()
            await process.wait()

        stack.push_async_callback(end)
        async with asyncio.timeout(START_WITHIN_S):
            url = f"ws{await serving_at()}/v1/realtime?model=hearthside"
        assert process.stderr is not None
        draining = asyncio.create_task(process.stderr.read())
        stack.callback(draining.cancel)
        yield Served(url, {"Authorization": f"Bearer {token}"}, process.pid)
