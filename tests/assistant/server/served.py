"""The real server on a port of loopback, its engines scripted, and clients that know no manners."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from assistant.config import Config, ServerConfig, VadConfig
from assistant.conversation.engines import Engines
from assistant.daemon import Running
from assistant.server.web import listening
from assistant.telemetry.metrics import Metrics
from tests.assistant.conversation.scripted import EndAfter, LoudnessVad, ScriptedModel, ScriptedStt, ScriptedTts


@dataclass
class Served:
    """`url` is as `http://127.0.0.1:1234`."""

    url: str
    llm: ScriptedModel

    @property
    def realtime(self) -> str:
        return self.url.replace("http", "ws", 1) + "/v1/realtime"

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection on which nothing was said yet."""
        return await asyncio.open_connection("127.0.0.1", self.port, limit=2**16)


def running(config: Config, llm: ScriptedModel | None = None) -> Running:
    """A daemon whose engines are scripted."""
    llm = llm or ScriptedModel([["It ", "is ", "Paris."]], first_s=0.0, each_s=0.0)
    stt = ScriptedStt([(1.0, "Hello there.")], takes_s=0.0)
    engines = Engines(LoudnessVad(), EndAfter(), stt, llm, ScriptedTts(takes_s=0.0, rate_hz=24_000))
    return Running(config, engines, lambda _: None, Metrics())


@asynccontextmanager
async def serving(daemon: Running) -> AsyncIterator[str]:
    """Serve for as long as the block lasts; the server's URL."""
    async with listening(daemon.config.server) as web, web.leading_to(daemon):
        yield web.url


@asynccontextmanager
async def served(llm: ScriptedModel | None = None, **keys: object) -> AsyncIterator[Served]:
    """Serve with these keys of ServerConfig."""
    server = ServerConfig(port=0, **keys)  # type: ignore[arg-type]
    config = Config(server=server, vad=VadConfig(engine="webrtc"))  # it needs no model
    llm = llm or ScriptedModel([["It ", "is ", "Paris."]], first_s=0.0, each_s=0.0)
    async with serving(running(config, llm)) as url:
        yield Served(url, llm)
