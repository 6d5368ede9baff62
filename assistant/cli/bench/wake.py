"""`hearthside bench wake`: how often a wake word is missed, how often something else wakes it, and what follows it."""

import argparse
import asyncio
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.cli.bench.clips import read_labels
from assistant.cli.bench.figures import Distribution
from assistant.cli.bench.one_breath import Understood
from assistant.cli.options import configuration
from assistant.config import Config, ConfigError
from assistant.opening import build_engine
from audio.acoustics import spoken_span
from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ, Frame, Pcm16
from audio.stt.protocol import SpeechToText
from audio.vad.segmenter import Segmenter
from audio.wake.protocol import WakeWord, WakeWordDetector
from audio.wav import read_wav

SNRS_DB = (10, 5)
ROOM_S = 1.5
"""Quiet before and after every recording: the models have heard a room, and a late detection counts."""
ROOM_LEVEL = 3
PAUSE_S = 0.3
"""Of the quiet after a question is transcribed with it: about as much as in a conversation."""
SENSITIVITIES = (0.3, 0.5, 0.7, 0.9)
PEOPLE, SYNTHETIC = "people", "synthetic"


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """A recording; `phrase` is the wake word in it, "" where there is none or nobody knows."""

    samples: Pcm16
    phrase: str
    source: str
    phrase_end_s: float | None
    is_noise: bool
    question: str = ""
    """What is said in one breath with the wake word."""

    @property
    def length_s(self) -> float:
        return len(self.samples) / MIC_RATE_HZ


@dataclass(slots=True)
class Tally:
    """Calls, and how many of them were not heard."""

    n: int = 0
    missed: int = 0

    def add(self, *, heard: bool) -> None:
        self.n += 1
        self.missed += not heard

    def __str__(self) -> str:
        return f"{self.missed} of {self.n}" if self.n else "-"


@dataclass(slots=True)
class Accepts:
    """What woke it that was no call."""

    hours: float = 0.0
    accepts: int = 0

    @property
    def at_most_per_hour(self) -> float:
        """The rate that is not exceeded with a confidence of 95 %, accepts being independent of each other."""
        return poisson_upper(self.accepts) / self.hours if self.hours else math.inf

    def __str__(self) -> str:
        if not self.hours:
            return "-"
        rate = self.accepts / self.hours
        return f"{self.accepts} in {60 * self.hours:.1f} min: {rate:.1f}/h (95 %: < {self.at_most_per_hour:.0f}/h)"


@dataclass(slots=True)
class Figures:
    """What was measured of one model at one sensitivity."""

    model: str
    sensitivity: float
    calls: dict[str, dict[str, Tally]] = field(default_factory=dict)
    """By source (people, synthetic), then by condition (clean, 10 dB, 5 dB)."""
    speech: Accepts = field(default_factory=Accepts)
    noise: Accepts = field(default_factory=Accepts)
    phrase_end_errors_ms: list[float] = field(default_factory=list)
    """Found less labelled end of the phrase, in clean synthetic calls: positive is late."""


def bench_wake(args: argparse.Namespace) -> int:
    """Run the benchmark and print it."""
    config = configuration(args, {})
    if config.wake.engine == "none":
        config = configuration(args, {"wake": {"engine": "micro-wakeword"}})
    sounds = [
        *(sound for folder in args.clips for sound in _read(Path(folder), is_noise=False)),
        *(sound for folder in args.noise for sound in _read(Path(folder), is_noise=True)),
    ]
    console = Console(stderr=True)
    sweep = sorted({config.wake.sensitivity, *(SENSITIVITIES if args.sweep else ())})
    figures = [
        one
        for sensitivity in track(sweep, "listening", console=console)
        for one in measure(_with_sensitivity(config, sensitivity), sounds, config)
    ]
    _print(figures)
    if any(sound.question for sound in sounds):
        understood = asyncio.run(understand(sounds, config))
        Console().print(str(understood))
    if args.report:
        Path(args.report).write_text(json.dumps([_as_json(one) for one in figures], indent=1))
    return 0


def measure(detector: WakeWordDetector, sounds: Sequence[Sound], config: Config) -> list[Figures]:
    """Play every sound to the detector, and every call again in every noise; one result for each configured model."""
    figures = {_phrase(model): Figures(model, config.wake.sensitivity) for model in config.wake.models}
    noises = [sound.samples for sound in sounds if sound.is_noise]
    for sound in sounds:
        heard = list(_heard(detector, sound.samples))
        for phrase, one in figures.items():
            own = [word for word in heard if word.model == one.model]
            if phrase == sound.phrase:
                _tally(one, sound.source, "clean").add(heard=bool(own))
                if own and sound.phrase_end_s is not None:
                    one.phrase_end_errors_ms.append(1000 * (own[0].end_s - ROOM_S - sound.phrase_end_s))
            else:
                kind = one.noise if sound.is_noise else one.speech
                kind.hours += sound.length_s / 3600
                kind.accepts += len(own)
        if (called := figures.get(sound.phrase)) is not None:
            for snr_db, mixed in _mixed(sound.samples, noises, config):
                found = any(word.model == called.model for word in _heard(detector, mixed))
                _tally(called, sound.source, f"{snr_db} dB").add(heard=found)
    return list(figures.values())


async def understand(sounds: Sequence[Sound], config: Config) -> Understood:
    """Have the questions transcribed that follow a wake word which was heard."""
    detector, total = _with_sensitivity(config, config.wake.sensitivity), Understood()
    stt: SpeechToText = build_engine("stt", config.stt)
    try:
        for sound in track(
            [sound for sound in sounds if sound.question], "understanding", console=Console(stderr=True)
        ):
            heard = [word for word in _heard(detector, sound.samples) if _phrase(word.model) == sound.phrase]
            if heard:
                until = round((ROOM_S + sound.length_s + PAUSE_S) * MIC_RATE_HZ)
                await total.add(stt, _in_room(sound.samples)[:until], heard[0], sound.question)
    finally:
        await stt.close()
    return total


def at_snr(speech: Pcm16, noise: Pcm16, snr_db: float, span_s: tuple[float, float]) -> Pcm16:
    """Speech in noise, ROOM_S of it before and after, repeated where it is too short.

    The ratio is that of the mean powers, the speech's within `span_s`, so that silence about a word counts for nothing.
    """
    begin, end = (round(edge_s * MIC_RATE_HZ) for edge_s in span_s)
    room = round(ROOM_S * MIC_RATE_HZ)
    padded = np.pad(speech.astype(np.float64), room)
    bed = np.resize(noise.astype(np.float64), len(padded))
    speech_power = float(np.mean(np.square(speech[begin:end], dtype=np.float64)))
    gain = math.sqrt(speech_power / (max(float(np.mean(bed**2)), 1.0) * 10 ** (snr_db / 10)))
    mixed: Pcm16 = np.clip(np.rint(padded + gain * bed), -32768, 32767).astype(np.int16)
    return mixed


def _with_sensitivity(config: Config, sensitivity: float) -> WakeWordDetector:
    section = config.wake.model_copy(update={"sensitivity": sensitivity})
    detector: WakeWordDetector = build_engine("wake", section)
    return detector


def _read(folder: Path, *, is_noise: bool) -> Iterator[Sound]:
    """All WAV files in and below a folder. Raises ConfigError where there are none."""
    files = sorted(folder.rglob("*.wav"))
    if not files:
        raise ConfigError(f"{folder}: no WAV files in it")
    labels: dict[Path, Mapping[str, Mapping[str, object]]] = {}
    for file in files:
        known = labels.setdefault(file.parent, read_labels(file.parent / "labels.jsonl")).get(file.name, {})
        end_s = known.get("phrase_end_s")
        yield Sound(
            read_wav(file),
            str(known.get("phrase", "")).lower(),
            SYNTHETIC if known.get("source") == SYNTHETIC else PEOPLE,
            float(str(end_s)) if end_s is not None else None,
            is_noise,
            str(known.get("question", "")),
        )


def _phrase(model: str) -> str:
    """What wakes a model of the manifest, by its name."""
    return model.removeprefix("wake-").replace("-", " ")


def _heard(detector: WakeWordDetector, samples: Pcm16) -> Iterator[WakeWord]:
    """What a detector, fresh, hears in a recording with ROOM_S of quiet about it; times are in that."""
    detector.reset()
    whole = _in_room(samples)
    for start in range(0, len(whole) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        yield from detector.detect(Frame(start, whole[start : start + FRAME_SAMPLES]))


def _in_room(samples: Pcm16) -> Pcm16:
    rng = np.random.default_rng(0)
    before, after = (
        rng.integers(-ROOM_LEVEL, ROOM_LEVEL + 1, round(ROOM_S * MIC_RATE_HZ)).astype(np.int16) for _ in range(2)
    )
    return np.concatenate([before, samples, after])


def _mixed(speech: Pcm16, noises: Sequence[Pcm16], config: Config) -> Iterator[tuple[int, Pcm16]]:
    segmenter = Segmenter(threshold=config.vad.threshold, onset_ms=config.vad.onset_ms)
    span = spoken_span(speech, build_engine("vad", config.vad), segmenter) if noises else None
    if span is None:
        return
    for noise in noises:
        for snr_db in SNRS_DB:
            yield snr_db, at_snr(speech, noise, snr_db, (span.start_s, span.end_s))


def _tally(figures: Figures, source: str, condition: str) -> Tally:
    return figures.calls.setdefault(source, {}).setdefault(condition, Tally())


def poisson_upper(events: int, confidence: float = 0.95) -> float:
    """The mean of a Poisson distribution that gives no more than `events` with a probability of 1 - `confidence`."""
    low, high = 0.0, 10.0 + 3 * events
    for _ in range(60):
        mean = (low + high) / 2
        term = tail = math.exp(-mean)
        for count in range(1, events + 1):
            term *= mean / count
            tail += term
        low, high = (mean, high) if tail > 1 - confidence else (low, mean)
    return high


def _as_json(figures: Figures) -> dict[str, object]:
    errors = Distribution.of([abs(error) for error in figures.phrase_end_errors_ms])
    return {
        **asdict(figures),
        "speech_at_most_per_hour": figures.speech.at_most_per_hour if figures.speech.hours else None,
        "noise_at_most_per_hour": figures.noise.at_most_per_hour if figures.noise.hours else None,
        "phrase_end_error_ms": asdict(errors),
    }


def _print(figures: Sequence[Figures]) -> None:
    conditions = ("clean", *(f"{snr_db} dB" for snr_db in SNRS_DB))
    table = Table(
        "model", "sensitivity", "calls by", *(f"missed, {one}" for one in conditions), "woken by speech", "noise"
    )
    for one in figures:
        name, sensitivity, speech, noise = one.model, f"{one.sensitivity:g}", str(one.speech), str(one.noise)
        for source, tallies in sorted(one.calls.items()) or [("-", {})]:
            missed = (str(tallies.get(condition, Tally())) for condition in conditions)
            table.add_row(name, sensitivity, source, *missed, speech, noise)
            name = sensitivity = speech = noise = ""
    console = Console()
    console.print(table)
    errors = Distribution.of(abs(error) for one in figures for error in one.phrase_end_errors_ms)
    console.print(errors.line("end of the phrase, off by"))
