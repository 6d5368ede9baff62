"""Programs that run beside the benchmark: started, waited for, watched, stopped."""

import asyncio
import contextlib
import json
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil

STOP_WITHIN_S = 10.0
QUIET_SHARE = 0.05
"""A program that takes less than this of a core is idle."""
QUIET_FOR_S = 0.5


class ProgramFailed(Exception):
    """A program did not start or went away. One line: which, and where its log is."""


class Program:
    """A running program that talks JSON lines over its standard input and output; standard error goes to a log."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self._process = process
        self.log = log

    @property
    def pid(self) -> int:
        return self._process.pid

    async def ask(self, question: Mapping[str, Any], within_s: float) -> dict[str, Any]:
        """Send one line and wait for the next one back. Raises ProgramFailed."""
        await self.tell(question)
        return await self.hear(within_s)

    async def tell(self, what: Mapping[str, Any]) -> None:
        """Send one line. Raises ProgramFailed."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(what).encode() + b"\n")
            await self._process.stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            raise ProgramFailed(f"{self.name} has gone away; see {self.log}") from None

    async def hear(self, within_s: float) -> dict[str, Any]:
        """The next line that is a JSON object; other lines are the program's own business. Raises ProgramFailed."""
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(within_s):
                while line := await self._process.stdout.readline():
                    if line.startswith(b"{"):
                        answer: dict[str, Any] = json.loads(line)
                        return answer
        except TimeoutError:
            raise ProgramFailed(f"{self.name} said nothing for {within_s:g} s; see {self.log}") from None
        raise ProgramFailed(f"{self.name} has gone away; see {self.log}")

    def cpu_s(self) -> float:
        """Processor time that it and its children have taken so far."""
        total = 0.0
        with contextlib.suppress(psutil.NoSuchProcess):
            own = psutil.Process(self._process.pid)
            for process in (own, *own.children(recursive=True)):
                with contextlib.suppress(psutil.NoSuchProcess):
                    times = process.cpu_times()
                    total += times.user + times.system
        return total

    def is_running(self) -> bool:
        return self._process.returncode is None

    async def stop(self) -> None:
        """End it, by force if need be."""
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(STOP_WITHIN_S):
                    await self._process.wait()
            except TimeoutError:
                self._process.kill()
                await self._process.wait()


@asynccontextmanager
async def running(
    name: str, command: list[str], env: Mapping[str, str], log: Path, *, speaks_json: bool = True
) -> AsyncIterator[Program]:
    """The program, while the context lasts. What one that does not speak JSON prints goes to its log, too."""
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE if speaks_json else errors,
            stderr=errors,
            env=dict(env),
            start_new_session=True,  # Ctrl-C is for the benchmark, which stops its programs in order
        )
        program = Program(name, process, log)
        try:
            yield program
        finally:
            await program.stop()


async def quiet(programs: list[Program], within_s: float = 20.0) -> float:
    """Wait until none of them computes, so that the next measurement has the machine.

    Returns how busy the machine is all the same, by others, as a share of all its cores.
    """
    busy = 0.0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            while True:
                before, machine = sum(program.cpu_s() for program in programs), psutil.cpu_times()
                await asyncio.sleep(QUIET_FOR_S)
                busy = _busy(machine, psutil.cpu_times())
                if sum(program.cpu_s() for program in programs) - before < QUIET_SHARE * QUIET_FOR_S:
                    break
    return busy


def _busy(before: Any, after: Any) -> float:
    """Share of the time between two readings that the cores were not idle."""
    idle = after.idle + after.iowait - before.idle - before.iowait
    total = sum(after[:8]) - sum(before[:8])  # the guests' times, which follow, are counted among the others
    return min(1.0, max(0.0, 1 - idle / total)) if total > 0 else 0.0
