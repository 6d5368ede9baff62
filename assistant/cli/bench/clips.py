"""The recordings of a benchmark, and what is known about them."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import soundfile

from assistant.config import Config, ConfigError
from assistant.opening import build_engine
from audio.acoustics import spoken_span
from audio.frames import MIC_RATE_HZ, Pcm16, to_pcm16
from audio.resample import resampled
from audio.vad.segmenter import Segmenter
from audio.wav import read_wav


@dataclass(frozen=True, slots=True)
class Clip:
    """One utterance. Times are seconds from the file's first sample."""

    file: Path
    text: str
    """What is said, word by word; "" where nobody wrote it down."""
    speech_start_s: float
    speech_end_s: float
    pauses: tuple[tuple[float, float], ...] = ()
    """Silences inside the utterance."""
    is_labelled: bool = True
    """Whether the times come from labels; otherwise from voice activity, refined by energy."""
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def has_pause(self) -> bool:
        return bool(self.pauses)


def read_clips(folder: Path, config: Config, limit: int | None = None) -> list[Clip]:
    """The WAV files of a folder that hold speech in the configured language, in order of name.

    `labels.jsonl` beside them gives, a line each, `file` and what is known: `text`, `speech_start_s`,
    `speech_end_s`, `pauses`, `lang`. Raises ConfigError where there is nothing to measure.
    """
    if not folder.is_dir():
        raise ConfigError(f"--clips {folder}: no such folder")
    known = read_labels(folder / "labels.jsonl")
    files = [
        file
        for file in sorted(folder.glob("*.wav"))
        if known.get(file.name, {}).get("lang", config.stt.language) == config.stt.language
    ]
    if limit is not None and limit < len(files):
        files = [files[position * len(files) // limit] for position in range(limit)]
    clips = [clip for file in files if (clip := _clip(file, known.get(file.name, {}), config)) is not None]
    if not clips:
        raise ConfigError(f"--clips {folder}: no WAV file with speech in it")
    return clips


def read_labels(file: Path) -> dict[str, dict[str, Any]]:
    """What `labels.jsonl` tells of each file, by its name; nothing where there is none. Raises ConfigError."""
    if not file.is_file():
        return {}
    try:
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        return {str(line["file"]): line for line in lines}
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise ConfigError(f"{file}: not JSON Lines with a `file` in each: {error}") from None


def read_recording(file: Path) -> Pcm16:
    """A recording of any format and rate, as 16 kHz mono, shape (n,). Raises soundfile.SoundFileError."""
    samples, rate_hz = soundfile.read(file, dtype="float32", always_2d=True)
    return resampled(to_pcm16(samples.mean(axis=1)), rate_hz, MIC_RATE_HZ)


def _clip(file: Path, label: dict[str, Any], config: Config) -> Clip | None:
    text = str(label.get("text") or "")
    if "speech_end_s" in label:
        pauses = tuple((float(begin), float(end)) for begin, end in label.get("pauses", ()))
        start_s = float(label.get("speech_start_s", 0.0))
        return Clip(file, text, start_s, float(label["speech_end_s"]), pauses, about=label)
    segmenter = Segmenter(threshold=config.vad.threshold, onset_ms=config.vad.onset_ms)
    span = spoken_span(read_wav(file), build_engine("vad", config.vad), segmenter)
    if span is None:
        return None
    return Clip(file, text, span.start_s, span.end_s, span.pauses, is_labelled=False, about=label)
