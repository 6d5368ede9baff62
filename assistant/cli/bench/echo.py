"""`hearthside bench echo`: does it hear itself, and does it hear the user over itself?"""

import argparse
import asyncio
import json
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track

from assistant.cli.bench.clips import Clip, read_clips
from assistant.cli.bench.talking import (
    Onset,
    Talk,
    detectors,
    level_db,
    onsets,
    quieter_db,
    rooms,
    straight_through,
    talk,
    through,
)
from assistant.cli.options import configuration
from assistant.config import Config
from assistant.conversation.hearing import ECHO_FROM
from assistant.opening import build_engine
from audio.echo.protocol import EchoCanceller
from audio.frames import MIC_RATE_HZ, Pcm16, level_dbfs, to_float, to_pcm16
from audio.stt.word_errors import word_error_rate
from audio.tts.spoken import spoken
from audio.virtual_room import Room
from audio.wav import read_wav

SENTENCES = (
    "The weather tomorrow will be cloudy in the morning, some sun in the afternoon and a light wind from the west.",
    "Paris is the capital of France, and about two million people live there.",
    "Mix flour, eggs and milk, let it rest for half an hour, and bake the pancakes in a hot pan with a little butter.",
    "Your next appointment is at three o'clock with the dentist. After that you are free for the rest of the day.",
    "The river Seine runs through the city from the east to the west, and more than thirty bridges cross it.",
    "I found seven files in your folder. The newest one is a letter from the bank, which came this morning.",
)
COMMAND_DBFS = -28.0
"""Level of an interrupting command at the microphone; the assistant's own voice comes at -27 dBFS and more."""
COMMAND_AT_S = 8.0
"""When it begins, after the assistant began to talk."""
SETTLED_S = 5
TALKS_ON_S = 12.0
"""The assistant talks on for longer than any of its sentences lasts, so that the whole command is said over it."""
AROUND_S = 0.3
"""What is transcribed begins so much before the command and ends so much after it."""


@dataclass(slots=True)
class InRoom:
    """What was found in one room."""

    room: str
    talk_s: float
    echo_dbfs: float
    erle_db: float | None
    """Echo return loss enhancement over all of it,"""
    settled_erle_db: float | None
    """and from SETTLED_S on."""
    without: list[Onset]
    """False onsets of speech while nobody but the assistant talks, without cancellation,"""
    cancelled: list[Onset]
    """and with it."""


@dataclass(slots=True)
class Command:
    """An interrupting command in one room, as it was understood."""

    clip: str
    room: str
    text: str
    over_echo_db: float
    """Its level against that of the echo."""
    quiet: str = ""
    """With nothing played and no cancellation,"""
    quiet_cancelled: str = ""
    """with nothing played,"""
    without: str = ""
    """over the assistant, without cancellation,"""
    cancelled: str = ""
    """and with it."""


@dataclass(slots=True)
class RealPair:
    """A recording of a real room: microphone and loop-back."""

    pair: str
    condition: str
    seconds: float
    quieter_db: float | None
    """By how much the sound went down while something was played,"""
    unplayed_quieter_db: float | None
    """and while nothing was."""
    without: list[Onset]
    cancelled: list[Onset]


def bench_echo(args: argparse.Namespace) -> int:
    """Run the benchmark and print it."""
    config = configuration(args, {"wake": {"engine": "none"}})  # recordings call nobody
    folder = Path(args.rooms) if args.rooms else None
    commands = [clip for clip in read_clips(Path(args.clips), config, args.limit) if clip.text]
    in_rooms, heard, pairs = asyncio.run(_measure(config, commands, folder, 60 * args.minutes))
    lines = summary(config, in_rooms, heard, pairs)
    print("\n".join(lines))
    if args.report:
        rows = {
            "rooms": [asdict(room) for room in in_rooms],
            "commands": [asdict(command) for command in heard],
            "pairs": [asdict(pair) for pair in pairs],
        }
        Path(args.report).write_text(json.dumps({"summary": lines, **rows}, indent=1, ensure_ascii=False))
    return 0


async def _measure(
    config: Config, commands: list[Clip], folder: Path | None, seconds: float
) -> tuple[list[InRoom], list[Command], list[RealPair]]:
    console = Console(stderr=True)
    places = rooms(folder)
    async with AsyncExitStack() as stack:
        tts = build_engine("tts", config.tts)
        stack.push_async_callback(tts.close)
        sentences = [await spoken(text, tts) for text in track(SENTENCES, "speaking", console=console)]
        in_rooms = [
            _in_room(config, room, talk(sentences, seconds / len(places)))
            for room in track(places, "talking", console=console)
        ]
        stt = build_engine("stt", config.stt)
        stack.push_async_callback(stt.close)
        heard = []
        for number, clip in enumerate(track(commands, "interrupting", console=console)):
            command, sounds = _interrupted(config, places[number % len(places)], sentences, clip)
            for condition, samples in sounds.items():
                transcript = await stt.transcribe(to_float(samples), start_s=0.0)
                setattr(command, condition, transcript.text)
            heard.append(command)
    return in_rooms, heard, real_pairs(config, folder)


def _canceller(config: Config) -> EchoCanceller:
    canceller: EchoCanceller = build_engine("echo", config.echo)
    return canceller


def _in_room(config: Config, room: Room, said: Talk) -> InRoom:
    heard = room.heard(said.samples, np.zeros_like(said.samples))
    clean, far = through(_canceller(config), room, said, heard, config.echo.lead_ms / 1000)
    settled = slice(SETTLED_S * MIC_RATE_HZ, len(heard))
    return InRoom(
        room.name,
        len(heard) / MIC_RATE_HZ,
        level_dbfs(heard),
        quieter_db(heard, clean, far),
        quieter_db(heard[settled], clean[settled], far[settled]),
        onsets(heard, far, *detectors(config)),
        onsets(clean, far, *detectors(config)),
    )


def _interrupted(config: Config, room: Room, sentences: list[Pcm16], clip: Clip) -> tuple[Command, dict[str, Pcm16]]:
    """A command said in a room, by name of the condition: with or without echo and cancellation."""
    spoken = read_wav(clip.file)[
        round(max(0, clip.speech_start_s - AROUND_S) * MIC_RATE_HZ) : round(
            (clip.speech_end_s + AROUND_S) * MIC_RATE_HZ
        )
    ]
    gain = 10 ** ((COMMAND_DBFS - level_dbfs(spoken)) / 20)
    begin = round(COMMAND_AT_S * MIC_RATE_HZ)
    said = talk(sentences, COMMAND_AT_S + len(spoken) / MIC_RATE_HZ + TALKS_ON_S)
    near = np.zeros_like(said.samples)
    near[begin : begin + len(spoken)] = to_pcm16(to_float(spoken) * np.float32(gain))
    nothing = Talk(np.zeros_like(near), ())
    piece = slice(begin, begin + len(spoken))
    sounds: dict[str, Pcm16] = {}
    for name, played in (("quiet", nothing), ("without", said)):
        heard = room.heard(played.samples, near)
        sounds[name] = heard[piece]
        clean, _ = through(_canceller(config), room, played, heard, config.echo.lead_ms / 1000)
        sounds["quiet_cancelled" if played is nothing else "cancelled"] = clean[piece]
    echo = to_pcm16(room.echo(said.samples))[: len(near)]
    command = Command(clip.file.name, room.name, clip.text, level_db(near[piece]) - level_db(echo[piece]))
    return command, sounds


def real_pairs(config: Config, folder: Path | None) -> list[RealPair]:
    """Every microphone and loop-back of `folder`/aec_real_pairs, as its labels tell."""
    pairs_folder = folder / "aec_real_pairs" if folder is not None else None
    if pairs_folder is None or not (pairs_folder / "labels.jsonl").is_file():
        return []
    lines = map(json.loads, (pairs_folder / "labels.jsonl").read_text(encoding="utf-8").splitlines())
    conditions = {str(line["pair"]): str(line["condition"]) for line in lines}
    found = []
    for pair, condition in conditions.items():
        heard, far = (read_wav(pairs_folder / f"{pair}_{signal}.wav") for signal in ("mic", "lpb"))
        length = min(len(heard), len(far))
        heard, far = heard[:length], far[:length]
        clean = straight_through(_canceller(config), heard, far)
        found.append(
            RealPair(
                pair,
                condition,
                length / MIC_RATE_HZ,
                quieter_db(heard, clean, far),
                quieter_db(heard, clean, far, while_playing=False),
                onsets(heard, far, *detectors(config)),
                onsets(clean, far, *detectors(config)),
            )
        )
    return found


def summary(config: Config, in_rooms: list[InRoom], commands: list[Command], pairs: list[RealPair]) -> list[str]:
    """The report in words and figures."""
    minutes = sum(one.talk_s for one in in_rooms) / 60
    lasting_s = config.conversation.interruption_ms / 1000
    lines = [f"cancellation: {config.echo.engine}; {len(in_rooms)} virtual rooms, {minutes:.1f} min of talk"]
    for one in in_rooms:
        lines.append(
            f"  {one.room}: echo at {one.echo_dbfs:.0f} dBFS, goes down by {one.erle_db or 0:.1f} dB, "
            f"after {SETTLED_S} s by {one.settled_erle_db or 0:.1f} dB"
        )
    for name, found in (
        ("without cancellation", [onset for one in in_rooms for onset in one.without]),
        ("with cancellation", [onset for one in in_rooms for onset in one.cancelled]),
    ):
        lines.append(f"false onsets per 10 min of talk, {name}: {_counted(found, minutes, lasting_s)}")
    if commands:
        lines.append(
            f"word error rate of {len(commands)} interrupting commands (over the echo by {_over(commands)} dB):"
        )
        for name, title in (
            ("quiet", "nothing played, no cancellation"),
            ("quiet_cancelled", "nothing played, cancellation"),
            ("without", "over the assistant, no cancellation"),
            ("cancelled", "over the assistant, cancellation"),
        ):
            rate = word_error_rate((one.text, getattr(one, name)) for one in commands)
            lines.append(f"  {title}: {100 * rate:.1f} %")
    for pair in pairs:
        lines.append(
            f"real {pair.pair} ({pair.seconds:.0f} s): quieter by {pair.quieter_db or 0:.1f} dB while played, by "
            f"{pair.unplayed_quieter_db or 0:.1f} dB otherwise; onsets without cancellation "
            f"{_counted(pair.without, None, lasting_s)}; with {_counted(pair.cancelled, None, lasting_s)}"
        )
    return lines


def _over(commands: list[Command]) -> str:
    levels = [one.over_echo_db for one in commands]
    return f"{min(levels):.0f} to {max(levels):.0f}, median {np.median(levels):.0f}"


def _counted(found: Iterable[Onset], minutes: float | None, lasting_s: float) -> str:
    """All onsets, those that last long enough to interrupt, and of these the ones that are unlike what was played."""
    found = list(found)
    lasting = [onset for onset in found if onset.lasted_s >= lasting_s]
    unlike = [onset for onset in lasting if onset.likeness < ECHO_FROM]
    scale = 10 / minutes if minutes else 1.0
    counts = (f"{scale * len(some):.1f}" if minutes else f"{len(some)}" for some in (found, lasting, unlike))
    return "{}, lasting {}, of these unlike the played sound {}".format(*counts)
