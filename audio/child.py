"""Supervised child processes: what can take the daemon down runs in one of these.

A child is a Python module started with `python -m MODULE`. Parent and child exchange messages over the
child's standard input and output: a JSON header and a binary payload, both length-prefixed. A child ends
when its input ends, so it cannot outlive the daemon, however that dies; on Linux the kernel also kills
it with its parent, in case native code hangs. What it prints goes to its standard error, which the parent
reads, bounds and logs.
"""

import asyncio
import contextlib
import json
import logging
import os
import struct
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias

log = logging.getLogger(__name__)

Header: TypeAlias = dict[str, Any]

PREFIX = struct.Struct("<II")
"""Byte lengths of the header and of the payload."""

MAX_HEADER_BYTES = 1 << 20
MAX_PAYLOAD_BYTES = 1 << 26
STDERR_LINES_PER_S = 20
"""A sound library that lost its server has been seen to print millions of lines: the rest is dropped."""

FIRST_RESTART_DELAY_S = 0.05
LONGEST_RESTART_DELAY_S = 5.0
STEADY_AFTER_S = 5.0
"""A child that lived this long starts its back-off afresh when it dies."""


class ChildGone(Exception):
    """The child has ended or cannot be started. One line, with the last thing it said."""


def encode(header: Header, payload: bytes | memoryview = b"") -> bytes:
    """One message as bytes."""
    head = json.dumps(header, separators=(",", ":")).encode()
    return PREFIX.pack(len(head), len(payload)) + head + bytes(payload)


class Child:
    """One running child process, seen from the daemon. Use `Child.spawn`."""

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self.name = name
        self._process = process
        self._last_lines: deque[str] = deque(maxlen=5)
        self._stderr = asyncio.create_task(self._drain_stderr(), name=f"{name}-stderr")
        self.started_at_s = time.monotonic()

    @classmethod
    async def spawn(
        cls,
        name: str,
        module: str,
        args: Sequence[str] = (),
        *,
        env: Mapping[str, str] | None = None,
        ready_within_s: float = 30.0,
    ) -> tuple["Child", Header]:
        """Start `python -m module args` and wait for its first message, which says that it is ready.

        A first message of type "error" counts as a refusal. Raises ChildGone.
        """
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                module,
                *args,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env={**os.environ, **(env or {}), "HEARTHSIDE_PARENT_PID": str(os.getpid())},
                limit=1 << 20,
            )
        except OSError as error:
            raise ChildGone(f"{name}: cannot be started: {error}") from error
        child = cls(name, process)
        try:
            async with asyncio.timeout(ready_within_s):
                header, _ = await child.receive()
        except TimeoutError:
            await child.stop(grace_s=0)
            raise ChildGone(f"{name}: not ready within {ready_within_s:.0f} s") from None
        except BaseException:
            await child.stop(grace_s=0)
            raise
        if header.get("type") == "error":
            await child.stop(grace_s=0)
            raise ChildGone(str(header.get("message", f"{name}: refused to start")))
        return child, header

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None

    def post(self, header: Header, payload: bytes | memoryview = b"") -> None:
        """Send a message without waiting for room; for audio, whose amount its own pace bounds."""
        writer = self._process.stdin
        if writer is None or writer.is_closing() or not self.is_alive:
            raise ChildGone(self._obituary())
        writer.write(encode(header, payload))

    async def send(self, header: Header, payload: bytes | memoryview = b"") -> None:
        """Send a message and wait until the pipe has room. Raises ChildGone."""
        self.post(header, payload)
        writer = self._process.stdin
        try:
            if writer is not None:
                await writer.drain()
        except (ConnectionError, OSError) as error:
            raise ChildGone(self._obituary()) from error

    async def receive(self) -> tuple[Header, bytes]:
        """The child's next message. Raises ChildGone when there will be none."""
        reader = self._process.stdout
        if reader is None:
            raise ChildGone(f"{self.name}: no output pipe")
        try:
            head_bytes, payload_bytes = PREFIX.unpack(await reader.readexactly(PREFIX.size))
            if head_bytes > MAX_HEADER_BYTES or payload_bytes > MAX_PAYLOAD_BYTES:
                raise ChildGone(f"{self.name}: broke its message format")
            header = json.loads(await reader.readexactly(head_bytes))
            payload = await reader.readexactly(payload_bytes) if payload_bytes else b""
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await self._process.wait()
                    await self._stderr
            raise ChildGone(self._obituary()) from error
        return header, payload

    async def stop(self, grace_s: float = 1.0) -> None:
        """Close the child's input, give it `grace_s` to leave, then kill it. Safe to repeat."""
        await asyncio.shield(asyncio.ensure_future(self._stop(grace_s)))

    async def _stop(self, grace_s: float) -> None:
        if self.is_alive:
            if self._process.stdin is not None:
                self._process.stdin.close()
            try:
                async with asyncio.timeout(grace_s):
                    await self._process.wait()
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    self._process.kill()
                await self._process.wait()
        self._stderr.cancel()
        await asyncio.gather(self._stderr, return_exceptions=True)

    def _obituary(self) -> str:
        code = self._process.returncode
        how = "went away" if code is None else f"ended by signal {-code}" if code < 0 else f"ended with status {code}"
        said = f", last words: {self._last_lines[-1]}" if self._last_lines else ""
        return f"{self.name} {how}{said}"

    async def _drain_stderr(self) -> None:
        reader = self._process.stderr
        if reader is None:
            return
        second, lines, dropped = 0, 0, 0
        while chunk := await _line(reader):
            this_second = int(time.monotonic())
            if this_second != second:
                if dropped:
                    log.debug("%s: %d more lines not shown", self.name, dropped)
                second, lines, dropped = this_second, 0, 0
            lines += 1
            if lines > STDERR_LINES_PER_S:
                dropped += 1
                continue
            text = chunk.decode(errors="replace").rstrip()
            if text:
                self._last_lines.append(text[:300])
                log.debug("%s: %s", self.name, text[:300])


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readline()
    except ValueError:  # a line longer than the reader's limit
        return await reader.read(1 << 16)


async def keep_alive(
    name: str,
    spawn: Callable[[], Awaitable[Child]],
    serve: Callable[[Child], Awaitable[None]],
    *,
    on_loss: Callable[[ChildGone], None] = lambda loss: None,
) -> None:
    """Run `serve` on a child for ever; when the child is gone, start another one and go on.

    The first restart is immediate; a child that keeps dying young is restarted after ever longer pauses,
    up to LONGEST_RESTART_DELAY_S. Cancel to end it: the child is stopped.
    """
    delay_s = FIRST_RESTART_DELAY_S
    while True:
        child: Child | None = None
        started_at_s = time.monotonic()
        try:
            child = await spawn()
            await serve(child)
        except ChildGone as loss:
            log.warning("%s; starting it again", loss)
            on_loss(loss)
        finally:
            if child is not None:
                await child.stop()
        if time.monotonic() - started_at_s > STEADY_AFTER_S:
            delay_s = FIRST_RESTART_DELAY_S
        await asyncio.sleep(delay_s)
        delay_s = min(2 * delay_s, LONGEST_RESTART_DELAY_S)


async def messages(child: Child) -> AsyncIterator[tuple[Header, bytes]]:
    """The child's messages until it is gone; raises ChildGone then."""
    while True:
        yield await child.receive()
