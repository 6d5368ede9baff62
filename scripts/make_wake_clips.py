#!/usr/bin/env python3
"""Makes calls for `hearthside bench wake` with the configured voice, for phrases that few recordings of people hold.

Every phrase is said alone, with a short pause before a question, and in one breath with it; at three speeds.
`labels.jsonl` tells `{"file", "phrase", "phrase_end_s", "question", "source": "synthetic"}`, the end as the voice
itself gives it. One voice, however it is bent, is no crowd: take the figures for what they are.

usage: python scripts/make_wake_clips.py --out DIR [--config FILE]
"""

import argparse
import asyncio
import json
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from assistant.cli.options import add_config_option, configuration
from assistant.config import Config
from assistant.opening import build_engine
from audio.frames import MIC_RATE_HZ, Pcm16
from audio.resample import resampled

PHRASES = ("Hey Jarvis", "Okay Nabu", "Hey Mycroft", "Alexa")
QUESTIONS = ("what time is it?", "turn on the lights.", "is it going to rain?", "set a timer for five minutes.")
SPEEDS = (0.85, 1.0, 1.2)


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    phrase: str
    question: str
    samples: Pcm16
    phrase_end_s: float


async def calls(config: Config) -> list[Call]:
    """Everything said once at each speed."""
    made = []
    for speed in SPEEDS:
        tts = build_engine("tts", config.tts.model_copy(update={"speed": speed}))
        try:
            await tts.warm()
            for phrase, between, question in _texts():
                async with aclosing(tts.synthesize(phrase + between + question)) as stream:
                    chunks = [chunk async for chunk in stream]
                samples = np.concatenate([chunk.samples for chunk in chunks])
                end_s = next(word.end_s for chunk in chunks for word in chunk.words if word.end_char >= len(phrase))
                made.append(Call(phrase, question, resampled(samples, tts.rate_hz, MIC_RATE_HZ), end_s))
        finally:
            await tts.close()
    return made


def _texts() -> Iterator[tuple[str, str, str]]:
    for phrase in PHRASES:
        yield phrase, ".", ""
        for number, question in enumerate(QUESTIONS):
            yield phrase, ", " if number % 2 else " ", question


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", metavar="DIR", type=Path, required=True)
    add_config_option(parser)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    with (args.out / "labels.jsonl").open("w") as labels:
        for number, call in enumerate(asyncio.run(calls(configuration(args)))):
            file = f"{number:03}.wav"
            soundfile.write(args.out / file, call.samples, MIC_RATE_HZ, subtype="PCM_16")
            label = {
                "file": file,
                "phrase": call.phrase.lower(),
                "phrase_end_s": round(call.phrase_end_s, 3),
                "question": call.question,
                "source": "synthetic",
            }
            labels.write(json.dumps(label) + "\n")


if __name__ == "__main__":
    main()
