"""`hearthside bench voices`: how often one voice is taken for another, by how much of it was heard."""

import argparse
import asyncio
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from assistant.cli.bench.clips import read_labels, read_recording
from assistant.cli.bench.figures import Distribution
from assistant.cli.options import configuration
from assistant.config import Config, ConfigError
from assistant.conversation.speakers import Enrolled, identify
from assistant.memory.voices import joined
from assistant.opening import build_engine
from audio.frames import MIC_RATE_HZ, Pcm16
from audio.voice.protocol import Voice, VoiceEncoder
from audio.voice.speech_only import speech_only

LENGTHS_S = (1.0, 2.0, 3.0)
"""Speech is cut into pieces of so much; what has the last length is taken as it is, up to its end."""
FORMATS = (".wav", ".flac")


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """One recording, and whose it is; only recordings of one set are compared with each other."""

    group: str
    speaker: str
    whole: Voice
    pieces: dict[float, tuple[Voice, ...]]


@dataclass(slots=True)
class Figures:
    """What was measured with pieces of one length."""

    length_s: float
    same: list[float] = field(default_factory=list)
    """Probability of being one person's, for pairs that are: a piece, and another recording..."""
    different: list[float] = field(default_factory=list)
    """... and for pairs that are not."""
    named_rightly: int = 0
    named_wrongly: int = 0
    unnamed: int = 0
    """Pieces of somebody who enrolled with the rest of their recordings: what they were taken for."""
    guests: int = 0
    guests_named: int = 0
    """The same pieces while their speaker had not enrolled."""

    @property
    def equal_error(self) -> float | None:
        """The rate at the threshold where as many pairs are taken for one person's as are torn apart."""
        return equal_error_rate(self.same, self.different)


def bench_voices(args: argparse.Namespace) -> int:
    """Run the benchmark and print it."""
    config = configuration(args, {})
    encoder: VoiceEncoder = build_engine("voice", config.voices)
    took_ms: dict[float, list[float]] = {length_s: [] for length_s in LENGTHS_S}
    recordings = asyncio.run(_embed([Path(folder) for folder in args.clips], encoder, took_ms))
    figures = [measure(recordings, encoder, config, length_s) for length_s in LENGTHS_S]
    _print(figures, recordings, config, took_ms)
    if args.report:
        report = [{**asdict(one), "equal_error": one.equal_error} for one in figures]
        Path(args.report).write_text(json.dumps(report, indent=1))
    return 0


def measure(recordings: Sequence[Recording], encoder: VoiceEncoder, config: Config, length_s: float) -> Figures:
    """Compare the pieces of every recording with every other recording of its set, and with those who enrol."""
    figures = Figures(length_s)
    for one in recordings:
        others = [other for other in recordings if other is not one and other.group == one.group]
        own = [other for other in others if other.speaker == one.speaker]
        rest = [other for other in others if other.speaker != one.speaker]
        strangers = list(_enrolled(rest))
        for piece in one.pieces[length_s]:
            figures.same += [encoder.same(piece, other.whole) for other in own]
            figures.different += [encoder.same(piece, other.whole) for other in rest]
            if own and strangers:
                known = identify(piece, [*strangers, *_enrolled(own)], encoder.same, config.voices.sure)
                figures.named_rightly += known.name == one.speaker
                figures.unnamed += known.is_guest
                figures.named_wrongly += not known.is_guest and known.name != one.speaker
                figures.guests += 1
                figures.guests_named += not identify(piece, strangers, encoder.same, config.voices.sure).is_guest
    return figures


def equal_error_rate(same: Sequence[float], different: Sequence[float]) -> float | None:
    """Where false rejections and false acceptances are as many, 0 to 1; None where one of them cannot be."""
    if not same or not different:
        return None
    thresholds = np.unique([*same, *different, 1.1])
    rejected = np.searchsorted(np.sort(same), thresholds, side="left") / len(same)
    accepted = 1 - np.searchsorted(np.sort(different), thresholds, side="left") / len(different)
    nearest = int(np.argmin(np.abs(rejected - accepted)))
    return float(rejected[nearest] + accepted[nearest]) / 2


def _enrolled(recordings: Iterable[Recording]) -> Iterator[Enrolled]:
    voices: dict[str, list[Voice]] = {}
    for recording in recordings:
        voices.setdefault(recording.speaker, []).append(recording.whole)
    for name, parts in voices.items():
        yield Enrolled(name, joined(parts))


async def _embed(folders: Sequence[Path], encoder: VoiceEncoder, took_ms: dict[float, list[float]]) -> list[Recording]:
    """All labelled recordings of the folders. Raises ConfigError where there are none."""
    recordings = []
    await encoder.warm()
    for file, speaker in _labelled(folders):
        speech = speech_only(read_recording(file))
        pieces: dict[float, tuple[Voice, ...]] = {}
        for length_s in LENGTHS_S:
            began_s = time.perf_counter()
            voices = [await encoder.voice(piece) for piece in _pieces(speech, length_s)]
            if voices:
                took_ms[length_s].append(1000 * (time.perf_counter() - began_s) / len(voices))
            pieces[length_s] = tuple(voice for voice in voices if voice is not None)
        if (whole := await encoder.voice(speech)) is not None:
            recordings.append(Recording(str(file.parent), speaker, whole, pieces))
    await encoder.close()
    return recordings


def _labelled(folders: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    found = False
    for folder in folders:
        for name, label in sorted(read_labels(folder / "labels.jsonl").items()):
            file = folder / name
            if "speaker" in label and file.suffix in FORMATS and file.is_file():
                found = True
                yield file, str(label["speaker"])
    if not found:
        raise ConfigError("--clips: no recording in them has a `speaker` in labels.jsonl")


def _pieces(speech: Pcm16, length_s: float) -> list[Pcm16]:
    size = round(length_s * MIC_RATE_HZ)
    if length_s == LENGTHS_S[-1]:
        return [speech] if len(speech) >= size else []
    return [speech[start : start + size] for start in range(0, len(speech) - size + 1, size)]


def _share(values: Sequence[float], is_wrong: Callable[[float], bool]) -> str:
    wrong = sum(map(is_wrong, values))
    return f"{wrong} of {len(values)} ({100 * wrong / len(values):.1f} %)" if values else "-"


def _print(
    figures: Sequence[Figures], recordings: Sequence[Recording], config: Config, took_ms: dict[float, list[float]]
) -> None:
    sure, another = config.voices.sure, config.voices.another
    table = Table("", *(f"{one.length_s:g} s{'+' if one.length_s == LENGTHS_S[-1] else ''}" for one in figures))

    def row(name: str, cell: Callable[[Figures], str]) -> None:
        table.add_row(name, *map(cell, figures))

    row("pairs: equal error rate", lambda one: "-" if one.equal_error is None else f"{100 * one.equal_error:.1f} %")
    row("one person's, below sure", lambda one: _share(one.same, lambda value: value < sure))
    row("two persons', from sure on", lambda one: _share(one.different, lambda value: value >= sure))
    row("the caller's, taken for another", lambda one: _share(one.same, lambda value: value <= another))
    row("another's, not noticed", lambda one: _share(one.different, lambda value: value > another))
    row("enrolled: named rightly", lambda one: f"{one.named_rightly} of {one.guests}")
    row("enrolled: taken for a guest", lambda one: f"{one.unnamed} of {one.guests}")
    row("enrolled: taken for somebody else", lambda one: f"{one.named_wrongly} of {one.guests}")
    row("not enrolled: taken for somebody", lambda one: f"{one.guests_named} of {one.guests}")
    console = Console()
    speakers = {(one.group, one.speaker) for one in recordings}
    console.print(f"{len(recordings)} recordings of {len(speakers)} speakers; sure {sure:g}, another {another:g}")
    console.print(table)
    for length_s, took in took_ms.items():
        console.print(Distribution.of(took).line(f"one embedding, {length_s:g} s"))
