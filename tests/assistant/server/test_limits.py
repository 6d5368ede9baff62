"""What a client may cost: each limit at the real server, made small."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median

import httpx
import pytest
import websockets
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from assistant.conversation.messages import Message, ModelEvent, TextDelta, ToolSpec
from assistant.server.connections import Connections, GuardedConfig, WebSocketProtocol, network_of
from tests.assistant.conversation.scripted import ScriptedModel
from tests.assistant.server.served import Served, served

WRITE = {"type": "session.update", "session": {"type": "realtime", "output_modalities": ["text"]}}
RESPOND = {"type": "response.create"}


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARTHSIDE_HOME", str(tmp_path))


@pytest.fixture(autouse=True)
def nothing_unhandled(caplog: pytest.LogCaptureFixture) -> AsyncIterator[None]:
    """No exception ends in the log, whatever the clients do."""
    yield
    records = caplog.get_records("call")
    assert not [record.getMessage() for record in records if record.levelname == "ERROR" or record.exc_info]


class Endless(ScriptedModel):
    """Writes as fast as it is read, and tells when nobody wants more."""

    def __init__(self) -> None:
        super().__init__([[]])
        self.is_over = asyncio.Event()

    async def stream(self, messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> AsyncGenerator[ModelEvent]:
        try:
            while True:
                yield TextDelta("x" * 50_000)
                await asyncio.sleep(1e-4)  # as every engine does, it takes time
        finally:
            self.is_over.set()


async def opened(server: Served) -> websockets.ClientConnection:
    """A realtime session that has begun."""
    socket = await websockets.connect(server.realtime, max_size=None)
    await socket.recv()
    return socket


async def until_hung_up(reader: asyncio.StreamReader) -> list[bytes]:
    """All lines that come before the server ends the connection, in whatever way."""
    lines = []
    async with asyncio.timeout(10):
        with suppress(ConnectionResetError):
            while line := await reader.readline():
                lines.append(line)
    return lines


async def refused(server: Served) -> tuple[int, str]:
    """Status and reason by which a request, and a WebSocket, are refused."""
    async with httpx.AsyncClient(base_url=server.url) as http:
        answer = await http.get("/v1/models")
    assert answer.headers["Retry-After"]
    with pytest.raises(websockets.InvalidStatus) as closed:
        await websockets.connect(server.realtime)
    assert closed.value.response.status_code == answer.status_code
    return answer.status_code, answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("keys", "status", "says"),
    [
        ({"connections": 2}, 503, "server.connections"),
        ({"connections_per_address": 2}, 429, "server.connections_per_address"),
    ],
)
async def test_there_is_an_end_to_the_connections(keys: dict[str, int], status: int, says: str) -> None:
    async with served(**keys) as server:
        first, second = await opened(server), await opened(server)
        told, reason = await refused(server)
        assert told == status and says in reason
        await first.close()
        third = await opened(server)
        await asyncio.gather(second.close(), third.close())


def test_connections_are_counted_by_network_until_they_are_lost() -> None:
    connections = Connections(3, 2, request_within_s=1, read_within_s=1)
    a, b, c, d = (asyncio.Transport() for _ in range(4))
    assert connections.opened(a, "2001:db8::1") is connections.opened(b, "2001:db8::2") is None
    objection = connections.opened(c, "2001:db8::3")
    assert objection is not None and objection[0] == 429
    objection = connections.opened(d, "10.0.0.1")
    assert objection is not None and objection[0] == 503
    for one in (a, b, c, d, d):
        connections.closed(one)
    assert len(connections) == 0
    assert connections.opened(a, "2001:db8::9") is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.0.0.1", "10.0.0.2", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("", "testclient", False),
    ],
)
def test_what_counts_as_one_address(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) is same


@pytest.mark.parametrize("sent", [b"", b"GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\n", b"POST / HTTP/1.1\r\nHost"])
async def test_half_a_request_is_not_waited_for(sent: bytes) -> None:
    async with served(request_within_s=0.1) as server:
        reader, writer = await server.connect()
        writer.write(sent)
        assert await until_hung_up(reader) == []
        writer.close()


async def test_nor_half_a_body_nor_half_of_the_next_request() -> None:
    head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n"
    async with served(request_within_s=0.1) as server:
        reader, writer = await server.connect()
        writer.write(head + b"{")
        async with asyncio.timeout(10):
            assert b" 408 " in await reader.readline()
        writer.close()
        reader, writer = await server.connect()
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" + b"GET /hea")
        assert b" 200 " in (await until_hung_up(reader))[0]
        writer.close()


async def test_who_does_not_read_an_answer_is_cut_off_and_the_model_is_free() -> None:
    model = Endless()
    body = json.dumps({"messages": [{"role": "user", "content": "Why?"}], "stream": True}).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    async with served(model, read_within_s=0.1, connections=1) as server:
        _, writer = await server.connect()
        writer.write(head + body)
        async with asyncio.timeout(20):
            await model.is_over.wait()
        writer.close()


async def test_nor_is_who_does_not_read_a_session_kept() -> None:
    model = Endless()
    async with served(model, read_within_s=0.1) as server:
        socket = await websockets.connect(server.realtime, max_size=None, max_queue=1)
        for event in (WRITE, RESPOND):
            await socket.send(json.dumps(event))
        async with asyncio.timeout(20):
            await model.is_over.wait()
            with pytest.raises(websockets.ConnectionClosed):
                while True:
                    await socket.recv()


async def test_a_message_that_is_too_large_is_not_read() -> None:
    async with served(message_mb=1) as server:
        socket = await opened(server)
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await socket.send("x" * (2**20 + 1))
            while True:
                await socket.recv()
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1009


async def test_a_request_that_is_too_large_is_not_read() -> None:
    async with served(request_mb=1) as server, httpx.AsyncClient(base_url=server.url) as http:
        answer = await http.post("/v1/chat/completions", content=bytes(1_000_001))
        assert answer.status_code == 413 and "server.request_mb" in answer.json()["error"]["message"]


async def test_there_is_an_end_to_the_requests_of_a_minute_but_not_to_looking_after_it() -> None:
    async with served(requests_per_minute=3) as server, httpx.AsyncClient(base_url=server.url) as http:
        for _ in range(3):
            assert (await http.get("/v1/models")).status_code == 200
        for _ in range(2):
            answer = await http.get("/v1/models", headers={"Authorization": "Bearer guess"})
            assert answer.status_code == 429 and answer.json()["error"]["type"] == "rate_limit_error"
            assert 1 <= int(answer.headers["Retry-After"]) <= 20
        evil = await http.get("/v1/models", headers={"Origin": "https://evil.example"})
        assert evil.status_code == 403, "a page elsewhere cannot use them up"
        assert (await http.get("/healthz")).status_code == 200
        assert (await refused(server))[0] == 429


async def test_a_session_has_an_end_and_the_client_is_told() -> None:
    async with served(session_minutes=0.002) as server:
        socket = await websockets.connect(server.realtime)
        events = []
        with pytest.raises(websockets.ConnectionClosed) as closed:
            async with asyncio.timeout(10):
                while True:
                    events.append(json.loads(await socket.recv()))
        assert events[-1]["error"]["code"] == "session_expired"
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1001


async def test_an_answer_does_not_wait_for_the_acknowledgement_of_its_head() -> None:
    async with served() as server, httpx.AsyncClient(base_url=server.url) as http:
        seconds = [(await http.get("/healthz")).elapsed.total_seconds() for _ in range(20)]
    assert median(seconds) < 0.03, "40 ms is what a delayed acknowledgement takes"


@pytest.mark.parametrize(
    ("is_paused", "has_sent", "stays"), [(False, False, False), (True, False, True), (False, True, True)]
)
async def test_whoever_sends_is_there_though_their_pong_be_late(is_paused: bool, has_sent: bool, stays: bool) -> None:
    is_open = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        is_open.set()
        await asyncio.Event().wait()

    connections = Connections(1, 1, request_within_s=1, read_within_s=1)
    config = GuardedConfig(app, connections, ws_ping_interval=1000.0)
    config.load()
    protocol = WebSocketProtocol(config, ServerState(), {})
    transport = Written()
    protocol.connection_made(transport)
    protocol.data_received(OPENING)
    await is_open.wait()
    protocol.send_keepalive_ping()
    protocol.read_paused = is_paused
    if has_sent:
        protocol.data_received(b"\x81")
    protocol.keepalive_timeout()
    assert transport.is_closed is not stays
    assert (protocol.ping_timer is not None) is stays, "it is asked again"
    protocol.stop_keepalive()
    for task in protocol.tasks:
        task.cancel()


OPENING = b"\r\n".join(
    [
        b"GET / HTTP/1.1",
        b"Host: x",
        b"Connection: Upgrade",
        b"Upgrade: websocket",
        b"Sec-WebSocket-Version: 13",
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        b"",
        b"",
    ]
)


class Written(asyncio.Transport):
    """Takes all that is written, until it is closed."""

    is_closed = False

    def write(self, data: object) -> None:
        pass

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True
