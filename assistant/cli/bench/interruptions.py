"""`hearthside bench interruptions`: what speech and noise over the assistant do to it.

The assistant reads out a fixed text, so that there is something to interrupt; all else is the daemon's own.
"""

import argparse
import asyncio
import dataclasses
import itertools
import json
import os
import tempfile
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import Progress

from assistant.cli.bench.answered import Answered, Assistant, answered
from assistant.cli.bench.clips import Clip, read_clips
from assistant.cli.bench.figures import Distribution
from assistant.cli.options import configuration
from assistant.config import Config
from assistant.conversation.messages import Message, ModelEvent, TextDelta, ToolSpec
from assistant.opening import open_engines
from assistant.policies import history_of
from audio.acoustics import FIRST_SOUND, first_sound_s
from audio.frames import MIC_RATE_HZ, Pcm16, PcmFloat
from audio.tts.protocol import TextToSpeech
from audio.tts.spoken import spoken
from audio.wav import read_wav

QUESTION = "Tell me about the lamps in this house."
READ_OUT = (
    "There is a lamp on the desk in the study and another one beside the chair by the window in the living room and "
    "a third one over the table in the kitchen and there are two small ones on the shelf in the hall by the mirror."
)
"""Without punctuation, so that every silence in it is the interruption's."""
ACKNOWLEDGEMENTS = ("Yeah.", "Right.", "Okay.", "Uh huh.", "I see.", "Mhm.", "Oh, okay.", "Yes.")
"""Spoken by the configured voice: recordings of people who listen are scarce."""
AFTER_S = 3.0
"""An interruption begins so long after the answer's first sound."""
NOISE_S = 1.5
HUSH_S = 0.25
"""A silence from which on the answer counts as hushed."""


class ReadsOut:
    """A language model whose answer is always the same text."""

    async def stream(
        self, messages: Sequence[Message], tools: Sequence[ToolSpec] = ()
    ) -> AsyncGenerator[ModelEvent, None]:
        yield TextDelta(READ_OUT if len(messages) == 2 else "All right.")

    async def warm(self, messages: Sequence[Message]) -> None:
        """It needs no warming."""

    async def close(self) -> None:
        """It holds nothing."""


@dataclasses.dataclass(frozen=True, slots=True)
class Interruption:
    """A sound over the answer: `kind` is "meant", "acknowledgement" or "noise"."""

    kind: str
    name: str
    samples: Pcm16
    """From its first sound on."""


@dataclasses.dataclass(frozen=True, slots=True)
class Effect:
    """What came of it."""

    kind: str
    name: str
    silent_ms: float | None
    """From the sound's onset to the answer's silence; None: it was not hushed."""
    ducked_ms: float | None
    """From the sound's onset until the answer had become soft, or silent; None: neither happened."""
    was_stopped: bool
    back_after_ms: float | None
    """How long it was silent before it went on; None: it was not hushed, or did not go on."""
    was_heard_out: bool
    """Whether the answer was heard to its end."""
    understood: str
    """What the assistant took for the next question."""


def bench_interruptions(args: argparse.Namespace) -> int:
    """Run the benchmark and print it."""
    config = configuration(args, {"wake": {"engine": "none"}})  # recordings call nobody
    clips = read_clips(Path(args.clips), config, args.limit)
    noises = sorted(Path(args.noises).glob("*.wav")) if args.noises else []
    effects = asyncio.run(_measure(clips, noises, config, Console(stderr=True)))
    lines = [*summary(effects), f"load of the machine at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"]
    print("\n".join(lines))
    if args.report:
        rows = [dataclasses.asdict(effect) for effect in effects]
        Path(args.report).write_text(json.dumps({"summary": lines, "interruptions": rows}, indent=1))
    return 0


async def _measure(clips: list[Clip], noises: list[Path], config: Config, console: Console) -> list[Effect]:
    async with AsyncExitStack() as stack:
        engines, apology = await open_engines(stack, config, history_of(config), lambda notice: None)
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        assistant = Assistant(config, dataclasses.replace(engines, llm=ReadsOut()), apology, scratch)
        question = await said(QUESTION, engines.tts)
        sounds = await sounds_over(clips, noises, engines.tts)
        progress = stack.enter_context(Progress(console=console))
        first_s = await _first_sound_s(question, assistant)
        effects = []
        for sound in progress.track(sounds, description="interrupting"):
            effects.append(effect := await _interrupted(sound, question, first_s, assistant))
            console.print(f"{effect.kind} {effect.name}: {'stopped' if effect.was_stopped else 'went on'}")
        return effects


async def sounds_over(clips: list[Clip], noises: list[Path], tts: TextToSpeech) -> list[Interruption]:
    """All that is played over an answer."""
    return [
        *(Interruption("meant", clip.file.name, _from_onset(clip)) for clip in clips),
        *[Interruption("acknowledgement", text, await said(text, tts)) for text in ACKNOWLEDGEMENTS],
        *itertools.chain.from_iterable(map(_pieces, noises)),
    ]


async def said(text: str, tts: TextToSpeech) -> Pcm16:
    """What the voice makes of a text, without the silence around it."""
    samples = await spoken(text, tts)
    sounding = np.flatnonzero(np.abs(samples) > FIRST_SOUND * 32768)
    return samples[sounding[0] : sounding[-1] + 1]


def _from_onset(clip: Clip) -> Pcm16:
    return read_wav(clip.file)[round(clip.speech_start_s * MIC_RATE_HZ) :]


def _pieces(noise: Path) -> Iterator[Interruption]:
    """Its beginnings: from each of the first three times that it gets loud."""
    samples = read_wav(noise)
    length = round(NOISE_S * MIC_RATE_HZ)
    at = 0
    for number in range(3):
        loud = np.flatnonzero(np.abs(samples[at:]) > 0.3 * np.abs(samples).max())
        if not len(loud) or at + loud[0] + length > len(samples):
            return
        at += int(loud[0])
        yield Interruption("noise", f"{noise.name} {number}", samples[at : at + length])
        at += 2 * length


def _silence(length_s: float) -> Pcm16:
    return np.zeros(round(length_s * MIC_RATE_HZ), np.int16)


def _clip(name: str, end_s: float) -> Clip:
    return Clip(Path(name), "", 0.5, end_s)


async def _first_sound_s(question: Pcm16, assistant: Assistant) -> float:
    """When the answer is first heard if nobody interrupts; the same every time, but for some tenths of a second."""
    samples = np.concatenate([_silence(0.5), question, _silence(2.0)])
    end_s = 0.5 + len(question) / MIC_RATE_HZ
    result, _, _ = await answered(_clip("question", end_s), samples, assistant)
    return result.answer_s or end_s + 1.0


async def _interrupted(sound: Interruption, question: Pcm16, first_s: float, assistant: Assistant) -> Effect:
    onset_s = first_s + AFTER_S
    before = np.concatenate([_silence(0.5), question])
    wait = _silence(onset_s - len(before) / MIC_RATE_HZ)
    samples = np.concatenate([before, wait, sound.samples, _silence(0.5)])
    result, output, rate_hz = await answered(_clip(sound.name, len(before) / MIC_RATE_HZ), samples, assistant)
    return effect_of(sound, result, output, rate_hz, onset_s)


def effect_of(sound: Interruption, result: Answered, output: PcmFloat, rate_hz: int, onset_s: float) -> Effect:
    """What the sound did to the answer, by the output alone and the turn log."""
    first = result.turns[0] if result.turns else None
    following = result.turns[1:]
    after = output[round(onset_s * rate_hz) :]
    silent_s = silent_from_s(after, rate_hz)
    back_s = None if silent_s is None else first_sound_s(after, rate_hz, after_s=silent_s + 0.01)
    was_stopped = first is not None and first.interrupted
    ducked_s = [at_s - onset_s for at_s in result.ducked_s if at_s > onset_s]
    soft_s = min([*ducked_s, *([] if silent_s is None else [silent_s])], default=None)
    return Effect(
        sound.kind,
        sound.name,
        None if silent_s is None else 1000 * silent_s,
        None if soft_s is None else 1000 * soft_s,
        was_stopped,
        None if was_stopped or silent_s is None or back_s is None else 1000 * (back_s - silent_s),
        first is not None and first.heard_text == READ_OUT,
        following[0].user_text if following else "",
    )


def silent_from_s(after: PcmFloat, rate_hz: int) -> float | None:
    """The beginning of the first silence of HUSH_S that is followed by sound, or by nothing within 2 s."""
    sounding = np.flatnonzero(np.abs(after) > FIRST_SOUND)
    ends = np.append(sounding, len(after) + rate_hz)
    last = 0
    for sample in ends.tolist():
        if sample - last > HUSH_S * rate_hz:
            return None if sample > len(after) and last > 2 * rate_hz else last / rate_hz
        last = sample
    return None


def summary(effects: Sequence[Effect]) -> list[str]:
    """The report in words and figures."""

    def of(kind: str) -> list[Effect]:
        return [effect for effect in effects if effect.kind == kind]

    def share(flags: list[bool]) -> str:
        return f"{sum(flags)} of {len(flags)}"

    meant, acknowledged, noises = of("meant"), of("acknowledgement"), of("noise")
    lines = [
        Distribution.of(effect.ducked_ms for effect in meant).line("onset of an interruption to a soft voice"),
        Distribution.of(effect.silent_ms for effect in meant).line("onset of an interruption to silence"),
        f"interruptions that were meant and got the floor: {share([effect.was_stopped for effect in meant])}",
    ]
    named: dict[str, list[Any]] = {"acknowledgements": acknowledged, "noises": noises}
    for name, group in named.items():
        lines += [
            f"{name} after which the answer was heard to its end: {share([effect.was_heard_out for effect in group])}; "
            f"that hushed it for a while: {share([effect.silent_ms is not None for effect in group])}; "
            f"that made it speak softly: {share([effect.ducked_ms is not None for effect in group])}",
            Distribution.of(effect.back_after_ms for effect in group).line(f"  silent, for {name}"),
        ]
    return lines
