"""`hearthside bench stop`: from the end of "emergency stop" to silence, what is missed, and what stops it by mistake.

The phrases are the configured voice's, at three speeds, clean and in noise. Each is put, in real time, to the real
listening process, while a speaker that obeys the same latch plays: microphone and speaker are files on one sample
clock, and of the daemon nothing takes part. The recordings in `--clips`, which must stop nothing, are put to the same
models as fast as they go.
"""

import argparse
import asyncio
import json
import logging
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import soundfile
from rich.console import Console
from rich.progress import track

from assistant.cli.bench.figures import Distribution
from assistant.cli.bench.wake import at_snr, poisson_upper
from assistant.cli.options import configuration
from assistant.config import Config
from assistant.models.verify import verified_folder
from assistant.opening import build_engine
from assistant.safety.emergency_stop import EmergencyStop, open_emergency_stop
from audio.acoustics import FIRST_SOUND
from audio.beside import beside
from audio.devices.open import open_devices
from audio.frames import MIC_RATE_HZ, Pcm16
from audio.stop.keyphrases import Keyphrases
from audio.stop.likelihood import PhraseLikelihood
from audio.stop.line import StopLine
from audio.stop.phrases import Order
from audio.stop.spotter import StopSpotter, frames_of, keys_of
from audio.stop.spotting import Spotting
from audio.tts.spoken import spoken
from audio.vad.webrtc import WebRtcVad
from audio.wav import read_wav

ORDERS = ("Emergency stop.", "Emergency stop!", "Stop all actions.", "Stop all actions!")
SPEEDS = (0.85, 1.0, 1.2)
SNR_DB = 10
BEFORE_S, AFTER_S = 0.8, 1.2
IDLE_S = 10.0
LEVEL = 3000
"""Of what the speaker plays: steady, so that its end can be dated to the sample."""


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """Something said aloud, without the silence around it."""

    text: str
    condition: str
    samples: Pcm16


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one order; `silent_ms` is from its last sound to the speaker's, None where it was missed."""

    text: str
    condition: str
    silent_ms: float | None


@dataclass(slots=True)
class Report:
    orders: list[Outcome] = field(default_factory=list)
    resumes: list[Outcome] = field(default_factory=list)
    speech_s: float = 0.0
    false_stops: list[str] = field(default_factory=list)
    speech_cpu: float = 0.0
    """Share of one core that listening takes while people speak."""
    idle_cpu: float = 0.0
    """And while nobody does: the whole process."""


def bench_stop(args: argparse.Namespace) -> int:
    """Run the benchmark and print it; 1 when an order without noise was missed."""
    config = configuration(args)
    console = Console(stderr=True)
    logging.getLogger("assistant.safety").setLevel(logging.ERROR)  # everything is stopped again and again
    noises = [read_wav(file) for folder in args.noise for file in sorted(Path(folder).glob("*.wav"))]
    report = asyncio.run(_measure(noises, config, console))
    speech = [file for folder in args.clips for file in sorted(Path(folder).rglob("*.wav"))]
    _mind_speech(speech, config, report, console)
    lines = summary(report)
    print("\n".join(lines))
    if args.report:
        Path(args.report).write_text(json.dumps({"summary": lines, **asdict(report)}, indent=1))
    return int(any(outcome.silent_ms is None for outcome in report.orders if outcome.condition == "clean"))


async def _measure(noises: list[Pcm16], config: Config, console: Console) -> Report:
    report = Report()
    said = list(conditions(await _said(config), noises))
    with tempfile.TemporaryDirectory() as scratch, open_emergency_stop() as emergency:
        async with _listening(config, emergency, console) as listening:
            rig = _Rig(emergency, listening, Path(scratch))
            await rig.hear(np.zeros(MIC_RATE_HZ, np.int16))  # it has told by then what its start has cost
            before_s = listening.health().cpu_s
            await rig.hear(np.zeros(round(IDLE_S * MIC_RATE_HZ), np.int16))
            report.idle_cpu = (listening.health().cpu_s - before_s) / IDLE_S
            for one in track(said, "ordering", console=console):
                is_order = one.text in ORDERS
                outcome = Outcome(one.text, one.condition, await rig.silent_ms(one, is_order=is_order))
                (report.orders if is_order else report.resumes).append(outcome)
    return report


@asynccontextmanager
async def _listening(config: Config, emergency: EmergencyStop, console: Console) -> AsyncIterator[Spotting]:
    model = await asyncio.to_thread(verified_folder, config.stop.model)
    ends = {"latch": emergency.latch.file, "ear": emergency.ear, "news": emergency.news}
    listening = Spotting(model, threads=config.stop.threads, **ends)
    async with beside(listening.run(console.print)):
        await listening.settled()
        yield listening


@dataclass(frozen=True, slots=True)
class _Rig:
    """File devices on the line of a listening process."""

    emergency: EmergencyStop
    listening: Spotting
    scratch: Path

    async def hear(self, microphone: Pcm16) -> Pcm16:
        """What the speaker, which would play all the time, has played when the microphone's file is over."""
        mic, out = self.scratch / "in.wav", self.scratch / "out.wav"
        await asyncio.to_thread(soundfile.write, mic, microphone, MIC_RATE_HZ, subtype="PCM_16")
        line = StopLine(self.emergency.latch, self.emergency.ear, self.listening.listen_to_file)
        async with open_devices(str(mic), str(out), line) as (devices_mic, speaker):
            is_playing = False
            async for frame in devices_mic.frames():
                if not is_playing:
                    speaker.write(np.full(len(microphone) * speaker.rate_hz // MIC_RATE_HZ, LEVEL, np.int16))
                    is_playing = True
                if frame.is_after_end:
                    break
        return await asyncio.to_thread(read_wav, out)

    async def silent_ms(self, said: Said, *, is_order: bool) -> float | None:
        """For an order from its end to silence; for the release from its end until it is known. None: missed."""
        latch = self.emergency.latch
        latch.resume()
        if not is_order:
            latch.stop()
        began_s = time.monotonic()
        output = await self.hear(said.samples)
        end_s = (len(said.samples) / MIC_RATE_HZ) - AFTER_S
        if latch.is_stopped is not is_order:
            return None
        if not is_order:
            return 1000 * (latch.resumed_at_s - began_s - end_s)
        last_s = float(np.flatnonzero(np.abs(output) > FIRST_SOUND * 32768)[-1] + 1) / MIC_RATE_HZ
        return 1000 * (last_s - end_s)


async def _said(config: Config) -> list[Said]:
    made = []
    for speed in SPEEDS:
        tts = build_engine("tts", config.tts.model_copy(update={"speed": speed}))
        try:
            await tts.warm()
            for text in (*ORDERS, "Resume."):
                samples = await spoken(text, tts)
                sounding = np.flatnonzero(np.abs(samples) > FIRST_SOUND * 32768)
                made.append(Said(text, "clean", samples[sounding[0] : sounding[-1] + 1]))
        finally:
            await tts.close()
    return made


def conditions(said: list[Said], noises: list[Pcm16]) -> Iterator[Said]:
    """Each clean, and once in one of the noises after the other; with quiet, or noise, before and after it."""
    before, after = round(BEFORE_S * MIC_RATE_HZ), round(AFTER_S * MIC_RATE_HZ)
    for number, one in enumerate(said):
        yield Said(one.text, "clean", np.pad(one.samples, (before, after)))
        if noises:
            mixed = at_snr(one.samples, noises[number % len(noises)], SNR_DB, (0.0, len(one.samples) / MIC_RATE_HZ))
            room = (len(mixed) - len(one.samples)) // 2  # at least as long as `before` and `after`
            end = len(mixed) - room + after
            yield Said(one.text, f"{SNR_DB} dB", mixed[room - before : end])


def _mind_speech(files: list[Path], config: Config, report: Report, console: Console) -> None:
    """Other people's speech: what it costs, and whether it stops anything."""
    likelihood = PhraseLikelihood(verified_folder(config.stop.model), threads=config.stop.threads)
    spotter = StopSpotter(WebRtcVad(1), Keyphrases(keys_of()), likelihood.of)
    began_s, start = time.process_time(), 0
    for file in track(files, "talking", console=console):
        samples = np.pad(read_wav(file), (0, MIC_RATE_HZ // 2))
        for frame in frames_of(samples, start):
            if (spotted := spotter.push(frame, Order.STOP)) is not None:
                report.false_stops.append(f"{file.name}: {spotted.phrase}")
        start += len(samples) // len(frame.samples) * len(frame.samples)
        report.speech_s += len(samples) / MIC_RATE_HZ
    report.speech_cpu = (time.process_time() - began_s) / max(report.speech_s, 1e-9)


def summary(report: Report) -> list[str]:
    """The report in words and figures."""
    lines = []
    for name, outcomes in (
        ("end of an order to silence", report.orders),
        ('end of "resume" to release', report.resumes),
    ):
        for condition in sorted({outcome.condition for outcome in outcomes}, reverse=True):
            those = [outcome for outcome in outcomes if outcome.condition == condition]
            missed = sum(outcome.silent_ms is None for outcome in those)
            figures = Distribution.of(outcome.silent_ms for outcome in those).line(f"{name}, {condition}")
            lines.append(f"{figures}; missed {missed} of {len(those)}")
    hours, stops = report.speech_s / 3600, len(report.false_stops)
    if hours:
        bound = poisson_upper(stops) / hours
        lines.append(
            f"stopped by other speech: {stops} times in {60 * hours:.1f} minutes (below {bound:.0f} an hour, 95 %)"
        )
        lines.append(f"cost while people speak: {100 * report.speech_cpu:.1f} % of one core")
    lines.append(
        f"cost while nobody speaks: {100 * report.idle_cpu:.1f} % of one core (file microphone, {IDLE_S:.0f} s)"
    )
    return lines
