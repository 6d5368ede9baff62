"""The comparison as realtime servers: the same simulated clients, the same recordings, one system after the other."""

import argparse
import asyncio
import dataclasses
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from assistant.cli.bench.clips import read_clips
from assistant.cli.bench.load_step import Door, Step, at_once, clients
from assistant.cli.bench.processes import Processes
from assistant.cli.bench.served import served
from assistant.config import Config
from scripts.peers import speech_to_speech
from scripts.peers.hearthside import Hearthside
from scripts.peers.live_report import head, ms, tail
from scripts.peers.program import Program, quiet
from scripts.peers.servers import servers

WARM_UP_S = 20.0
REST_S = 5.0
"""Between two steps: what is under way still is over then, and places are free again."""


def _session(**turn_detection: object) -> dict[str, Any]:
    return {"type": "realtime", "audio": {"input": {"turn_detection": turn_detection}}}


OURS, THEIRS = _session(type="semantic_vad"), _session(type="server_vad", interrupt_response=True)
"""Each as it is quickest: its smart-turn is off, see `speech_to_speech`."""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Server:
    """One of the systems, up and warm."""

    name: str
    settings: str
    door: Door
    processes: Processes


@dataclasses.dataclass(frozen=True, slots=True)
class Talked:
    """What came of so many clients at one system."""

    system: str
    step: Step
    machine_busy: float
    """How busy other programs kept the machine just before, as a share of all its cores."""


@asynccontextmanager
async def _servers(
    args: argparse.Namespace, config: Config, logs: Path, prompt: str, most: int
) -> AsyncIterator[tuple[list[Server], list[Program]]]:
    """All that are compared, and the peer's programs. Raises ProgramFailed, EnvironmentFailed, ConfigError."""
    async with AsyncExitStack() as stack:
        numbers = {"max_tokens": args.max_tokens, "llm_threads": args.llm_threads, "slots": most}
        models, shared = await stack.enter_async_context(servers(config, logs, system_prompt=prompt, **numbers))
        options = ["--num_pipelines", str(most), *args.speech_to_speech_option]
        serving = speech_to_speech.serving(models, args.home, logs, options)
        peer, program = await stack.enter_async_context(serving)
        pids = {one.name: one.pid for one in (program, *shared)}
        found = [Server(peer.name, peer.settings, Door(peer.url, THEIRS), Processes(pids))]
        if not args.without_ours:
            env = {
                "HEARTHSIDE_CONVERSATION__SYSTEM_PROMPT": prompt,
                "HEARTHSIDE_LLM__MAX_TOKENS": str(args.max_tokens),
            }
            up = await stack.enter_async_context(served(None, env))
            door = Door(up.url, OURS, up.headers)
            found.insert(0, Server(Hearthside.name, "its defaults", door, Processes({"daemon": up.pid})))
        yield found, [program, *shared]


async def talks(
    args: argparse.Namespace, config: Config, logs: Path, prompt: str, counts: list[int]
) -> tuple[list[Talked], dict[str, str]]:
    """Every number of clients at every system, and the settings. Raises what starting them raises."""
    clips = await asyncio.to_thread(read_clips, args.clips, config, args.limit)
    console, talked = Console(stderr=True), list[Talked]()
    async with _servers(args, config, logs, prompt, max(counts)) as (systems, programs):
        for system in systems:
            console.print(f"{system.name}: warming up")
            await clients(system.door, clips, sessions=1, for_s=WARM_UP_S, seed=0)
        for count in counts * args.repeat:
            for system in systems:
                await asyncio.sleep(REST_S)
                busy = await quiet(programs)
                step = await at_once(system.door, system.processes, clips, count, args.seconds)
                console.print(f"{system.name}, {count} at once: {step.latency.line('last word to first sound')}")
                talked.append(Talked(system.name, step, busy))
        return talked, {system.name: system.settings for system in systems}


def of_talks(talked: list[Talked], settings: dict[str, str], about: dict[str, Any]) -> dict[str, Any]:
    """Everything as one document."""
    return {
        **about,
        "settings": settings,
        "load": os.getloadavg()[0],
        "summaries": [_row(group) for group in _groups(talked)],
        "steps": [dataclasses.asdict(one) for one in talked],
    }


def show_talks(document: dict[str, Any]) -> None:
    """The report, for people."""
    console = head(document)
    table = Table(
        "system", "at once", "let in", "n", "last word to first sound: median", "95 %", "max", "cut", "busy", "failed",
        "missed", "cores", "PSS",
    )  # fmt: skip
    for row in document["summaries"]:
        table.add_row(
            row["system"], str(row["sessions"]), str(row["let_in"]), str(row["n"]), ms(row["median_ms"]),
            ms(row["p95_ms"]), ms(row["max_ms"]), *(str(row[name]) for name in ("cut", "busy", "failed", "missed")),
            f"{row['cores']:.2f}", f"{row['pss_mb']:.0f} MB",
        )  # fmt: skip
    console.print(table)
    tail(console, [one["machine_busy"] for one in document["steps"]], document["load"])


def _groups(talked: list[Talked]) -> list[list[Talked]]:
    """The rounds of the same number at the same system together."""
    groups: dict[tuple[int, str], list[Talked]] = {}
    for one in talked:
        groups.setdefault((one.step.sessions, one.system), []).append(one)
    return list(groups.values())


def _row(group: list[Talked]) -> dict[str, Any]:
    steps = [one.step for one in group]
    every = Step(
        steps[0].sessions,
        [visit for step in steps for visit in step.visits],
        sum(step.seconds for step in steps),
        {},
        {},
    )
    answered = every.latency
    return {
        "system": group[0].system,
        "sessions": every.sessions,
        "let_in": every.sessions - max(step.refused for step in steps),
        "n": answered.n,
        "median_ms": answered.median if answered.n else None,
        "p95_ms": answered.p95 if answered.n else None,
        "max_ms": answered.maximum if answered.n else None,
        **{outcome: every.count(outcome) for outcome in ("cut", "busy", "failed", "missed")},
        "cores": sum(
            share for step in steps for name, share in step.cpu.items() if name != "the clients"
        ) / len(steps),
        "pss_mb": max(sum(step.pss_mb.values()) for step in steps),
    }  # fmt: skip
