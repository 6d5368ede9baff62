"""`hearthside bench load`: how many can talk to a server at once, and how soon each is answered.

The server is a `hearthside serve` of its own, the clients are simulated in a further process: real recordings at the
pace of speech, over the realtime door, each client in a conversation of its own. What it costs is told by process.
"""

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console

from assistant.cli.bench.clips import Clip, read_clips
from assistant.cli.bench.figures import Distribution
from assistant.cli.bench.processes import Processes, Usage
from assistant.cli.options import configuration
from assistant.config import Config, ConfigError

IN_TIME_MS = 1000.0
"""95 % of the answers within this is what counts as in time."""
SPREAD_S = 6.0
"""The clients come within so long of each other."""
START_WITHIN_S = 120.0
SESSION = {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "semantic_vad"}}}}
UNGUARDED = {
    "HEARTHSIDE_SERVER__TOKENS": "",
    "HEARTHSIDE_SERVER__TLS_CERTIFICATE": "",
    "HEARTHSIDE_SERVER__TLS_KEY": "",
}
"""The server of the benchmark is on loopback, for a minute."""


@dataclass(slots=True)
class Step:
    """What came of so many clients at once."""

    sessions: int
    visits: list[dict[str, Any]]
    seconds: float
    cpu: dict[str, float]
    """Of each process, in cores."""
    pss_mb: dict[str, float]
    latency: Distribution = field(init=False)

    def __post_init__(self) -> None:
        self.latency = Distribution.of(one["latency_ms"] for visit in self.visits for one in visit["asked"])

    @property
    def refused(self) -> int:
        """Clients that were not let in."""
        return sum(bool(visit["refusal"]) for visit in self.visits)

    def count(self, outcome: str) -> int:
        return sum(one["outcome"] == outcome for visit in self.visits for one in visit["asked"])

    @property
    def is_in_time(self) -> bool:
        """Whether all were let in and answered, and 95 % of the answers came in time."""
        unanswered = self.refused + self.count("busy") + self.count("failed") + self.count("missed")
        return not unanswered and self.latency.n > 0 and self.latency.p95 <= IN_TIME_MS

    def kb_a_second(self, way: str) -> float:
        """Of one session that was let in, on average."""
        inside = [visit for visit in self.visits if not visit["refusal"] and visit["lasted_s"]]
        return float(sum(visit[way] / visit["lasted_s"] for visit in inside)) / max(1, len(inside)) / 1000


def bench_load(args: argparse.Namespace) -> int:
    """Run the benchmark and print it."""
    counts = _counts(args.sessions)
    config = configuration(args)
    clips = read_clips(Path(args.clips), config, args.limit)
    lines, steps = asyncio.run(_measure(args, config, clips, counts))
    print("\n".join(lines))
    if args.report:
        document = {"summary": lines, "steps": [asdict(step) for step in steps]}
        Path(args.report).write_text(json.dumps(document, indent=1))
    return 0 if any(step.latency.n for step in steps) else 1


def _counts(text: str) -> list[int]:
    try:
        counts = [int(count) for count in text.split(",")]
    except ValueError:
        counts = []
    if not counts or min(counts) < 1:
        raise ConfigError(f"--sessions {text}: numbers from 1 on, such as 1,2,4,8")
    return counts


async def _measure(
    args: argparse.Namespace, config: Config, clips: list[Clip], counts: list[int]
) -> tuple[list[str], list[Step]]:
    console = Console(stderr=True)
    steps: list[Step] = []
    async with served(args.config, {"HEARTHSIDE_LLM__MAX_TOKENS": str(args.max_tokens)}) as (url, pid):
        server = Processes(pid)
        console.print(f"{url}: warming up")
        await _clients(url, clips, sessions=1, for_s=20.0, seed=0)
        idle = server.usage()
        for count in counts:
            steps.append(await _step(url, server, clips, count, args.seconds))
            console.print(line(steps[-1]))
            await asyncio.sleep(5)  # what is under way still is over by then
    return summary(config, steps, idle, args.seconds), steps


async def _step(url: str, server: Processes, clips: list[Clip], sessions: int, seconds: float) -> Step:
    before, began_s = server.usage(), time.monotonic()
    highest: dict[str, float] = {}

    async def watch() -> None:
        while True:
            await asyncio.sleep(5)
            usage = await asyncio.to_thread(server.usage)
            if sum(usage.pss_mb.values()) > sum(highest.values()):
                highest.update(usage.pss_mb)

    watching = asyncio.create_task(watch())
    try:
        visits, clients_cpu_s = await _clients(url, clips, sessions=sessions, for_s=seconds, seed=sessions)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    after, took_s = server.usage(), time.monotonic() - began_s
    cpu = {name: (after.cpu_s[name] - before.cpu_s.get(name, 0.0)) / took_s for name in after.cpu_s}
    return Step(sessions, visits, took_s, {**cpu, "the clients": clients_cpu_s / took_s}, highest or dict(after.pss_mb))


async def _clients(
    url: str, clips: list[Clip], *, sessions: int, for_s: float, seed: int
) -> tuple[list[dict[str, Any]], float]:
    """What so many clients found, and the processor time that they took."""
    wanted = {
        "url": url,
        "headers": {},
        "session": SESSION,
        "sessions": sessions,
        "for_s": for_s,
        "spread_s": SPREAD_S,
        "seed": seed,
        "clips": [{"file": str(clip.file), "speech_end_s": clip.speech_end_s} for clip in clips],
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "assistant.cli.bench.load_clients"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**26,
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(json.dumps(wanted).encode() + b"\n")
        await process.stdout.readline()
        clients = Processes(process.pid)
        cpu_s = 0.0
        reading = asyncio.ensure_future(process.stdout.readline())
        while not (await asyncio.wait([reading], timeout=2))[0]:
            cpu_s = sum(clients.usage().cpu_s.values())
        return json.loads(reading.result()), cpu_s
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@asynccontextmanager
async def served(config: str | None, env: dict[str, str]) -> AsyncIterator[tuple[str, int]]:
    """A `hearthside serve` on a free port: the URL of its realtime door, and its process. Raises ConfigError."""
    chosen = ["--config", config] if config else []
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "assistant", "serve", "--host", "127.0.0.1", "--port", "0", *chosen),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **UNGUARDED, **env},
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
        yield url, process.pid


def line(step: Step) -> str:
    """What came of a step, in one line."""
    others = ", ".join(
        f"{step.count(outcome)} {outcome}" for outcome in ("cut", "busy", "failed", "missed") if step.count(outcome)
    )
    inside = step.sessions - step.refused
    return (
        f"{step.sessions} at once ({inside} let in): {step.latency.line('last word to first sound')}"
        + (f"; {others}" if others else "")
        + f"; {sum(share for name, share in step.cpu.items() if name != 'the clients'):.2f} cores"
    )


def summary(config: Config, steps: list[Step], idle: Usage, seconds: float) -> list[str]:
    """The report in words and figures."""
    in_time = [step.sessions for step in steps if step.is_in_time]
    idle_mb = sum(idle.pss_mb.values())
    lines = [
        f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores; {config.stt.model}, {config.llm.model}, "
        f"{config.tts.voice}; {seconds:.0f} s each; load {os.getloadavg()[0]:.1f}"
    ]
    for step in steps:
        inside = max(1, step.sessions - step.refused)
        shares = ", ".join(f"{name} {100 * share:.0f} %" for name, share in step.cpu.items())
        grown_mb = sum(step.pss_mb.values()) - idle_mb
        lines += [
            line(step),
            f"  of a core: {shares}",
            f"  memory: PSS {sum(step.pss_mb.values()):.0f} MB, {grown_mb / inside:+.1f} MB a session; a session sends "
            f"{step.kb_a_second('sent_bytes'):.0f} kB/s and gets {step.kb_a_second('received_bytes'):.0f} kB/s",
        ]
    best = str(max(in_time)) if in_time else "none of these numbers"
    lines.append(f"most at once with all let in and answered, 95 % within {IN_TIME_MS / 1000:g} s: {best}")
    return lines
