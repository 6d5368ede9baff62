"""Measures other voice assistants on the same recordings, with the same models, on the same machine, beside ours.

CLIPS is a folder of WAV files with a `labels.jsonl`, a line each: `{"file", "speech_end_s", ...}` (see make_clips.py).
Every system is played every recording in real time, one after the other: clip by clip ours, then each peer. While one
system is at work the others wait. All is measured in the sound that comes back. What is measured:

latency        Last sound of speech to first sound of the answer above -50 dBFS. A conversation is cut when an answer
               began before the speaker had finished or when there was more than one; the times are those of the others.
               What the systems compute while they wait is printed.
interruptions  A server in the place of the language model has every system read out the same text. Three seconds in,
               a clip is played over it, an acknowledgement in the voice of the configuration, or a noise, as in
               `hearthside bench interruptions`: onset to silence, who got the floor, and after what it finished.
echo           Every system talks on in virtual rooms in which nobody else speaks, and its microphone hears its echo 80
               ms late: how often it broke off. Ours takes the echo out itself. Neither peer does: Pipecat's makers
               leave it to the client (a browser, a telephone); speech-to-speech's advise headphones, or a microphone
               that is closed while it speaks. So both are measured as they are, and behind the canceller that we use.

realtime       Several simulated clients at once talk to ours and to speech-to-speech as realtime servers, as in
               `hearthside bench load`: last word to first sound against their number. Pipecat is no such server.

The peers' environments (3 GB, more where torch brings CUDA) are made on first use; the models are those of the
configuration. Measure on a machine that does nothing else: the report says how busy others kept it.

usage: scripts/bench_peers [--measure WHAT] --clips DIR [--report FILE.json] [--peers NAME ...] ...
"""

import argparse
import asyncio
import dataclasses
import json
import shutil
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from assistant.config import Config, ConfigError, load
from assistant.models.verify import ModelFileError
from audio.frames import to_float
from scripts.peers import environment, live, live_report, realtime
from scripts.peers.conversation import System
from scripts.peers.environment import EnvironmentFailed
from scripts.peers.hearthside import Hearthside
from scripts.peers.program import Program, ProgramFailed, quiet
from scripts.peers.report import machine, report, show
from scripts.peers.score import Outcome, judge
from scripts.peers.servers import servers
from scripts.peers.systems import add_arguments, add_peers


class NoClips(Exception):
    """There is nothing to measure. One line: why, and what to do."""


@dataclasses.dataclass(frozen=True, slots=True)
class Clip:
    """A recording and where its speech ends, by its label."""

    file: Path
    speech_end_s: float


def find_clips(folder: Path, only: list[str]) -> list[Clip]:
    """The labelled recordings of the folder, in order. Raises NoClips."""
    labels = folder / "labels.jsonl"
    try:
        rows = [json.loads(line) for line in labels.read_text().splitlines()]
    except (OSError, ValueError) as error:
        raise NoClips(f"{labels}: cannot be used ({error}); make a set of clips with scripts/make_clips.py") from None
    found = [Clip(folder / row["file"], float(row["speech_end_s"])) for row in rows]
    chosen = sorted((clip for clip in found if not only or clip.file.stem in only), key=lambda clip: clip.file.name)
    if not chosen:
        raise NoClips(f"{labels}: names none of the clips that were asked for; check --only")
    return chosen


async def measure(system: System, clip: Clip, parts: list[Program], others: list[Program]) -> Outcome:
    """One conversation, and what the programs that had no part in it computed meanwhile. Raises ProgramFailed."""
    busy = await quiet([*parts, *others])
    before, began_s = sum(program.cpu_s() for program in others), time.monotonic()
    heard = await system.converse(clip.file)
    share = (sum(program.cpu_s() for program in others) - before) / (time.monotonic() - began_s)
    outcome = judge(
        system.name,
        clip.file.stem,
        to_float(heard.played),
        heard.rate_hz,
        speech_end_s=clip.speech_end_s,
        answers=heard.answers,
        heard=heard.text,
    )
    return dataclasses.replace(outcome, others_cpu=share, machine_busy=busy)


async def run(
    args: argparse.Namespace, config: Config, prompt: str, clips: list[Clip], logs: Path
) -> tuple[list[Outcome], dict[str, str]]:
    """All conversations, and every system's settings. Raises ProgramFailed or EnvironmentFailed."""
    outcomes: list[Outcome] = []
    async with AsyncExitStack() as stack:
        numbers = {"max_tokens": args.max_tokens, "llm_threads": args.llm_threads}
        starting = servers(config, logs, system_prompt=prompt, **numbers)
        models, shared = await stack.enter_async_context(starting)
        systems: list[System] = [] if args.without_ours else [Hearthside(models, args.option)]
        own: dict[str, Program] = {}
        for peer, program in (await add_peers(stack, args, models, logs)).items():
            systems.append(peer)
            own[peer.name] = program
        everything = [*shared, *own.values()]
        with Progress(console=Console(stderr=True)) as progress:
            task = progress.add_task("warming up", total=len(systems) * (args.warm_ups + args.repeat * len(clips)))
            for turn in range(-args.warm_ups, args.repeat * len(clips)):
                clip = clips[turn % len(clips)]
                for system in systems:
                    parts = [own[system.name], *shared] if system.name in own else []
                    others = [program for program in everything if program not in parts]
                    outcome = await measure(system, clip, parts, others)
                    if turn >= 0:
                        outcomes.append(outcome)
                    progress.update(task, advance=1, description=f"{clip.file.stem[:24]} {system.name}")
        words = {system.name: system.settings for system in systems}
        return outcomes, {**words, "the peers' language model": f"{models.llm_threads} threads"}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measure", choices=("latency", "interruptions", "echo", "realtime"), default="latency")
    parser.add_argument("--clips", type=Path, help="folder of recordings with labels.jsonl; echo needs none")
    parser.add_argument("--only", nargs="*", default=[], help="names of clips, without .wav")
    parser.add_argument("--report", type=Path, help="write all figures here, as JSON")
    parser.add_argument("--repeat", type=int, default=1, help="times that every clip is played")
    parser.add_argument("--warm-ups", type=int, default=1, help="conversations before the first that counts")
    parser.add_argument("--without-ours", action="store_true", help="measure the peers alone")
    parser.add_argument("--option", action="append", default=[], help="passed on to hearthside run")
    parser.add_argument("--system-prompt", type=Path, help="text file; default: the configuration's")
    parser.add_argument("--max-tokens", type=int, default=40, help="longest answer, for all systems")
    parser.add_argument(
        "--llm-threads", type=int, default=0, help="of the peers' language model; default: what is faster"
    )
    parser.add_argument("--home", type=Path, default=environment.default_home(), help="where the peers are installed")
    add_arguments(parser)
    parser.add_argument("--limit", type=int, default=8, help="interruptions: sounds of each kind, at most")
    parser.add_argument("--noises", type=Path, metavar="DIR", help="interruptions: WAV files of noise, too")
    parser.add_argument("--rooms", type=Path, metavar="DIR", help="echo: impulse responses in DIR/rir")
    parser.add_argument("--sessions", default="1,2,4", help="realtime: clients at once, one number after the other")
    parser.add_argument("--seconds", type=float, default=60.0, help="realtime: how long each number of them talks")
    parser.add_argument("--minutes", type=float, default=4.0, help="echo: how long each system talks, in both rooms")
    return parser.parse_args()


async def measured(args: argparse.Namespace, config: Config, logs: Path) -> dict[str, Any]:
    """The report of what was asked for. Raises what the comparisons raise."""
    about: dict[str, Any] = {
        "measured": args.measure,
        "date": time.strftime("%Y-%m-%d %H:%M"),
        "machine": machine(),
        "models": f"{config.stt.model} {config.stt.compute_type}, {config.llm.model}, {config.tts.voice}",
    }
    if args.measure == "echo":
        return live_report.of_echoes(*await live.echoes(args, config, logs), about)
    if args.clips is None:
        raise NoClips("--clips: name a folder of recordings; make one with scripts/make_clips.py")
    if args.measure == "interruptions":
        return live_report.of_interruptions(*await live.interruptions(args, config, logs), about)
    counts = [int(count) for count in args.sessions.split(",")]
    prompt = args.system_prompt.read_text().strip() if args.system_prompt else config.conversation.system_prompt
    if args.measure == "realtime":
        return realtime.of_talks(*await realtime.talks(args, config, logs, prompt, counts), about)
    outcomes, settings = await run(args, config, prompt, find_clips(args.clips, args.only), logs)
    return report(outcomes, settings, {**about, "max_tokens": args.max_tokens})


def main() -> int:
    args = arguments()
    logs = Path(tempfile.mkdtemp(prefix="bench-peers-"))
    try:
        document = asyncio.run(measured(args, load(), logs))
    except (OSError, ConfigError, NoClips) as error:
        print(error, file=sys.stderr)
        return 2
    except (ProgramFailed, EnvironmentFailed, ModelFileError) as error:
        print(error, file=sys.stderr)
        return 1
    shutil.rmtree(logs)  # after a failure they stay: its message names them
    shows = {
        "latency": show,
        "interruptions": live_report.show_interruptions,
        "echo": live_report.show_echoes,
        "realtime": realtime.show_talks,
    }
    shows[args.measure](document)
    if args.report:
        args.report.write_text(json.dumps(document, indent=1, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
