#!/usr/bin/env python3
"""Measures how soon it hears and plays again after a device, or the sound server, went and came back.

usage: python scripts/bench_devices.py [--times N] [--report FILE.json] [NAME ...]

On a virtual sound card (a private PipeWire; needs what `scripts/setup --tests` installs). NAME chooses cases. For each,
N times: what happens to the device, and, where it comes back, how long after that the first sound is heard, or played.
Counted as heard is a frame that is no gap; as played, a report of progress. The wait before a device comes back is 2 s.
"""

import argparse
import asyncio
import json
import logging
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from audio.beside import beside
from audio.devices.open import open_devices
from audio.devices.protocol import Microphone, Speaker
from tests.rig import SoundCard

AWAY_S = 2.0
GIVE_UP_S = 20.0


class Lines(logging.Handler):
    """What the devices' code says at the level of a daemon's log."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@dataclass
class Ends:
    """Both devices in use, and what is known of them; times are monotonic."""

    microphone: Microphone
    speaker: Speaker
    lines: Lines
    heard_at_s: float = 0.0
    longest_gap_s: float = 0.0
    played_at_s: float = 0.0
    turns: int = 0
    """How often something was changed to and fro."""
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> None:
        async for frame in self.microphone.frames():
            if not frame.is_gap:
                now_s = time.monotonic()
                self.longest_gap_s = max(self.longest_gap_s, now_s - (self.heard_at_s or now_s))
                self.heard_at_s = now_s
            self._news.set()

    async def play(self) -> None:
        async for _ in self.speaker.reports():
            self.played_at_s = time.monotonic()
            self._news.set()

    async def feed(self) -> None:
        """Have always something to play."""
        while True:
            self.speaker.write(np.full(self.speaker.rate_hz // 2, 300, np.int16))
            await asyncio.sleep(0.5)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(GIVE_UP_S):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def again(self) -> float:
        """Seconds until it hears and plays."""
        began_s = time.monotonic()
        await self.until(lambda: min(self.heard_at_s, self.played_at_s) > began_s)
        return time.monotonic() - began_s


@asynccontextmanager
async def devices(card: SoundCard, mic: str, speaker: str) -> AsyncIterator[Ends]:
    for name, value in card.env().items():
        os.environ[name] = value
    lines = Lines()
    logger = logging.getLogger("audio")
    logger.setLevel(logging.INFO)
    logger.addHandler(lines)
    try:
        async with open_devices(mic, speaker) as ends:
            both = Ends(*ends, lines)
            async with beside(both.listen(), both.play(), both.feed()):
                await both.again()
                yield both
    finally:
        logger.removeHandler(lines)


@dataclass
class Measured:
    """One time: how long until the loss was known, until it was over, and what the log said."""

    known_s: float | None
    again_s: float
    lines: list[str]


Case = Callable[[SoundCard, Ends], Awaitable[Measured]]


async def gone_and_back(
    ends: Ends, go: Callable[[], object], come: Callable[[], object], is_lost: Callable[[], bool]
) -> Measured:
    ends.lines.lines.clear()
    began_s = time.monotonic()
    await asyncio.to_thread(go)
    await ends.until(is_lost)
    known_s = time.monotonic() - began_s
    await asyncio.sleep(AWAY_S)
    await asyncio.to_thread(come)
    again_s = await ends.again()
    await ends.until(lambda: not is_lost())
    return Measured(known_s, again_s, list(ends.lines.lines))


async def blip(ends: Ends, change: Callable[[], object]) -> Measured:
    """What merely changes: the longest that nothing was heard."""
    ends.lines.lines.clear()
    ends.longest_gap_s = 0.0
    await asyncio.to_thread(change)
    await asyncio.sleep(AWAY_S)
    await ends.again()
    return Measured(None, ends.longest_gap_s, list(ends.lines.lines))


def microphone_unplugged(card: SoundCard, ends: Ends) -> Awaitable[Measured]:
    return gone_and_back(
        ends, lambda: card.unplug("mic"), lambda: card.plug_in("mic"), lambda: bool(ends.microphone.health().lost)
    )


def speaker_unplugged(card: SoundCard, ends: Ends) -> Awaitable[Measured]:
    return gone_and_back(
        ends, lambda: card.unplug("speaker"), lambda: card.plug_in("speaker"), lambda: bool(ends.speaker.health().lost)
    )


def server_killed(card: SoundCard, ends: Ends) -> Awaitable[Measured]:
    return gone_and_back(ends, card.kill_server, card.start_server, lambda: bool(ends.microphone.health().lost))


async def default_changed(card: SoundCard, ends: Ends) -> Measured:
    if not ends.turns:
        await asyncio.to_thread(card.plug_in, "other")
    ends.turns += 1
    return await blip(ends, lambda: card.make_default_microphone(("mic", "other")[ends.turns % 2]))


def rate_changed(card: SoundCard, ends: Ends) -> Awaitable[Measured]:
    ends.turns += 1
    command = ["pw-metadata", "-n", "settings", "0", "clock.force-rate", ("48000", "44100")[ends.turns % 2]]
    return blip(ends, lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))


def _child() -> psutil.Process:
    return next(one for one in psutil.Process().children() if "audio.devices.portaudio_child" in one.cmdline())


def process_killed(card: SoundCard, ends: Ends) -> Awaitable[Measured]:
    return blip(ends, lambda: _child().kill())


def process_hangs(card: SoundCard, ends: Ends) -> Awaitable[Measured]:
    return blip(ends, lambda: os.kill(_child().pid, signal.SIGSTOP))


CASES: dict[str, tuple[Case, str, str]] = {
    "microphone unplugged": (microphone_unplugged, "default", "default"),
    "microphone unplugged, by name": (microphone_unplugged, "mic", "default"),
    "speaker unplugged, by name": (speaker_unplugged, "default", "speaker"),
    "sound server killed": (server_killed, "default", "default"),
    "default microphone changed": (default_changed, "default", "default"),
    "sample rate changed": (rate_changed, "default", "default"),
    "audio process killed": (process_killed, "default", "default"),
    "audio process hangs": (process_hangs, "default", "default"),
}


async def measure(name: str, times: int) -> list[Measured]:
    case, mic, speaker = CASES[name]
    with SoundCard() as card:
        async with devices(card, mic, speaker) as ends:
            return [await case(card, ends) for _ in range(times)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", metavar="NAME", help="; ".join(CASES))
    parser.add_argument("--times", type=int, default=10, metavar="N")
    parser.add_argument("--report", type=Path, metavar="FILE.json")
    args = parser.parse_args()
    if unknown := set(args.cases) - set(CASES):
        parser.error(f"no case is called {sorted(unknown)[0]!r}; there are {'; '.join(CASES)}")
    report = {}
    print(f"{'':<30} {'known':>7} {'again: median':>15} {'longest':>8} {'lines':>6}   n")
    for name in args.cases or CASES:
        found = asyncio.run(measure(name, args.times))
        again = [one.again_s for one in found]
        known = [one.known_s for one in found if one.known_s is not None]
        known_s = f"{statistics.median(known):.2f} s" if known else "-"
        lines = "-".join(str(count) for count in sorted({len(one.lines) for one in found}))
        median_s, longest_s = statistics.median(again), max(again)
        print(f"{name:<30} {known_s:>7} {median_s:13.2f} s {longest_s:6.2f} s {lines:>6} {len(found):>3}", flush=True)
        report[name] = [{"known_s": one.known_s, "again_s": one.again_s, "lines": one.lines} for one in found]
    if args.report:
        args.report.write_text(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
