"""Our own daemon, that converses over a line as the peers do: see `line`.

Everything is the daemon's own, set by its configuration: its engines, its session, and between its devices its echo
canceller, as with a sound card. Only the devices are others: a microphone that is fed by hand, and a speaker that
plays at the pace of a clock and tells what it plays.

usage: python -m scripts.peers.hearthside_bot
"""

import asyncio
import base64
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import numpy as np

from assistant import daemon
from assistant.config import Config, load
from assistant.conversation.engines import Engines
from assistant.conversation.notices import AnswerCaption, Notice
from assistant.conversation.record import TurnRecord
from assistant.conversation.saying import Apology
from assistant.opening import build_engine, open_engines
from assistant.policies import history_of
from audio.beside import beside
from audio.devices.paced import PacedSpeaker
from audio.devices.protocol import DeviceHealth
from audio.echo.duplex import Duplex
from audio.frames import FRAME_SAMPLES, Frame, Pcm16

SPEAKER_HZ = 24_000
"""As with file devices."""


def tell(what: dict[str, Any]) -> None:
    """One line for whoever listens."""
    print(json.dumps(what), flush=True)


class SharedClock:
    """Seconds since an instant on the machine's monotonic clock."""

    def __init__(self, began_s: float) -> None:
        self._began_s = began_s

    def at(self, monotonic_s: float) -> float:
        return monotonic_s - self._began_s

    def now(self) -> float:
        return self.at(time.monotonic())


class Ear:
    """A microphone that is fed by hand."""

    def __init__(self, clock: SharedClock) -> None:
        self.clock = clock
        self._heard: asyncio.Queue[Pcm16] = asyncio.Queue()

    def hear(self, samples: Pcm16) -> None:
        self._heard.put_nowait(samples)

    async def frames(self) -> AsyncIterator[Frame]:
        start = 0
        while True:
            yield Frame(start, await self._heard.get())
            start += FRAME_SAMPLES

    def mute(self, *, is_muted: bool) -> None:
        """Nobody mutes it."""

    def health(self) -> DeviceHealth:
        return DeviceHealth()


class Mouth:
    """Takes the speaker's blocks, which follow each other without a gap from sample 0 on, and tells of those that
    sound."""

    def __init__(self, began_s: float) -> None:
        self.answer = 0
        self._began_s = began_s
        self._samples = 0

    def take(self, block: Pcm16) -> None:
        if block.any():
            at_s = self._began_s + self._samples / SPEAKER_HZ
            tell({"at_s": at_s, "sound": base64.b64encode(block.tobytes()).decode(), "answer": self.answer})
        self._samples += len(block)


async def converse(config: Config, engines: Engines, apology: Apology, ear: Ear, began_s: float) -> None:
    """One conversation, until it is cancelled."""
    mouth = Mouth(began_s)

    def observe(notice: Notice) -> None:
        if isinstance(notice, AnswerCaption):
            mouth.answer = notice.turn
        elif isinstance(notice, TurnRecord):
            tell({"understood": notice.user_text})

    engines.vad.reset()
    speaker = PacedSpeaker(ear.clock, SPEAKER_HZ, mouth.take)
    canceller = build_engine("echo", config.echo)
    duplex = Duplex.of(ear, speaker, canceller, lead_s=config.echo.lead_ms / 1000)
    ends = duplex.microphone, duplex.speaker
    with contextlib.closing(speaker):
        async with beside(speaker.run()):
            history = history_of(config)
            await daemon.converse(config, ends, engines, apology, history, observe, duplex.likeness)


async def serve() -> None:
    """Hold conversation after conversation until standard input ends."""
    config = load()
    async with AsyncExitStack() as stack:
        engines, apology = await open_engines(stack, config, history_of(config), lambda notice: None)
        tell({"rate_hz": SPEAKER_HZ})
        ear: Ear | None = None
        conversing: asyncio.Task[None] | None = None
        while line := await asyncio.to_thread(sys.stdin.readline):
            told = json.loads(line)
            if "begin" in told:
                ear = Ear(SharedClock(told["begin"]))
                conversing = asyncio.create_task(converse(config, engines, apology, ear, told["begin"]))
            elif ear is not None and "hear" in told:
                ear.hear(np.frombuffer(base64.b64decode(told["hear"]), np.int16))
            elif conversing is not None:
                conversing.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await conversing
                tell({"ended": True})


if __name__ == "__main__":
    asyncio.run(serve())
