"""So many simulated clients at one server, for a while: what came of it, and what it cost."""

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from assistant.cli.bench.clips import Clip
from assistant.cli.bench.figures import Distribution
from assistant.cli.bench.processes import Processes

IN_TIME_MS = 1000.0
"""95 % of the answers within this is what counts as in time."""
SPREAD_S = 6.0
"""The clients come within so long of each other."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where the clients go, and what they say first."""

    url: str
    session: dict[str, Any]
    """See `SimulatedClient`."""
    headers: dict[str, str] = field(default_factory=dict)


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


async def at_once(door: Door, server: Processes, clips: list[Clip], sessions: int, seconds: float) -> Step:
    """Let so many talk to a server at once, for so long."""
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
        visits, clients_cpu_s = await clients(door, clips, sessions=sessions, for_s=seconds, seed=sessions)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    after, took_s = server.usage(), time.monotonic() - began_s
    cpu = {name: (after.cpu_s[name] - before.cpu_s.get(name, 0.0)) / took_s for name in after.cpu_s}
    return Step(sessions, visits, took_s, {**cpu, "the clients": clients_cpu_s / took_s}, highest or dict(after.pss_mb))


async def clients(
    door: Door, clips: list[Clip], *, sessions: int, for_s: float, seed: int
) -> tuple[list[dict[str, Any]], float]:
    """What so many clients found, and the processor time that they took."""
    wanted = {
        "url": door.url,
        "headers": door.headers,
        "session": door.session,
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
        program = Processes({"the clients": process.pid})
        cpu_s = 0.0
        reading = asyncio.ensure_future(process.stdout.readline())
        while not (await asyncio.wait([reading], timeout=2))[0]:
            cpu_s = sum(program.usage().cpu_s.values())
        return json.loads(reading.result()), cpu_s
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


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
