#!/usr/bin/env python3
"""Measures the voice activity detectors against hand-made labels.

CLIPS is a folder of recordings with a `labels.jsonl`, a line each: `{"file", "segments_start_end_speech": [[start_s,
end_s, 1 or 0], ...]}`. For each detector it prints precision and recall of 20 ms frames, and for every labelled
beginning and end of speech how far from it the segmenter dated it: the median, and from which tenth to which. "Known
after" is when the beginning was known, counted from the label. The cost is processor time per frame, on the clips
and on `--quiet` (a recording of a room, or else faint noise).

usage: python scripts/bench_vad.py --clips CLIPS [--quiet FILE.wav] [--threshold P] [--onset-ms N] [--webrtc-mode N]
"""

import argparse
import itertools
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.models.verify import verified_folder
from audio.engines import EngineSettings, build
from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ, Frame, Pcm16
from audio.vad.protocol import VoiceActivityDetector
from audio.vad.segmenter import Segmenter
from audio.wav import read_wav

FRAME_S = FRAME_SAMPLES / MIC_RATE_HZ
NEAR_S = 0.4
"""A beginning or an end further away than this belongs to another one, and the labelled one counts as missed."""
SHORTEST_S = 0.15
"""Labelled pauses and stretches of speech shorter than this are no beginnings and ends of their own."""


@dataclass
class Tally:
    """What one detector made of all clips."""

    hits: int = 0
    false_alarms: int = 0
    omissions: int = 0
    onset_errors_ms: list[float] = field(default_factory=list)
    known_after_ms: list[float] = field(default_factory=list)
    end_errors_ms: list[float] = field(default_factory=list)
    missed: int = 0
    frame_costs_ms: list[float] = field(default_factory=list)


def frames(samples: Pcm16) -> Iterator[Frame]:
    for start in range(0, len(samples) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        yield Frame(start, samples[start : start + FRAME_SAMPLES])


def scores(vad: VoiceActivityDetector, samples: Pcm16, costs_ms: list[float]) -> NDArray[np.float64]:
    vad.reset()
    found = []
    for frame in frames(samples):
        before_s = time.thread_time()
        found.append(vad.probability(frame))
        costs_ms.append(1e3 * (time.thread_time() - before_s))
    return np.array(found)


def count(tally: Tally, found: NDArray[np.float64], segments: list[list[float]], threshold: float) -> None:
    truth = np.zeros(len(found), bool)
    for start_s, end_s, is_speech in segments:
        truth[round(start_s / FRAME_S) : round(end_s / FRAME_S)] = bool(is_speech)
    hit = found >= threshold
    tally.hits += int((hit & truth).sum())
    tally.false_alarms += int((hit & ~truth).sum())
    tally.omissions += int((~hit & truth).sum())


def compare(tally: Tally, found: NDArray[np.float64], segments: list[list[float]], segmenter: Segmenter) -> None:
    began: list[tuple[float, float]] = []
    ended: list[float] = []
    was_speaking = False
    for number, probability in enumerate(found):
        state = segmenter.push(number * FRAME_S, (number + 1) * FRAME_S, float(probability))
        if state.is_speaking and not was_speaking and state.onset_s is not None:
            began.append((state.onset_s, (number + 1) * FRAME_S))
        if was_speaking and not state.is_speaking and state.last_speech_end_s is not None:
            ended.append(state.last_speech_end_s)
        was_speaking = state.is_speaking
    for (before_s, _, _), (at_s, until_s, is_speech) in itertools.pairwise(segments):
        pause_s = at_s - before_s if is_speech else until_s - at_s
        if pause_s < SHORTEST_S:
            continue
        near = [time_s for time_s in ([one[0] for one in began] if is_speech else ended) if abs(time_s - at_s) < NEAR_S]
        if not near:
            tally.missed += 1
            continue
        nearest_s = min(near, key=lambda time_s: abs(time_s - at_s))
        if is_speech:
            tally.onset_errors_ms.append(1e3 * (nearest_s - at_s))
            tally.known_after_ms.append(1e3 * (dict(began)[nearest_s] - at_s))
        else:
            tally.end_errors_ms.append(1e3 * (nearest_s - at_s))


def spread(values: list[float]) -> str:
    if not values:
        return "none"
    low, middle, high = np.percentile(values, [10, 50, 90])
    return f"{middle:+.0f} ({low:+.0f} to {high:+.0f}), n={len(values)}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=Path, required=True)
    parser.add_argument("--quiet", type=Path)
    parser.add_argument("--model", default="silero-vad-v6")
    parser.add_argument("--threshold", type=float, default=0.5)
    parser.add_argument("--onset-ms", type=int, default=60)
    parser.add_argument("--webrtc-mode", type=int, default=2)
    args = parser.parse_args()
    labels = [json.loads(line) for line in (args.clips / "labels.jsonl").read_text(encoding="utf-8").splitlines()]
    clips = [(read_wav(args.clips / label["file"]), label["segments_start_end_speech"]) for label in labels]
    faint = np.random.default_rng(0).normal(0, 30, 20 * MIC_RATE_HZ).astype(np.int16)
    quiet = read_wav(args.quiet) if args.quiet else faint
    settings = EngineSettings({"model": args.model, "webrtc_mode": args.webrtc_mode}, verified_folder)
    print(f"{len(clips)} clips, {sum(len(samples) for samples, _ in clips) / MIC_RATE_HZ:.0f} s")
    for engine in ("webrtc", "silero", "gated"):
        vad: VoiceActivityDetector = build("vad", engine, settings)
        tally, idle_ms = Tally(), list[float]()
        for samples, segments in clips:
            found = scores(vad, samples, tally.frame_costs_ms)
            count(tally, found, segments, args.threshold)
            compare(tally, found, segments, Segmenter(threshold=args.threshold, onset_ms=args.onset_ms))
        in_quiet = scores(vad, quiet, idle_ms)
        print(f"{engine}:")
        print(f"  frames: precision {tally.hits / max(1, tally.hits + tally.false_alarms):.3f}", end=", ")
        print(f"recall {tally.hits / max(1, tally.hits + tally.omissions):.3f}")
        print(f"  beginning dated, ms from the label: {spread(tally.onset_errors_ms)}")
        print(f"  beginning known after, ms:          {spread(tally.known_after_ms)}")
        print(f"  end dated, ms from the label:       {spread(tally.end_errors_ms)};  missed {tally.missed}")
        print(f"  ms a frame: speech {np.mean(tally.frame_costs_ms):.4f}, quiet {np.mean(idle_ms):.4f}", end=" ")
        print(f"(longest {max(tally.frame_costs_ms + idle_ms):.2f}); frames of the quiet taken for speech: ", end="")
        print(f"{np.mean(in_quiet >= args.threshold):.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
