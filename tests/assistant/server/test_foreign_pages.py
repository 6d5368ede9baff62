"""What a web page elsewhere can do: nothing, on no route, unless it was named."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import websockets

from tests.assistant.server.served import Served, served

HOME = "https://home.example"
ATTACKS = {
    "a request across sites": {"Origin": "https://evil.example"},
    "a page without an origin, such as a file": {"Origin": "null"},
    "another server of this machine": {"Origin": "http://127.0.0.1:1"},
    "an image, a script or a form in a page elsewhere": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    "a name that leads here now (DNS rebinding)": {"Host": "evil.example", "Origin": "http://evil.example"},
    "the same without an origin": {"Host": "evil.example:8765"},
}
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


@pytest.fixture
async def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    monkeypatch.setenv("HEARTHSIDE_HOME", str(tmp_path))
    async with served(origins=(HOME,)) as server:
        yield server


@pytest.mark.parametrize("attack", ATTACKS)
async def test_no_route_is_reached_from_elsewhere(server: Served, attack: str) -> None:
    asked = b'{"messages": [{"role": "user", "content": "Who lives here?"}]}'
    async with httpx.AsyncClient(base_url=server.url) as http:
        paths = (await http.get("/openapi.json")).json()["paths"]
        assert len(paths) > 5
        for path in [*paths, "/openapi.json", "/", "/nowhere"]:
            for method in ("GET", "POST", "OPTIONS", "DELETE"):
                answer = await http.request(method, path, headers=ATTACKS[attack], content=asked)
                assert answer.status_code in (403, 421), (method, path)
                assert "access-control-allow-origin" not in answer.headers
        answer = await http.get("/v1/realtime", headers={**UPGRADE, **ATTACKS[attack]})
        assert answer.status_code in (403, 421), "nor is a WebSocket opened"
    assert server.llm.prompts == []


async def test_a_page_that_was_named_may_ask_and_read_and_talk(server: Served) -> None:
    preflight = {"Origin": HOME, "Access-Control-Request-Method": "POST"}
    async with httpx.AsyncClient(base_url=server.url) as http:
        asked = await http.options(
            "/v1/chat/completions", headers={**preflight, "Access-Control-Request-Headers": "authorization"}
        )
        assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, HOME)
        evil = await http.options("/v1/models", headers={**preflight, "Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in evil.headers
        read = await http.get("/v1/models", headers={"Origin": HOME, "Sec-Fetch-Site": "cross-site"})
        assert (read.status_code, read.headers["access-control-allow-origin"]) == (200, HOME)
    async with websockets.connect(server.realtime, origin=websockets.Origin(HOME)) as socket:
        assert "session.created" in str(await socket.recv())
