"""`hearthside bench languages`: whether each utterance's language is found, and what is understood then."""

import argparse
import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

from rich.console import Console
from rich.table import Table

from assistant.cli.bench.clips import read_labels
from assistant.cli.bench.figures import Distribution
from assistant.cli.options import configuration
from assistant.config import Config, ConfigError
from assistant.opening import build_engine
from audio.frames import MIC_RATE_HZ, PcmFloat, to_float
from audio.stt.protocol import SpeechToText, Transcript
from audio.stt.word_errors import word_error_rate
from audio.wav import read_wav

EVERY_S = 0.4
"""Passes follow each other about so, while somebody speaks."""


@dataclass(frozen=True, slots=True)
class Understood:
    """One recording, and what became of it; `language` is the label's, `found` the one it was decoded as."""

    file: str
    language: str
    found: str
    reference: str
    text: str
    changes: int
    """How often another language was found than the pass before had."""
    passes_ms: tuple[float, ...]


def bench_languages(args: argparse.Namespace) -> int:
    """Run the benchmark and print it."""
    config = configuration(args, {})
    spoken = (config.stt.language, *config.stt.languages)
    clips = [clip for folder in args.clips for clip in _labelled(Path(folder), spoken, is_any=args.any)]
    if not clips:
        raise ConfigError(
            f"--clips: no recording in them has a `lang` in labels.jsonl that is one of {', '.join(spoken)}"
        )
    understood = asyncio.run(_listen(clips, config))
    _print(understood)
    if args.report:
        Path(args.report).write_text(json.dumps([asdict(one) for one in understood], ensure_ascii=False, indent=1))
    return 0


def _labelled(folder: Path, spoken: Sequence[str], *, is_any: bool) -> list[tuple[Path, str, str]]:
    labels = read_labels(folder / "labels.jsonl")
    found = (
        (folder / name, str(label.get("lang", "en")), str(label.get("text") or "")) for name, label in labels.items()
    )
    return sorted(one for one in found if one[0].suffix == ".wav" and one[0].is_file() and (is_any or one[1] in spoken))


async def _listen(clips: Sequence[tuple[Path, str, str]], config: Config) -> list[Understood]:
    stt: SpeechToText = await asyncio.to_thread(build_engine, "stt", config.stt)
    await stt.warm()
    understood = [await _hear(stt, *clip) for clip in clips]
    await stt.close()
    return understood


async def _hear(stt: SpeechToText, file: Path, language: str, reference: str) -> Understood:
    """Rolling passes over a recording, as in a conversation."""
    samples: PcmFloat = to_float(read_wav(file))
    heard: Transcript | None = None
    found: list[str] = []
    took_ms = []
    step = round(EVERY_S * MIC_RATE_HZ)
    for end in [*range(step, len(samples), step), len(samples)]:
        began_s = time.perf_counter()
        heard = await stt.revise(samples[:end], start_s=0.0, earlier=heard)
        took_ms.append(1000 * (time.perf_counter() - began_s))
        if heard.text:
            found.append(heard.language)
    text = heard.text if heard is not None else ""
    changes = sum(before != after for before, after in pairwise(found))
    return Understood(file.name, language, found[-1] if found else "", reference, text, changes, tuple(took_ms))


def _print(understood: Sequence[Understood]) -> None:
    table = Table("recording", "spoken", "found", "changes", "understood")
    for one in understood:
        table.add_row(one.file, one.language, one.found, str(one.changes), one.text)
    console = Console(width=160)
    console.print(table)
    right = sum(one.language == one.found for one in understood)
    console.print(f"language found: {right} of {len(understood)}")
    for language in sorted({one.language for one in understood}):
        pairs = [(one.reference, one.text) for one in understood if one.language == language and one.reference]
        if pairs:
            console.print(f"words wrong, {language}: {100 * word_error_rate(pairs):.0f} % (n={len(pairs)})")
    console.print(Distribution.of(ms for one in understood for ms in one.passes_ms).line("a pass"))
