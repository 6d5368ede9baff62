"""`hearthside bench tone`: how often a whisper is missed, or heard where there is none; and what feelings are worth."""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from assistant.cli.bench.clips import read_labels, read_recording
from assistant.cli.bench.wake import at_snr
from assistant.config import ConfigError
from assistant.conversation.tone import KNOWN_AFTER, SHORTEST_S, Usual, tone
from audio.frames import MIC_RATE_HZ, Pcm16
from audio.voice.prosody import Prosody, prosody

FORMATS = (".wav", ".flac")
WHISPER = "whisper"
"""What `phenomenon` in labels.jsonl says of a recording that is whispered."""
TENSE, CALM = frozenset({"anger", "fear"}), frozenset({"neutral", "boredom", "sadness"})
"""What `emotion` says: those that raise a voice, and those that do not. Delight raises it, too, and is told apart."""
DELIGHT = "happiness"
NOISY_DB = 10
WINDOW = 512
ENVELOPE = 40
"""Coefficients of the cepstrum that make the mouth's shape; finer ones are the pitch."""


@dataclass(slots=True)
class Figures:
    """Counts of recordings of at least SHORTEST_S of sound."""

    spoken: int = 0
    spoken_taken: int = 0
    """Spoken, and taken for whispered."""
    noisy: int = 0
    noisy_taken: int = 0
    """The same with noise."""
    whispered: int = 0
    whispered_missed: int = 0
    """Whispered by people, and taken for spoken."""
    made: int = 0
    made_missed: int = 0
    """The same of speech that was turned into whispers here."""
    tense: dict[str, list[float]] = field(default_factory=lambda: {"tense": [], "calm": [], DELIGHT: []})
    """How tense somebody was taken to be, by what they acted."""


def bench_tone(args: argparse.Namespace) -> int:
    """Run the benchmark and print it."""
    recordings = [one for folder in args.clips for one in _read(Path(folder))]
    if not recordings:
        raise ConfigError("--clips: no recordings in them")
    noises = [read_recording(file) for folder in args.noise for file in sorted(Path(folder).glob("*.wav"))]
    figures = measure(recordings, noises)
    _print(figures)
    if args.report:
        Path(args.report).write_text(json.dumps(asdict(figures), indent=1))
    return 0


def measure(recordings: Sequence[tuple[Pcm16, Mapping[str, Any]]], noises: Sequence[Pcm16]) -> Figures:
    """Judge every recording by itself, made into a whisper, in noise, and against how its speaker usually speaks."""
    figures = Figures()
    acted: list[tuple[str, str, Prosody]] = []
    for number, (samples, label) in enumerate(recordings):
        heard = prosody(samples)
        if heard is None or heard.speech_s < SHORTEST_S:
            continue
        taken = _is_whispered(heard)
        if label.get("phenomenon") == WHISPER:
            figures.whispered += 1
            figures.whispered_missed += not taken
            continue
        figures.spoken += 1
        figures.spoken_taken += taken
        made = prosody(whispered(samples, np.random.default_rng(number)))
        if made is not None and made.speech_s >= SHORTEST_S:
            figures.made += 1
            figures.made_missed += not _is_whispered(made)
        if noises:
            length_s = len(samples) / MIC_RATE_HZ
            noisy = prosody(at_snr(samples, noises[number % len(noises)], NOISY_DB, (0.0, length_s)))
            figures.noisy += 1
            figures.noisy_taken += noisy is not None and _is_whispered(noisy)
        if "emotion" in label:
            acted.append((str(label.get("speaker")), str(label["emotion"]), heard))
    for speaker, emotion, heard in acted:
        kind = "tense" if emotion in TENSE else "calm" if emotion in CALM else emotion
        usual = Usual()
        for other, felt, said in acted:
            if other == speaker and felt in CALM and said is not heard:
                usual = usual.with_one_more(said)
        judged = tone(heard, usual, feelings=True).feeling
        if usual.utterances >= KNOWN_AFTER and judged is not None and kind in figures.tense:
            figures.tense[kind].append(judged.tense)
    return figures


def whispered(samples: Pcm16, rng: np.random.Generator) -> Pcm16:
    """Speech as if it were whispered, shape (n,): noise through the mouth's shapes, without the lowest octaves."""
    padded = np.pad(samples.astype(np.float64), WINDOW)
    out = np.zeros(len(padded))
    hann = np.hanning(WINDOW)
    lifter = np.zeros(WINDOW)
    lifter[:ENVELOPE] = lifter[-ENVELOPE + 1 :] = 1.0
    hz = np.fft.rfftfreq(WINDOW, 1 / MIC_RATE_HZ)
    tilt = np.minimum(1.0, hz / 1500)
    for start in range(0, len(padded) - WINDOW, WINDOW // 2):
        spectrum = np.abs(np.fft.rfft(padded[start : start + WINDOW] * hann)) + 1e-3
        cepstrum = np.fft.irfft(np.log(spectrum))
        envelope = np.exp(np.fft.rfft(cepstrum * lifter).real)
        noise = np.fft.rfft(rng.normal(0, 1, WINDOW) * hann) / np.sqrt(np.sum(hann**2))
        out[start : start + WINDOW] += np.fft.irfft(envelope * tilt * noise)
    made: Pcm16 = np.clip(np.rint(out[WINDOW:-WINDOW]), -32768, 32767).astype(np.int16)
    return made


def area(above: Sequence[float], below: Sequence[float]) -> float | None:
    """How often one of `above` is above one of `below`: 0.5 is chance. None where either is empty."""
    if not above or not below:
        return None
    pairs = [(high > low) + 0.5 * (high == low) for high in above for low in below]
    return sum(pairs) / len(pairs)


def _is_whispered(heard: Prosody) -> bool:
    return tone(heard, Usual(), feelings=False).is_whispered


def _read(folder: Path) -> Iterator[tuple[Pcm16, Mapping[str, Any]]]:
    labels = read_labels(folder / "labels.jsonl")
    for file in sorted(folder.iterdir()):
        if file.suffix in FORMATS:
            yield read_recording(file), labels.get(file.name, {})


def _print(figures: Figures) -> None:
    table = Table("", "wrong", "of")
    table.add_row("spoken, taken for whispered", str(figures.spoken_taken), str(figures.spoken))
    table.add_row(f"the same with noise at {NOISY_DB} dB", str(figures.noisy_taken), str(figures.noisy))
    table.add_row("whispered by people, missed", str(figures.whispered_missed), str(figures.whispered))
    table.add_row("made into whispers here, missed", str(figures.made_missed), str(figures.made))
    console = Console()
    console.print(table)
    tense, calm, delight = (figures.tense[kind] for kind in ("tense", "calm", DELIGHT))
    if (told := area(tense, calm)) is not None:
        console.print(f"tense above calm, acted: area {told:.2f} (n={len(tense)} and {len(calm)})")
    if (told := area(delight, calm)) is not None:
        console.print(f"delight taken for tense above calm: area {told:.2f} (n={len(delight)} and {len(calm)})")
