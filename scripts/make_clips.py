#!/usr/bin/env python3
"""Makes labelled benchmark sets out of real recordings.

Every `--from` folder holds recordings and possibly a `labels.jsonl` (`{"file", "text", "speaker", "lang", ...}`);
only English ones are taken. Three sets appear under `--out`:

  NAME-clean   the recordings at 16 kHz mono, with their own room tone before and after
  NAME-noisy   the same with real noise from `--noise` mixed in at `--snr-db`; the labels are those of the clean twin
  NAME-paused  one pause of 0.4 to 1.2 s of the recording's own room tone put in between two words, and, as they
               are, those recordings of `--hesitations` that pause, and nowhere longer

Each set has its own `labels.jsonl`: `{"file", "text" ("" where unknown), "speaker", "speech_start_s", "speech_end_s"
(acoustic), "pauses": [[start_s, end_s], ...], "source"}`. Real pauses of 0.4 s and more inside a recording are labelled
too. The same seed gives the same sets. Recordings without speech are left out with a line on standard error.

usage: python scripts/make_clips.py --from DIR ... --out DIR --name NAME [--noise DIR] [--hesitations DIR ...]
"""

import argparse
import dataclasses
import itertools
import json
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import soundfile
import soxr
from faster_whisper import WhisperModel
from faster_whisper.transcribe import Word
from rich.console import Console
from rich.progress import Progress, track

from assistant.config import load
from assistant.models.verify import verified_folder
from audio.acoustics import SpokenSpan, spoken_span
from audio.engines import EngineSettings, build
from audio.frames import MIC_RATE_HZ, Pcm16, PcmFloat, to_pcm16
from audio.stt.word_errors import spoken_words
from audio.vad.segmenter import Segmenter
from scripts.clip_sounds import NEAR_S, Clip, in_its_room, in_noise, quietest_s, with_pause

PAUSE_S = (0.4, 1.2)
FEWEST_WORDS = 3
FORMATS = {".wav", ".flac", ".mp3"}


def read(file: Path) -> PcmFloat:
    """A recording as 16 kHz mono floats."""
    samples, rate_hz = soundfile.read(file, dtype="float32", always_2d=True)
    mono: PcmFloat = samples.mean(axis=1, dtype=np.float32)
    return mono if rate_hz == MIC_RATE_HZ else soxr.resample(mono, rate_hz, MIC_RATE_HZ)


def in_turn(clips: Iterable[Clip], rng: random.Random) -> list[Clip]:
    """All clips in an order whose every beginning takes from all folders alike and from as many speakers as it can."""
    folders: dict[str, dict[str, list[Clip]]] = defaultdict(lambda: defaultdict(list))
    for clip in clips:
        folders[Path(clip.label["source"]).parent.name][str(clip.label["speaker"])].append(clip)
    orders = []
    for by_speaker in folders.values():
        queues = list(by_speaker.values())
        rng.shuffle(queues)
        for queue in queues:
            rng.shuffle(queue)
        orders.append(_alternating(queues))
    return _alternating(orders)


def _alternating(queues: list[list[Clip]]) -> list[Clip]:
    return [clip for layer in itertools.zip_longest(*queues) for clip in layer if clip is not None]


def collect(folders: list[Path], span_of: Callable[[Pcm16], SpokenSpan | None]) -> list[Clip]:
    """All English recordings of the folders that hold speech."""
    clips = []
    for folder in folders:
        labels = folder / "labels.jsonl"
        rows = map(json.loads, labels.read_text().splitlines()) if labels.exists() else ()
        known = {row["file"]: row for row in rows}
        for file in sorted(file for file in folder.iterdir() if file.suffix in FORMATS):
            row = known.get(file.name, {})
            if row.get("lang", "en") != "en" or (known and not row):
                continue
            samples = read(file)
            span = span_of(to_pcm16(samples))
            if span is None:
                print(f"{file}: no speech found; left out", file=sys.stderr)
                continue
            speaker = row.get("speaker") or row.get("speaker_cluster") or folder.name
            clips.append(Clip(file.stem, samples, span, {
                "text": row.get("text") or "", "speaker": speaker, "source": f"{folder.name}/{file.name}",
                **{key: row[key] for key in ("intent", "slots", "note", "kind", "phenomenon") if key in row},
            }))  # fmt: skip
    return clips


def words_of(samples: PcmFloat, whisper: WhisperModel) -> list[Word]:
    segments, _ = whisper.transcribe(samples, language="en", beam_size=1, word_timestamps=True)
    return [word for segment in segments for word in segment.words or ()]


def word_gaps(clip: Clip, words: list[Word]) -> list[float]:
    """Times between two words inside the clip's speech at which it can be cut, in order."""
    if len(words) < FEWEST_WORDS:
        return []
    cuts = [
        quietest_s(clip.samples, (min(before.end, after.start), max(before.end, after.start)))
        for before, after in itertools.pairwise(words)
        if abs(after.start - before.end) < PAUSE_S[0]
    ]
    return [cut for cut in cuts if clip.span.start_s + NEAR_S < cut < clip.span.end_s - NEAR_S]


def paused(clips: list[Clip], count: int, whisper: WhisperModel, rng: np.random.Generator) -> list[Clip]:
    """`count` clips with a pause put in, at most one for each gap between words, fewest to a recording.

    Whisper's word times are not exact: a clip in which it no longer hears the same words was cut inside one, and is
    left out.
    """
    texts, cuts = {}, {}
    for clip in track(clips, "finding words", console=Console(stderr=True)):
        words = words_of(clip.samples, whisper)
        texts[clip.name] = _spoken(words)
        cuts[clip.name] = word_gaps(clip, words)
        rng.shuffle(cuts[clip.name])
    candidates = (
        (clip, turn, cuts[clip.name][turn])
        for turn in range(max(map(len, cuts.values()), default=0))
        for clip in clips
        if turn < len(cuts[clip.name])
    )
    made: list[Clip] = []
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("putting pauses in", total=count)
        for clip, turn, cut_s in candidates:
            if len(made) == count:
                break
            case = with_pause(clip, cut_s, float(rng.uniform(*PAUSE_S)), rng)
            if _spoken(words_of(case.samples, whisper)) == texts[clip.name]:
                made.append(dataclasses.replace(case, name=f"{clip.name}-pause{turn + 1}"))
                progress.update(task, completed=len(made))
    return made


def _spoken(words: list[Word]) -> list[str]:
    return spoken_words("".join(word.word for word in words))


def write(folder: Path, clips: list[Clip]) -> None:
    """The clips and their labels. Whatever WAV files and labels were in the folder are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in [*folder.glob("*.wav"), *folder.glob("labels.jsonl")]:
        old.unlink()
    rows = []
    for clip in sorted(clips, key=lambda clip: clip.name):
        soundfile.write(folder / f"{clip.name}.wav", to_pcm16(clip.samples), MIC_RATE_HZ, subtype="PCM_16")
        pauses = [[round(start, 3), round(end, 3)] for start, end in clip.span.pauses]
        times = {"speech_start_s": round(clip.span.start_s, 3), "speech_end_s": round(clip.span.end_s, 3)}
        rows.append({"file": f"{clip.name}.wav", **clip.label, **times, "pauses": pauses})
    (folder / "labels.jsonl").write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows))
    print(f"{folder}: {len(rows)} clips, {len({row['speaker'] for row in rows})} speakers or clusters")


def _span_of(samples: Pcm16) -> SpokenSpan | None:
    config = load().vad
    segmenter = Segmenter(threshold=config.threshold, onset_ms=config.onset_ms)
    vad = build("vad", config.engine, EngineSettings(config.model_dump(), verified_folder))
    return spoken_span(samples, vad, segmenter)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--from", dest="sources", type=Path, action="append", required=True, help="folder of recordings"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder in which the sets are made")
    parser.add_argument("--name", required=True, help="the sets' name, e.g. dev")
    parser.add_argument("--noise", type=Path, help="folder of noise recordings; without it no noisy set is made")
    parser.add_argument("--snr-db", type=float, default=15.0, help="how far the noise lies below the speech")
    parser.add_argument("--hesitations", type=Path, action="append", default=[], help="folder of real hesitations")
    parser.add_argument("--longest", type=float, default=9.0, help="leave out longer recordings, seconds")
    parser.add_argument("--clips", type=int, default=40, help="most clips of the clean and the noisy set")
    parser.add_argument("--paused", type=int, default=100, help="clips with a pause put in")
    parser.add_argument("--words-model", default=load().stt.model, help="Whisper model that finds the words")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    rng = np.random.default_rng(args.seed)
    found = [clip for clip in collect(args.sources, _span_of) if len(clip.samples) <= args.longest * MIC_RATE_HZ]
    clips = in_turn(found, random.Random(args.seed))
    clean = [in_its_room(clip, rng) for clip in clips[: args.clips]]
    write(args.out / f"{args.name}-clean", clean)
    if args.noise:
        noises = [read(file) for file in sorted(args.noise.iterdir()) if file.suffix in FORMATS]
        noisy = [in_noise(clip, noises[n % len(noises)], args.snr_db, rng) for n, clip in enumerate(clean)]
        write(args.out / f"{args.name}-noisy", noisy)
    whisper = WhisperModel(str(verified_folder(args.words_model)), device="cpu", compute_type="int8")
    made = paused(clips, args.paused, whisper, rng)
    hesitations = [clip for clip in collect(args.hesitations, _span_of) if clip.span.pauses]
    real = [clip for clip in hesitations if all(end - start <= PAUSE_S[1] for start, end in clip.span.pauses)]
    write(args.out / f"{args.name}-paused", [in_its_room(clip, rng) for clip in [*made, *real]])
    return 0


if __name__ == "__main__":
    sys.exit(main())
