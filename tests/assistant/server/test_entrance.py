"""What is answered before the daemon is warm, and how it stops: nothing new, and what is under way ends or is told."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from assistant.config import ServerConfig
from assistant.server.door import DoorError
from assistant.server.entrance import STOPPING, Entrance
from assistant.server.readiness import Stage, readiness
from assistant.server.web import listening
from audio.engines import EngineHealth


class House:
    """An app with a slow answer and a slow stream, behind an entrance."""

    def __init__(self) -> None:
        self.entrance = Entrance()
        self.asked = asyncio.Event()
        self.may_answer = asyncio.Event()
        routes = [Route("/slow", self.slow, methods=["POST"]), Route("/stream", self.stream)]
        self.app = Starlette(routes=[*routes, Route("/quick", self.quick)])
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self.entrance), base_url="http://127.0.0.1")

    async def quick(self, request: Request) -> Response:
        return JSONResponse({})

    async def slow(self, request: Request) -> Response:
        self.asked.set()
        await self.may_answer.wait()
        return JSONResponse({"said": "all"})

    async def stream(self, request: Request) -> Response:
        async def words() -> AsyncIterator[str]:
            yield 'data: "It"\n\n'
            self.asked.set()
            await self.may_answer.wait()
            yield "data: [DONE]\n\n"

        return StreamingResponse(words(), media_type="text/event-stream")

    async def status(self, path: str) -> int:
        return (await self.http.get(path)).status_code


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    async with house.http:
        yield house


async def test_before_the_daemon_is_warm_it_lives_and_is_not_ready(house: House) -> None:
    assert await house.status("/healthz") == 200
    ready = await house.http.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (503, "starting")
    assert "language model" in ready.json()["not_ready"]
    refused = await house.http.get("/quick")
    assert refused.status_code == 503 and "starting" in refused.json()["error"]["message"]
    assert refused.headers["Retry-After"]
    house.entrance.lead_to(house.app)
    assert await house.status("/quick") == 200


async def test_what_is_under_way_is_finished_and_nothing_new_is_taken_in(house: House) -> None:
    house.entrance.lead_to(house.app)
    under_way = asyncio.create_task(house.http.post("/slow"))
    await house.asked.wait()
    stopping = asyncio.create_task(house.entrance.stop(60.0))
    await asyncio.sleep(0)
    assert (await house.http.get("/readyz")).json() == {"status": "stopping", "not_ready": []}
    assert (await house.http.get("/quick")).json()["error"]["message"] == STOPPING
    assert await house.status("/healthz") == 200
    assert not stopping.done()
    house.may_answer.set()
    assert (await under_way).json() == {"said": "all"}
    await stopping


async def test_what_does_not_end_in_time_is_told_so(house: House) -> None:
    house.entrance.lead_to(house.app)
    waiting = asyncio.create_task(house.http.post("/slow"))
    await house.asked.wait()
    house.asked.clear()
    streaming = asyncio.create_task(house.http.get("/stream"))
    await house.asked.wait()
    async with asyncio.timeout(5):
        await house.entrance.stop(0.01)
    answer = await waiting
    assert (answer.status_code, answer.json()["error"]["message"]) == (503, STOPPING)
    first, last, done, _ = (await streaming).text.split("\n\n")
    assert (first, done) == ('data: "It"', "data: [DONE]")
    assert json.loads(last.removeprefix("data: "))["error"]["message"] == STOPPING


async def test_a_request_that_its_client_drops_is_not_waited_for(house: House) -> None:
    house.entrance.lead_to(house.app)
    dropped = asyncio.create_task(house.http.post("/slow"))
    await house.asked.wait()
    dropped.cancel()
    with suppress(asyncio.CancelledError):
        await dropped
    async with asyncio.timeout(5):
        await house.entrance.stop(60.0)


async def test_a_certificate_that_cannot_be_read_is_told_at_the_start(tmp_path: Path) -> None:
    config = ServerConfig(port=0, tls_certificate=str(tmp_path / "c.pem"), tls_key=str(tmp_path / "k.pem"))
    with pytest.raises(DoorError, match="tls_certificate"):
        async with listening(config):
            pass


@pytest.mark.parametrize(
    ("health", "not_ready"),
    [
        (EngineHealth(), []),
        (EngineHealth(restarts=3), []),
        (EngineHealth("it is being started"), ["voice"]),
        (EngineHealth(stuck="it hangs"), ["voice"]),
    ],
)
def test_it_is_ready_when_every_engine_can_do_its_work(health: EngineHealth, not_ready: list[str]) -> None:
    status, document = readiness(Stage.UP, {"speech-to-text": EngineHealth(), "voice": health})
    assert (status, document["not_ready"]) == (503 if not_ready else 200, not_ready)
    assert document["status"] == ("degraded" if not_ready else "ready")
