#!/usr/bin/env python3
"""Weighs words, punctuation, sound and what a language model expects against each other: audio/turn_end/semantic.json.

Clips are WAV files of one spoken command or question each. Pauses are made at their word boundaries
(audio/turn_end/cases.py), and each is transcribed and scored as it would be in a conversation. `--fit` clips give the
weights, `--fit-words` clips only those of words and punctuation (a synthetic voice ends its sentences too clearly to
judge a sound model by), `--test` clips only figures. `--measured F.jsonl` keeps what was measured and goes on from it.
What the embedded language model expects is asked anew each time: it takes a minute.

The shipped weights: --fit 266 recordings of Picovoice/speech-to-intent-benchmark (Apache-2.0), --fit-words 265
sentences of the corpora that train_turn_end.py holds out, spoken by the project's voice.

usage: python scripts/weigh_turn_end.py --fit DIR --fit-words DIR --test DIR --measured F.jsonl --out semantic.json
"""

import argparse
import asyncio
import json
import math
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from assistant.brain.build import open_language_model
from assistant.config import Config, SttConfig
from assistant.models.verify import verified_folder
from assistant.policies import history_of
from audio.engines import EngineSettings, build
from audio.frames import to_float
from audio.stt.protocol import SpeechToText
from audio.turn_end import smart_turn
from audio.turn_end.cases import cases
from audio.turn_end.frontier import FrontierPoint, Silence, two_waits
from audio.turn_end.protocol import PausedTurn
from audio.turn_end.semantic import Blend, believed, log_odds_of
from audio.turn_end.smart_turn import SmartTurn
from audio.turn_end.words import ENDINGS, ending, normalise, words_model
from audio.wav import read_wav

PAUSES_A_CLIP = 4
HEARD_AFTER_S = 0.1
"""Length of silence at which words and sound are judged."""
KNOWN_LATER_S = 0.05
"""What a judgement takes."""
MARKS = ENDINGS[1:]
RIDGE = 0.002
THRESHOLDS = np.round(np.arange(0.3, 0.96, 0.05), 2).tolist()


@dataclass(frozen=True, slots=True)
class Measured:
    """One silence; `lasts_s` is None after the last word; `words` and `sound` as known after HEARD_AFTER_S.

    `expected` is how likely the language model finds it that a message ends with these words.
    """

    clip: str
    lasts_s: float | None
    words: str
    sound: float
    expected: float = 0.5

    @property
    def is_end(self) -> bool:
        return self.lasts_s is None

    def by_words(self) -> list[float]:
        said = believed(words_model().log_odds(normalise(self.words)))
        return [said, *(float(ending(self.words) == mark) for mark in MARKS)]

    def by_words_and_expected(self) -> list[float]:
        return [log_odds_of(self.expected), *self.by_words()]


async def measure_clip(clip: Path, stt: SpeechToText, sound: SmartTurn) -> list[Measured]:
    """Its end and its pauses. A cut that already holds all the words is none: the boundary was not where it seemed."""
    samples = await asyncio.to_thread(read_wav, clip)
    random = np.random.default_rng(crc32(clip.name.encode()))
    whole = await stt.transcribe(to_float(samples), start_s=0.0)
    boundaries_s = [(word.end_s + following.start_s) / 2 for word, following in pairwise(whole.words)]
    found: list[Measured] = []
    for case in cases(samples, boundaries_s, random, pauses=PAUSES_A_CLIP):
        paused = case.after(HEARD_AFTER_S)
        heard = await stt.revise(to_float(paused), start_s=0.0, earlier=None)
        is_end = math.isinf(case.lasts_s)
        words = normalise(heard.text)
        if not words or (not is_end and (not found or words == normalise(found[0].words))):
            continue
        score = await sound.probability(PausedTurn(paused, HEARD_AFTER_S))
        found.append(Measured(clip.name, None if is_end else case.lasts_s, heard.text, score))
    return found


def measured_before(kept: Path) -> dict[str, list[Measured]]:
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    return {clip["path"]: [Measured(**one) for one in clip["silences"]] for clip in map(json.loads, lines)}


async def measure_all(clips: list[Path], kept: Path, known: dict[str, list[Measured]]) -> None:
    """Measure what is not yet known, and keep it."""
    options: dict[str, Any] = {"model": SttConfig().model, "language": "en", "beam_size": 1, "threads": 1}
    stt: SpeechToText = build(
        "stt", "faster-whisper", EngineSettings(options | {"device": "cpu", "compute_type": "int8"}, verified_folder)
    )
    sound = smart_turn.build(EngineSettings({}, verified_folder))
    with kept.open("a", encoding="utf-8") as out:
        for clip in clips:
            if str(clip) not in known:
                known[str(clip)] = await measure_clip(clip, stt, sound)
                silences = [asdict(one) for one in known[str(clip)]]
                out.write(json.dumps({"path": str(clip), "silences": silences}) + "\n")
                out.flush()
    await stt.close()
    await sound.close()


async def with_expected(measured: list[Measured]) -> list[Measured]:
    """The same, and what the language model expects, of the question that begins a conversation."""
    config = Config()
    history = history_of(config)
    expected: dict[str, float | None] = {}
    async with open_language_model(config.llm, verified_folder) as model:
        await model.warm(history.prefix())
        for words in sorted({one.words for one in measured}):
            expected[words] = await model.warm(history.messages(words))
    told = {words: probability for words, probability in expected.items() if probability is not None}
    return [replace(one, expected=told[one.words]) for one in measured]


def fitted(rows: list[list[float]], is_end: list[bool], group: list[int]) -> list[float]:
    """Weights and, last, the bias of a logistic regression; ends and pauses weigh the same in each group."""
    given = np.column_stack([np.array(rows), np.ones(len(rows))])
    ends, groups = np.array(is_end, float), np.array(group)
    weight = np.zeros(len(rows))
    for one in set(group):
        for kind in (0.0, 1.0):
            chosen = (groups == one) & (ends == kind)
            weight[chosen] = 1 / max(int(chosen.sum()), 1)
    weight *= len(rows) / weight.sum()
    scale: NDArray[np.float64] = given.std(axis=0)
    scale[scale == 0] = 1
    given = given / scale
    ridge = RIDGE * len(rows) * np.eye(given.shape[1])
    ridge[-1, -1] = 0
    weights = np.zeros(given.shape[1])
    for _ in range(50):  # Newton's method; a dozen rounds are enough
        expected = 1 / (1 + np.exp(-given @ weights))
        curvature = (given * (weight * expected * (1 - expected))[:, None]).T @ given + ridge
        weights -= np.linalg.solve(curvature, given.T @ (weight * (expected - ends)) + ridge @ weights)
    found: list[float] = (weights / scale).tolist()
    return found


def weigh(real: list[Measured], spoken: list[Measured]) -> dict[str, Blend]:
    """With and without what the language model expects, and the sound for itself."""
    heard = [[log_odds_of(one.sound)] for one in real]
    sound, bias = fitted(heard, [one.is_end for one in real], [0] * len(real))
    words, both = weigh_words(real, spoken, lambda one: [0.0, *one.by_words()])
    expected, all_three = weigh_words(real, spoken, Measured.by_words_and_expected)
    found = {"words": words, "sound": blend(bias, [], sound), "both": both}
    return found | {"words, expected": expected, "both, expected": all_three}


def weigh_words(
    real: list[Measured], spoken: list[Measured], told: Callable[[Measured], list[float]]
) -> tuple[Blend, Blend]:
    """First the words, on both kinds of recordings; then the sound beside them, on the real ones."""
    both = real + spoken
    *by_words, bias = fitted(
        [told(one) for one in both], [one.is_end for one in both], [0] * len(real) + [1] * len(spoken)
    )
    beside = [[float(np.dot(by_words, told(one))) + bias, log_odds_of(one.sound)] for one in real]
    of_words, of_sound, offset = fitted(beside, [one.is_end for one in real], [0] * len(real))
    scaled = [of_words * value for value in by_words]
    return blend(bias, by_words, 0.0), blend(offset + of_words * bias, scaled, of_sound)


def blend(bias: float, by_words: list[float], sound: float) -> Blend:
    """`by_words` are the weights of what `Measured.by_words_and_expected` gives."""
    expected, words, *marks = (round(value, 3) for value in by_words or [0.0, 0.0])
    return Blend(round(bias, 3), words, round(sound, 3), dict(zip(MARKS, marks, strict=False)), expected)


def silences(measured: list[Measured], blends: dict[str, Blend], kind: str) -> list[Silence]:
    found = []
    for one in measured:
        said, mark = (one.by_words()[0], ending(one.words)) if kind != "sound" else (0.0, "")
        probability = blends[kind].probability(said, log_odds_of(one.sound), mark, log_odds_of(one.expected))
        opinions = ((HEARD_AFTER_S + KNOWN_LATER_S, probability),)
        found.append(Silence(math.inf if one.lasts_s is None else one.lasts_s, opinions))
    return found


def show(title: str, points: list[FrontierPoint]) -> None:
    print(f"{title}: {points[0].pauses} pauses, {points[0].ends} ends; 0.2 s from the threshold on, 1.2 s below")
    print("  threshold   cut  median    90 %    95 %")
    for point in points:
        print(f"       {point.rule} {point.cut:5.1%} {point.median_s:5.2f} s {point.p90_s:5.2f} s {point.p95_s:5.2f} s")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", type=Path, required=True)
    parser.add_argument("--fit-words", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--measured", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    folders = [sorted(folder.glob("*.wav")) for folder in (args.fit, args.fit_words, args.test)]
    known = measured_before(args.measured)
    asyncio.run(measure_all([clip for clips in folders for clip in clips], args.measured, known))
    measured = ([one for clip in clips for one in known[str(clip)]] for clips in folders)
    real, spoken, test = (asyncio.run(with_expected(each)) for each in measured)
    blends = weigh(real, spoken)
    text = json.dumps({name: asdict(one) for name, one in blends.items()}, indent=2)
    args.out.write_text(text + "\n", encoding="utf-8")
    for kind in blends:
        show(f"{kind}, fitted on", two_waits(silences(real, blends, kind), THRESHOLDS))
        show(f"{kind}, kept apart", two_waits(silences(test, blends, kind), THRESHOLDS))
    return 0


if __name__ == "__main__":
    sys.exit(main())
