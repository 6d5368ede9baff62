"""The comparisons in which the microphone hears what the system itself brings about: see `scenes`."""

import argparse
import asyncio
import dataclasses
import itertools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from assistant.cli.bench.clips import read_clips
from assistant.cli.bench.echo import SENTENCES
from assistant.cli.bench.interruptions import AFTER_S, QUESTION, READ_OUT, Interruption, said, sounds_over
from assistant.cli.bench.talking import rooms
from assistant.config import Config
from assistant.opening import build_engine
from audio.echo.protocol import EchoCanceller
from audio.frames import Pcm16, PcmFloat, to_float
from audio.tts.protocol import TextToSpeech
from audio.virtual_room import Room
from scripts.peers import hearthside
from scripts.peers.conversation import CalledSystem, hold
from scripts.peers.overlap import Over, judge, silences_s, sounding_s
from scripts.peers.program import Program, quiet
from scripts.peers.scenes import InRoom, Overlapped
from scripts.peers.servers import reading_out
from scripts.peers.systems import add_peers

FELL_SILENT_S = 0.75
"""A longer silence inside an answer is none between two sentences: it was interrupted, and nobody but it spoke."""
WORDS_A_MINUTE = 200
"""The voice says fewer, so that a text of so many lasts for the time."""


@dataclasses.dataclass(frozen=True, slots=True)
class Talked:
    """A system that talked in a room in which nobody else did."""

    system: str
    room: str
    canceller: str
    """What stood between the room and the system."""
    seconds: float
    sounding_s: float
    fell_silent: int
    """Silences of FELL_SILENT_S and more after its first sound, other than the last."""
    answers: int
    understood: str
    machine_busy: float


@asynccontextmanager
async def _systems(
    args: argparse.Namespace, config: Config, logs: Path, text: str, *, in_room: bool
) -> AsyncIterator[dict[CalledSystem, list[Program]]]:
    """All that are compared, ours first, each with the programs that run for it.

    In a room they are to talk on and on; otherwise once, as into headphones.
    """
    async with AsyncExitStack() as stack:
        models, shared = await stack.enter_async_context(reading_out(config, logs, text, always=in_room))
        found: dict[CalledSystem, list[Program]] = {}
        if not args.without_ours:
            ours, program = await stack.enter_async_context(
                hearthside.serving(models, logs, echo="webrtc" if in_room else "none")
            )
            found[ours] = [program, *shared]
        for peer, program in (await add_peers(stack, args, models, logs)).items():
            found[peer] = [program, *shared]
        yield found


async def interruptions(args: argparse.Namespace, config: Config, logs: Path) -> tuple[list[Over], dict[str, str]]:
    """Every sound over every system's answer, and the settings.

    Raises ProgramFailed, EnvironmentFailed, ConfigError.
    """
    question, sounds = await _sounds(args, config)
    outcomes = []
    async with _systems(args, config, logs, READ_OUT, in_room=False) as systems:
        programs = list(dict.fromkeys(itertools.chain.from_iterable(systems.values())))
        rest_s: dict[str, float] = {}
        with Progress(console=Console(stderr=True)) as progress:
            task = progress.add_task("undisturbed", total=len(systems) * (1 + len(sounds)))
            for system in systems:
                rest_s[system.name] = await _undisturbed_s(system, question)
                progress.advance(task)
            for sound in sounds:
                for system in systems:
                    busy = await quiet(programs)
                    scene = Overlapped(question, sound.samples, after_s=AFTER_S)
                    output, rate_hz = await _called(system, scene)
                    if scene.onset_s is not None:
                        outcome = judge(
                            system.name, sound.kind, sound.name, output, rate_hz,
                            onset_s=scene.onset_s, rest_s=rest_s[system.name],
                        )  # fmt: skip
                        outcomes.append(dataclasses.replace(outcome, machine_busy=busy))
                    progress.update(task, advance=1, description=f"{sound.kind} {system.name}")
        return outcomes, {system.name: system.settings for system in systems}


async def _sounds(args: argparse.Namespace, config: Config) -> tuple[Pcm16, list[Interruption]]:
    """The question, and what is played over the answer to it, at most `args.limit` of each kind."""
    clips = await asyncio.to_thread(read_clips, args.clips, config, args.limit)
    noises = sorted(args.noises.glob("*.wav")) if args.noises else []
    async with _voice(config) as tts:
        question = await said(QUESTION, tts)
        sounds = await sounds_over(clips, noises, tts)
    by_kind = itertools.groupby(sounds, key=lambda sound: sound.kind)
    return question, [sound for _, kind in by_kind for sound in spread(list(kind), args.limit)]


@asynccontextmanager
async def _voice(config: Config) -> AsyncIterator[TextToSpeech]:
    """The configured voice, warm."""
    tts: TextToSpeech = build_engine("tts", config.tts)
    try:
        await tts.warm()
        yield tts
    finally:
        await tts.close()


def spread(sounds: list[Interruption], limit: int) -> list[Interruption]:
    """At most so many of them, from all over the list."""
    return sounds if len(sounds) <= limit else [sounds[number * len(sounds) // limit] for number in range(limit)]


async def _undisturbed_s(system: CalledSystem, question: Pcm16) -> float:
    """How long the answer sounds from AFTER_S on, with nothing over it. The first conversation also warms up."""
    for _ in range(2):
        scene = Overlapped(question, question[:0], after_s=AFTER_S)
        output, rate_hz = await _called(system, scene)
    return sounding_s(output[round((scene.onset_s or 0.0) * rate_hz) :], rate_hz)


async def _called(system: CalledSystem, scene: Overlapped | InRoom) -> tuple[PcmFloat, int]:
    async with system.call() as call:
        await hold(call, scene)
    return to_float(call.timeline.samples()), call.timeline.rate_hz


async def echoes(args: argparse.Namespace, config: Config, logs: Path) -> tuple[list[Talked], dict[str, str]]:
    """Every system in every room: ours as it is; the peers as they are, and behind the canceller that we use.

    Raises ProgramFailed, EnvironmentFailed.
    """
    places = chosen_rooms(args.rooms)
    seconds = 60 * args.minutes / len(places)
    text = long_text(seconds)
    async with _voice(config) as tts:
        question = await said(QUESTION, tts)
    outcomes = []
    async with _systems(args, config, logs, text, in_room=True) as systems:
        programs = list(dict.fromkeys(itertools.chain.from_iterable(systems.values())))
        cases = [
            (system, room, with_canceller)
            for room in places
            for system in systems
            for with_canceller in ([False] if system.name == hearthside.OnALine.name else [False, True])
        ]
        with Progress(console=Console(stderr=True)) as progress:
            for system, room, with_canceller in progress.track(cases):
                busy = await quiet(programs)
                canceller = build_engine("echo", config.echo) if with_canceller else None
                outcomes.append(await _talked(system, room, question, seconds, canceller, busy))
        return outcomes, {system.name: system.settings for system in systems}


async def _talked(
    system: CalledSystem, room: Room, question: Pcm16, seconds: float, canceller: EchoCanceller | None, busy: float
) -> Talked:
    async with system.call() as call:
        await hold(call, InRoom(question, room, seconds=seconds, rate_hz=call.timeline.rate_hz, canceller=canceller))
    rate_hz = call.timeline.rate_hz
    output = to_float(call.timeline.between(0, round(seconds * rate_hz)))
    is_ours = system.name == hearthside.OnALine.name
    return Talked(
        system.name,
        room.name,
        "its own" if is_ours else "as in its clients" if canceller else "none",
        seconds,
        sounding_s(output, rate_hz),
        len(silences_s(output, rate_hz, least_s=FELL_SILENT_S)),
        call.answers,
        call.text,
        busy,
    )


def chosen_rooms(folder: Path | None) -> list[Room]:
    """Two to talk in: one made up, and a recorded one where there is one."""
    found = rooms(folder)
    return [found[0], found[-1] if folder is not None else found[1]]


def long_text(seconds: float) -> str:
    """Sentences that last for so long at least."""
    words = itertools.cycle(SENTENCES)
    text = ""
    while len(text.split()) < WORDS_A_MINUTE * (seconds / 60 + 0.5):
        text += f"{next(words)} "
    return text.strip()
