"""A chat-completions server that records what it is asked and misbehaves as it is told.

    async with RecordingChatServer() as server:
        server.next_reply(status(500), answer("It is noon."))
        ...                                            # something talks to server.base_url
        assert server.requests[-1].body["messages"][-1]["content"] == "What time is it?"

Replies that were queued are given in order; after them, and without any, `default_reply`. It keeps to HTTP/1.1 with
keep-alive, on a free port of loopback, in the test's own event loop.
"""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from typing import Any, Self

MODEL = "recorded"
EVENT_STREAM = "text/event-stream"


@dataclass(frozen=True)
class Request:
    """One request as it came; `body` is its JSON document, None if it has none."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any
    connection: int
    """Number of the connection that it came over."""


@dataclass(frozen=True)
class Pause:
    """Nothing is sent for so long; a client that leaves meanwhile ends the reply."""

    seconds: float


class End(Enum):
    """How a reply ends before its time."""

    STALL = "send nothing more, until the client leaves"
    CUT = "close the connection in the middle of the body"
    RESET = "drop the connection as a killed process does"


Step = bytes | Pause | End


@dataclass(frozen=True)
class Reply:
    """What the server does with one request. A body of steps is sent in chunks, one step at a time.

    One that begins with an `End` has no head either: the server hangs up, or says nothing at all.
    """

    steps: Iterable[Step]
    status: int = 200
    content_type: str = EVENT_STREAM
    headers: Mapping[str, str] = field(default_factory=dict)


def chunk(delta: Mapping[str, Any] | None = None, finish_reason: str | None = None, **rest: Any) -> bytes:
    """One event of an answer's stream; `rest` adds to or replaces the document's fields."""
    choice = {"index": 0, "delta": delta or {}, "finish_reason": finish_reason}
    document = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": MODEL, "choices": [choice]}
    return b"data: " + json.dumps({**document, **rest}).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"


def answer(text: str, *, pause_s: float = 0.0, end: End | None = None) -> Reply:
    """The text word by word, then usage and the end of the stream; or `end` in their place."""
    steps: list[Step] = [chunk({"role": "assistant", "content": None})]
    for position, word in enumerate(text.split(" ")):
        steps.append(chunk({"content": word if position == 0 else f" {word}"}))
        if pause_s:
            steps.append(Pause(pause_s))
    if end is not None:
        return Reply([*steps, end])
    words = len(text.split())
    usage = {"prompt_tokens": 10, "completion_tokens": words, "total_tokens": 10 + words}
    return Reply([*steps, chunk(finish_reason="stop"), chunk(choices=[], usage=usage), DONE])


def status(code: int, message: str = "", *, headers: Mapping[str, str] | None = None) -> Reply:
    """An error with the usual JSON document."""
    document = {"error": {"message": message or HTTPStatus(code).phrase, "type": "error", "code": code}}
    return Reply([json.dumps(document).encode()], code, "application/json", headers or {})


def page(markup: str, code: int = 200) -> Reply:
    """A web page, as one gets from an address that is no chat server."""
    return Reply([markup.encode()], code, "text/html; charset=utf-8")


def raw(*steps: Step, content_type: str = EVENT_STREAM) -> Reply:
    """These very bytes as the body."""
    return Reply(list(steps), content_type=content_type)


class RecordingChatServer:
    """Use it as an async context manager."""

    def __init__(self, default_reply: Reply | Callable[[Request], Reply] | None = None) -> None:
        """`default_reply` may also be made from the request."""
        self.default_reply = default_reply or answer("It is noon.")
        self.models: Sequence[str] = (MODEL,)
        self.requests: list[Request] = []
        """Chat completions only, in the order in which they came."""
        self.steps_sent = 0
        self.client_left = asyncio.Event()
        """A client left in the middle of a reply."""
        self._queued: deque[Reply] = deque()
        self._arrived = asyncio.Condition()
        self._server: asyncio.Server | None = None
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._connection_count = 0
        self._port = 0

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    async def __aenter__(self) -> Self:
        await self.come_up()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.go_down()

    def next_reply(self, *replies: Reply) -> None:
        """Queue replies to the requests to come."""
        self._queued.extend(replies)

    async def wait_for_requests(self, count: int, *, within_s: float = 5.0) -> None:
        """Until `count` requests have come in all. Raises TimeoutError."""
        async with asyncio.timeout(within_s), self._arrived:
            await self._arrived.wait_for(lambda: len(self.requests) >= count)

    async def come_up(self) -> None:
        """Listen; after `go_down`, on the same port as before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def go_down(self) -> None:
        """Refuse connections and drop those there are, as when the server's process is killed."""
        if self._server is not None:
            self._server.close()
        tasks = list(self._connections)
        for task, writer in self._connections.items():
            writer.transport.abort()
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections[task] = writer
        self._connection_count += 1
        number = self._connection_count
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._exchange(reader, writer, number):
                    pass
        finally:
            del self._connections[task]
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> bool:
        """One request and its reply; whether the connection is still good."""
        request = await _read_request(reader, number)
        if request.path.endswith("/models"):
            listed = json.dumps({"object": "list", "data": [{"id": name} for name in self.models]})
            return await self._send(Reply([listed.encode()], content_type="application/json"), reader, writer)
        async with self._arrived:
            self.requests.append(request)
            self._arrived.notify_all()
        if self._queued:
            reply = self._queued.popleft()
        else:
            reply = self.default_reply(request) if callable(self.default_reply) else self.default_reply
        return await self._send(reply, reader, writer)

    async def _send(self, reply: Reply, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        headers = {"Content-Type": reply.content_type, "Transfer-Encoding": "chunked", **reply.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}\r\n{lines}\r\n".encode()
        try:
            for step in reply.steps:
                if head and not isinstance(step, End):
                    writer.write(head)
                    head = b""
                if step is End.RESET:
                    writer.transport.abort()
                    return False
                if step is End.CUT:
                    await writer.drain()
                    return False
                if isinstance(step, bytes):
                    writer.write(b"%x\r\n%b\r\n" % (len(step), step))
                    await writer.drain()
                    self.steps_sent += 1
                elif await _has_left(reader, step.seconds if isinstance(step, Pause) else None):
                    raise ConnectionResetError
            writer.write(head + b"0\r\n\r\n")
            await writer.drain()
        except ConnectionError:
            self.client_left.set()
            raise
        return True


async def _has_left(reader: asyncio.StreamReader, within_s: float | None) -> bool:
    """Wait so long, or for ever, for the client to leave: it says nothing while it waits for a reply."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            return await reader.read(1) == b""
    return False


async def _read_request(reader: asyncio.StreamReader, number: int) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, path, _ = head[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, path, headers, json.loads(body) if body else None, number)
