#!/usr/bin/env python3
"""Measures speech-to-text: short windows against Whisper's 30 s, and rolling passes over utterances as they are said.

CLIPS is a folder of recordings with a `labels.jsonl`, a line each: `{"file", "text", "lang"}`; those in the language
of `--language` are used, cut to their speech. For each model it prints

- word error rate, milliseconds a pass by length of the utterance (median, 95 %) and processor time of a pass, for the
  careful decoding and for one pass over the whole in windows of the given lengths ("own": the engine's choice);
- a rolling session: passes back to back over the audio that was there when each began, as if it were being said, and
  a last one when it is over. Word error rate of the last one, passes a second of speech, the part of the time they
  computed, the time from the last sound of speech to the end of the pass that heard it, and how long after a word's
  end (by the careful decoding) it first stood where it stayed.

A pass's time is that of a machine that does nothing else; processor time tells more on a busy one.

usage: python scripts/bench_stt.py --clips CLIPS [--model NAME ...] [--threads N] [--window S ...] [--snr-db DB]
"""

import argparse
import asyncio
import json
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from assistant.models.verify import verified_folder
from audio.acoustics import spoken_span
from audio.engines import EngineSettings, build
from audio.frames import MIC_RATE_HZ, PcmFloat, to_float
from audio.stt.one_pass import OnePassWhisper
from audio.stt.protocol import SpeechToText, Transcript
from audio.stt.short_window import ShortWindow
from audio.stt.word_errors import spoken_words, word_error_rate
from audio.vad.segmenter import Segmenter
from audio.vad.silero import SileroVad
from audio.wav import read_wav

BEFORE_S, AFTER_S = 0.3, 0.1
"""Of the recording that a session hands over, before the speech and after it."""
FIRST_PASS_S = 0.4
LENGTHS_S = (1, 2, 3, 4, 6, 8)


@dataclass
class Tally:
    """What one way to transcribe made of the clips."""

    pairs: list[tuple[str, str]] = field(default_factory=list)
    wall_ms: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    cpu_ms: list[float] = field(default_factory=list)

    def note(self, length_s: float, wall_s: float, cpu_s: float) -> None:
        self.wall_ms[next((limit for limit in LENGTHS_S if length_s < limit), 99)].append(1000 * wall_s)
        self.cpu_ms.append(1000 * cpu_s)

    def show(self, name: str) -> None:
        rate = f"{100 * word_error_rate(self.pairs):5.1f} %" if self.pairs else ""
        cells = [f"{spread(self.wall_ms[limit]):>9}" for limit in (*LENGTHS_S, 99)]
        print(f"  {name:16} {rate:8} {' '.join(cells)} {np.median(self.cpu_ms):7.0f}")


@dataclass
class Sessions:
    """What rolling sessions came to."""

    speech_s: float = 0.0
    computed_s: float = 0.0
    passes: int = 0
    after_end_ms: list[float] = field(default_factory=list)
    settled_after_ms: list[float] = field(default_factory=list)


def spread(values: list[float]) -> str:
    return f"{np.median(values):.0f}/{np.quantile(values, 0.95):.0f}" if values else "-"


def clips(folder: Path, language: str, snr_db: float | None) -> list[tuple[str, PcmFloat]]:
    """Text and speech of each recording."""
    silero = verified_folder("silero-vad-v6") / "silero_vad_v6.onnx"
    random = np.random.default_rng(0)
    found = []
    for label in map(json.loads, (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()):
        if label.get("lang", language) != language or not label.get("text"):
            continue
        recorded = read_wav(folder / label["file"])
        span = spoken_span(recorded, SileroVad(silero), Segmenter(threshold=0.5, onset_ms=60))
        if span is None:
            continue
        first, last = (round(at_s * MIC_RATE_HZ) for at_s in (span.start_s - BEFORE_S, span.end_s + AFTER_S))
        samples = to_float(recorded[max(0, first) : last])
        if snr_db is not None:
            loudness = float(np.sqrt(np.mean(np.square(samples)))) * 10 ** (-snr_db / 20)
            samples = samples + random.normal(0, loudness, len(samples)).astype(np.float32)
        found.append((label["text"], samples))
    return found


async def careful(stt: SpeechToText, speech: list[tuple[str, PcmFloat]]) -> list[Transcript]:
    tally, transcripts = Tally(), []
    for text, samples in speech:
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        transcripts.append(await stt.transcribe(samples, start_s=0.0))
        tally.note(len(samples) / MIC_RATE_HZ, time.perf_counter() - wall_s, time.process_time() - cpu_s)
        tally.pairs.append((text, transcripts[-1].text))
    tally.show("careful")
    return transcripts


def one_pass(window: ShortWindow, speech: list[tuple[str, PcmFloat]], name: str) -> None:
    tally = Tally()
    for text, samples in speech:
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        decoding = window.decode(samples)
        tally.note(len(samples) / MIC_RATE_HZ, time.perf_counter() - wall_s, time.process_time() - cpu_s)
        tally.pairs.append((text, decoding.text))
    tally.show(name)


async def rolling(stt: SpeechToText, speech: list[tuple[str, PcmFloat]], whole: list[Transcript]) -> None:
    tally, sessions = Tally(), Sessions()
    for (text, samples), final in zip(speech, whole, strict=True):
        length_s = len(samples) / MIC_RATE_HZ
        now_s, heard_s, revision = FIRST_PASS_S, 0.0, None
        revisions: list[tuple[float, Transcript]] = []
        while heard_s < length_s:
            heard_s = min(now_s, length_s)
            part = samples[: round(heard_s * MIC_RATE_HZ)]
            wall_s, cpu_s = time.perf_counter(), time.process_time()
            revision = await stt.revise(part, start_s=0.0, earlier=revision)
            took_s = time.perf_counter() - wall_s
            tally.note(heard_s, took_s, time.process_time() - cpu_s)
            now_s, sessions.computed_s = now_s + took_s, sessions.computed_s + took_s
            revisions.append((now_s, revision))
        sessions.speech_s += length_s
        sessions.passes += len(revisions)
        sessions.after_end_ms.append(1000 * (now_s - (length_s - AFTER_S)))
        sessions.settled_after_ms += settled_after_ms(revisions, final)
        tally.pairs.append((text, revisions[-1][1].text))
    tally.show("rolling")
    print(f"    {sessions.passes / sessions.speech_s:.1f} passes a second of speech,", end=" ")
    print(f"computing {sessions.computed_s / sessions.speech_s:.2f} of the time;", end=" ")
    print(f"last sound to last words {spread(sessions.after_end_ms)} ms;", end=" ")
    print(f"a word stands for good {spread(sessions.settled_after_ms)} ms after its end")


def settled_after_ms(revisions: list[tuple[float, Transcript]], final: Transcript) -> list[float]:
    """For each word of the last revision that the careful decoding has, too: from its end to when it came to stay."""
    last = spoken_words(revisions[-1][1].text)
    said = [(spoken_words(word.text), word.end_s) for word in final.words]
    ends = [end_s for words, end_s in said for _ in words]
    if [word for words, _ in said for word in words] != last:
        return []
    stood_s = [revisions[-1][0]] * len(last)
    for at, _ in enumerate(last):
        for at_s, revision in reversed(revisions):
            if spoken_words(revision.text)[: at + 1] != last[: at + 1]:
                break
            stood_s[at] = at_s
    return [1000 * (since_s - end_s) for since_s, end_s in zip(stood_s, ends, strict=True)]


async def measure(name: str, speech: list[tuple[str, PcmFloat]], args: argparse.Namespace) -> None:
    options = {"model": name, "language": args.language, "beam_size": 1, "threads": args.threads}
    settings = EngineSettings({**options, "device": "cpu", "compute_type": args.compute_type}, verified_folder)
    stt: SpeechToText = build("stt", "faster-whisper", settings)
    await stt.warm()
    limits = [*(f"<{limit} s" for limit in LENGTHS_S), "longer"]
    print(f"{name}, {args.threads} threads, {args.compute_type}; ms a pass (median/95 %) of utterances of")
    print(f"  {'':16} {'errors':8} {' '.join(f'{limit:>9}' for limit in limits)} {'cpu ms':>7}")
    transcripts = await careful(stt, speech)
    await rolling(stt, speech, transcripts)
    await stt.close()
    folder = str(verified_folder(name))
    model = OnePassWhisper(folder, device="cpu", compute_type=args.compute_type, cpu_threads=args.threads)
    for window_s in [None, *args.window]:
        window = ShortWindow(model, languages=(args.language,), shortest_s=window_s)
        await asyncio.to_thread(one_pass, window, speech, f"{window_s:.0f} s" if window_s else "own window")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=Path, required=True)
    parser.add_argument("--model", action="append", default=[])
    parser.add_argument("--language", default="en")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--compute-type", default="int8")
    parser.add_argument("--window", type=float, action="append", default=[])
    parser.add_argument("--snr-db", type=float)
    args = parser.parse_args()
    speech = clips(args.clips, args.language, args.snr_db)
    print(f"{len(speech)} clips, {sum(len(samples) for _, samples in speech) / MIC_RATE_HZ:.0f} s of speech")
    for name in args.model or ["whisper-tiny.en", "whisper-base"]:
        asyncio.run(measure(name, speech, args))
    return 0


if __name__ == "__main__":
    sys.exit(main())
