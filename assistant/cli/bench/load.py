"""`hearthside bench load`: how many can talk to a server at once, and how soon each is answered.

The server is a `hearthside serve` of its own, the clients are simulated in a further process: real recordings at the
pace of speech, over the realtime door, each client in a conversation of its own. What it costs is told by process.
"""

import argparse
import asyncio
import json
import os
import time
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from assistant.cli.bench.clips import Clip, read_clips
from assistant.cli.bench.load_step import IN_TIME_MS, Door, Step, at_once, clients, line
from assistant.cli.bench.processes import Processes, Usage
from assistant.cli.bench.served import served
from assistant.cli.options import configuration
from assistant.config import Config, ConfigError

SESSION = {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "semantic_vad"}}}}


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
    async with served(args.config, {"HEARTHSIDE_LLM__MAX_TOKENS": str(args.max_tokens)}) as up:
        door, server = Door(up.url, SESSION, up.headers), Processes({"daemon": up.pid})
        console.print(f"{up.url}: warming up")
        await clients(door, clips, sessions=1, for_s=20.0, seed=0)
        idle = server.usage()
        for count in counts:
            steps.append(await at_once(door, server, clips, count, args.seconds))
            console.print(line(steps[-1]))
            await asyncio.sleep(5)  # what is under way still is over by then
    return summary(config, steps, idle, args.seconds), steps


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
