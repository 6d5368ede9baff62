"""The role wake: sound in, the wake words in it out."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection

import numpy as np
from wyoming.audio import AudioChunk, AudioStart
from wyoming.event import Event
from wyoming.wake import Detect, Detection, NotDetected

from assistant.server.wyoming.refusal import Refused
from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ, Frame, Pcm16
from audio.wake.protocol import WakeWordDetector
from audio.wyoming.sound import IncomingSound

FRAMES_AT_ONCE = 10
"""Listened to between two turns of the event loop: 1 ms with four models."""


class Detectors:
    """Wake word detectors, one for each client that listens: a detector remembers what it has heard."""

    def __init__(self, new: Callable[[], WakeWordDetector], names: Collection[str]) -> None:
        """`new` builds one, on a thread; `names` are the models it listens for."""
        self.names = tuple(names)
        self._new = new
        self._spare: list[WakeWordDetector] = []

    async def take(self) -> WakeWordDetector:
        """One that nobody else uses. Raises EngineError."""
        return self._spare.pop() if self._spare else await asyncio.to_thread(self._new)

    def give_back(self, detector: WakeWordDetector) -> None:
        """It is not used any more."""
        detector.reset()
        self._spare.append(detector)


class Watch:
    """One client's stream, listened to until it ends."""

    def __init__(self, wanted: Detect, detector: WakeWordDetector, names: Collection[str]) -> None:
        """Raises Refused where the client asks for models that are not there."""
        if wanted.names and not set(map(str, wanted.names)) & set(names):
            raise Refused(f"none of these wake words is listened for here, but {', '.join(names)}", "unknown-name")
        self.detector = detector
        self._names = frozenset(wanted.names or names)
        self._sound = IncomingSound(MIC_RATE_HZ)
        self._rest: Pcm16 = np.zeros(0, np.int16)
        self._samples = 0
        self._offset_ms = 0
        """From the time since the beginning to the client's own."""
        self._has_detected = False

    def begin(self, start: AudioStart) -> None:
        """The sound begins. Raises WireError."""
        self._sound.begin(start)
        self._set_clock(start.timestamp)

    async def push(self, chunk: AudioChunk) -> AsyncGenerator[Event, None]:
        """More of the sound: the wake words that it completes. Raises WireError."""
        self._set_clock(chunk.timestamp)
        samples = np.concatenate([self._rest, self._sound.push(chunk)])
        frames = len(samples) // FRAME_SAMPLES
        self._rest = samples[frames * FRAME_SAMPLES :]
        for number in range(frames):
            if number % FRAMES_AT_ONCE == FRAMES_AT_ONCE - 1:
                await asyncio.sleep(0)
            frame = Frame(self._samples, samples[number * FRAME_SAMPLES : (number + 1) * FRAME_SAMPLES])
            self._samples += FRAME_SAMPLES
            for word in self.detector.detect(frame):
                if word.model in self._names:
                    self._has_detected = True
                    yield Detection(name=word.model, timestamp=self._offset_ms + round(1000 * word.end_s)).event()

    def _set_clock(self, timestamp_ms: object) -> None:
        """What comes next is of this time by the client's clock, if it tells one."""
        if isinstance(timestamp_ms, int):
            self._offset_ms = timestamp_ms - round(1000 * (self._samples + len(self._rest)) / MIC_RATE_HZ)

    async def finish(self) -> AsyncGenerator[Event, None]:
        """The sound has ended."""
        if not self._has_detected:
            yield NotDetected().event()
