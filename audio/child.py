"""Supervised child processes: what can take the daemon down runs in one of these.

A child is a Python module started with `python -m MODULE`. Parent and child exchange messages over the
child's standard input and output (`audio.child_messages`). A child ends when its input ends, so it cannot
outlive the daemon, however that dies; on Linux the kernel also kills it with its parent, in case native code
hangs. What it prints goes to its standard error, which the parent reads, bounds and logs.
"""

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence

from audio.child_messages import MAX_HEADER_BYTES, MAX_PAYLOAD_BYTES, PREFIX, Header, encode

__all__ = ["Child", "ChildGone", "ChildRefused", "Header", "keep_alive"]

log = logging.getLogger(__name__)

MAX_UNREAD_BYTES = 8 << 20
"""A child that leaves more than this unread (87 s of audio at 48 kHz) has stalled: it is killed."""
STDERR_LINES_PER_S = 20
"""A sound library that lost its server has been seen to print millions of lines: the rest is dropped."""
STDERR_CHUNK_BYTES = 1 << 16
LAST_WORDS_WITHIN_S = 0.5

FIRST_RESTART_DELAY_S = 0.05
LONGEST_RESTART_DELAY_S = 5.0
STEADY_AFTER_S = 5.0
"""A child that lived this long starts its back-off afresh when it dies."""


class ChildGone(Exception):
    """The child has ended or cannot be started. One line, with the last thing it said."""


class ChildRefused(ChildGone):
    """The child started and said why it cannot do its work; the message is its own."""


class Child:
    """One running child process, seen from the daemon. Use `Child.spawn`."""

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self.name = name
        self._process = process
        self._sizes: tuple[int, int] | None = None  # of the message whose prefix has been read
        self._fault = ""  # why we killed it
        self._last_lines: deque[str] = deque(maxlen=5)
        self._stderr = asyncio.create_task(self._drain_stderr(), name=f"{name}-stderr")

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

        A first message of type "error" is a refusal. Raises ChildGone, ChildRefused. Call it from the thread
        that lives as long as the daemon: Linux ties a child to the thread that started it.
        """
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",  # or a json.py in the folder that the user stands in would be imported
                "-m",
                module,
                *args,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env={**os.environ, **(env or {}), "HEARTHSIDE_PARENT_PID": str(os.getpid())},
                start_new_session=True,  # Ctrl-C goes to the daemon, which ends its children in order
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
            raise ChildRefused(str(header.get("message", f"{name}: refused to start")))
        return child, header

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None

    def post(self, header: Header, payload: bytes | memoryview = b"") -> None:
        """Send a message without waiting for room; for audio, whose amount its own pace bounds.

        A child that has left MAX_UNREAD_BYTES unread is killed. Raises ChildGone.
        """
        writer = self._process.stdin
        if writer is None or writer.is_closing() or not self.is_alive:
            raise ChildGone(self._obituary())
        if writer.transport.get_write_buffer_size() > MAX_UNREAD_BYTES:
            raise self._condemn("does not read what it is sent")
        writer.write(encode(header, payload))

    async def send(self, header: Header, payload: bytes | memoryview = b"") -> None:
        """Send a message and wait until the pipe has room, which a stalled child may never make: bound the wait.

        Raises ChildGone.
        """
        self.post(header, payload)
        writer = self._process.stdin
        try:
            if writer is not None:
                await writer.drain()
        except (ConnectionError, OSError) as error:
            raise ChildGone(self._obituary()) from error

    async def receive(self) -> tuple[Header, bytes]:
        """The child's next message. May be cancelled and called again: no message is lost or torn.

        Raises ChildGone when there will be none.
        """
        reader = self._process.stdout
        if reader is None:
            raise ChildGone(f"{self.name}: no output pipe")
        try:
            if self._sizes is None:
                self._sizes = PREFIX.unpack(await reader.readexactly(PREFIX.size))
            head_bytes, payload_bytes = self._sizes
            if head_bytes > MAX_HEADER_BYTES or payload_bytes > MAX_PAYLOAD_BYTES:
                raise self._condemn("broke its message format")
            body = await reader.readexactly(head_bytes + payload_bytes)
            self._sizes = None
            header = json.loads(body[:head_bytes])
            if not isinstance(header, dict):
                raise ValueError("a header is an object")
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            # Its last words make the better message; `wait` leaves the task running, should it take longer.
            leaving = asyncio.ensure_future(self._process.wait())
            try:
                await asyncio.wait({leaving, self._stderr}, timeout=LAST_WORDS_WITHIN_S)
            finally:
                leaving.cancel()
            raise ChildGone(self._obituary()) from error
        except ValueError as error:
            raise self._condemn("broke its message format") from error
        return header, body[head_bytes:]

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
                self._kill()
                await self._process.wait()
        self._stderr.cancel()
        await asyncio.gather(self._stderr, return_exceptions=True)

    def _condemn(self, fault: str) -> ChildGone:
        """Kill it for `fault`; returns what to raise."""
        self._fault = fault
        self._kill()
        return ChildGone(self._obituary())

    def _kill(self) -> None:
        # The process's own `kill` would wait for it first if it is dead already, and asyncio miss its end and complain.
        if self.is_alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def _obituary(self) -> str:
        code = self._process.returncode
        if self._fault:
            how = f"{self._fault}; it was killed"
        else:
            how = (
                "went away" if code is None else f"ended by signal {-code}" if code < 0 else f"ended with status {code}"
            )
        said = f", last words: {self._last_lines[-1]}" if self._last_lines else ""
        return f"{self.name} {how}{said}"

    async def _drain_stderr(self) -> None:
        """Log what the child prints, at most STDERR_LINES_PER_S lines of it.

        Above that the pipe is read only once a second, a chunk at a time: the pipe fills, and a child that
        prints without end is held up by it instead of costing the daemon a core.
        """
        reader = self._process.stderr
        if reader is None:
            return
        rest, lines, second_ends_at_s = b"", 0, 0.0
        while chunk := await reader.read(STDERR_CHUNK_BYTES):
            *whole, rest = (rest + chunk).split(b"\n")
            if len(rest) > STDERR_CHUNK_BYTES:
                whole, rest = [*whole, rest], b""
            if time.monotonic() >= second_ends_at_s:
                lines, second_ends_at_s = 0, time.monotonic() + 1.0
            room = max(0, STDERR_LINES_PER_S - lines)
            for line in whole[:room]:
                self._note(line)
            lines += len(whole)
            if len(whole) > room:
                self._note(whole[-1])
                log.debug("%s: %d lines not shown", self.name, len(whole) - room)
                await asyncio.sleep(second_ends_at_s - time.monotonic())
        if rest:
            self._note(rest)

    def _note(self, line: bytes) -> None:
        text = line[:300].decode(errors="replace").rstrip()
        if text:
            self._last_lines.append(text)
            log.debug("%s: %s", self.name, text)


async def keep_alive(
    name: str,
    spawn: Callable[[], Awaitable[Child]],
    serve: Callable[[Child], Awaitable[None]],
    *,
    on_loss: Callable[[ChildGone], None] = lambda loss: None,
    log_level: int = logging.WARNING,
    longest_delay_s: float = LONGEST_RESTART_DELAY_S,
) -> None:
    """Run `serve` on a child for ever; when the child is gone, start another one and go on.

    The first restart comes after FIRST_RESTART_DELAY_S; a child that keeps dying young is restarted after
    ever longer pauses, up to `longest_delay_s`. A loss is logged at `log_level`. Cancel to end it: the child is
    stopped.
    """
    delay_s = FIRST_RESTART_DELAY_S
    logged = ""
    while True:
        child: Child | None = None
        began_at_s = time.monotonic()
        grace_s = 1.0
        try:
            child = await spawn()
            began_at_s = time.monotonic()
            await serve(child)
        except ChildGone as loss:
            grace_s = 0.0  # dead or stalled: it is not waited for
            # A sound server that stays away must not fill the log with the same line every 5 s.
            log.log(logging.DEBUG if str(loss) == logged else log_level, "%s; starting it again", loss)
            logged = str(loss)
            on_loss(loss)
        finally:
            if child is not None:
                await child.stop(grace_s)
        if child is not None and time.monotonic() - began_at_s > STEADY_AFTER_S:
            delay_s, logged = FIRST_RESTART_DELAY_S, ""
        await asyncio.sleep(delay_s)
        delay_s = min(2 * delay_s, longest_delay_s)
