#!/usr/bin/env python3
"""Measures what two sound cards whose clocks drift apart do to echo cancellation, in a virtual room.

usage: python scripts/bench_drift.py [--seconds S] [--ppm PPM ...]

The assistant talks without a pause. `quieter` is by how much its echo goes down once the canceller has settled, in the
first and in the last quarter; `onsets` are moments at which the daemon would hear speech begin, where nobody speaks.
"""

import argparse
import asyncio
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from assistant.cli.bench.talking import Talk, detectors, onsets, quieter_db, through
from assistant.config import Config
from assistant.opening import build_engine
from audio.frames import MIC_RATE_HZ, Pcm16
from audio.tts.spoken import spoken
from audio.virtual_room import Room, reverberation

TEXT = (
    "Mix flour, eggs and milk, and let it rest for half an hour. Then bake the pancakes in a hot pan with a little "
    "butter, and turn them over when they are brown. Serve them with jam, sugar, or fruit of the season."
)


async def said(config: Config) -> Pcm16:
    tts = build_engine("tts", config.tts)
    try:
        await tts.warm()
        return await spoken(TEXT, tts)
    finally:
        await tts.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--ppm", type=float, nargs="+", default=[0, 50, -50, 100, -100, 200, -200, 500, -500])
    args = parser.parse_args()
    config = Config()
    talk = np.resize(asyncio.run(said(config)), round(args.seconds * MIC_RATE_HZ))
    played = Talk(talk, ((0, len(talk)),))
    quarter = len(talk) // 4
    print(f"{'drift, ppm':>10} {'quieter, first quarter':>23} {'last quarter':>13} {'onsets':>7}")
    for ppm in args.ppm:
        room = Room("0.3 s", reverberation(0.3), delay_s=0.04, attenuation_db=6, drift_ppm=ppm)
        heard = room.heard(talk, np.zeros_like(talk))
        clean, far = through(build_engine("echo", config.echo), room, played, heard, config.echo.lead_ms / 1000)
        quarters = (slice(2 * MIC_RATE_HZ, quarter), slice(3 * quarter, len(talk) - MIC_RATE_HZ))
        first, last = (quieter_db(heard[one], clean[one], far[one]) or 0.0 for one in quarters)
        count = len(onsets(clean[2 * MIC_RATE_HZ :], far[2 * MIC_RATE_HZ :], *detectors(config)))
        print(f"{ppm:>10g} {first:>20.1f} dB {last:>10.1f} dB {count:>7}", flush=True)


if __name__ == "__main__":
    main()
