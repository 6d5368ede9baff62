"""What the systems under comparison have in common: they are called, hear frame after frame, and play."""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ, Pcm16
from audio.wav import read_wav
from scripts.peers.timeline import Timeline

FRAME_S = FRAME_SAMPLES / MIC_RATE_HZ
GIVE_UP_S = 8.0
"""An answer that has not begun this long after the recording's end is none."""
LISTEN_S = 2.0
"""An answer is listened to for this long; one cut off earlier by the speaker is followed until the next."""


@dataclass(frozen=True, slots=True)
class Models:
    """Where the models and the servers of the run are; every system uses the same."""

    whisper: Path
    compute_type: str
    llm_url: str
    llm_key: str
    llm_threads: int
    voice: Path
    speech_url: str
    speech_rate_hz: int
    system_prompt: str
    max_tokens: int


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a clip: the sound on the clip's own clock, and what the system says it did.

    `answers` is the number of answers of which anything was heard, `text` what was understood.
    """

    played: Pcm16
    rate_hz: int
    answers: int
    text: str


class Call(Protocol):
    """A conversation under way."""

    began_s: float
    """Sample 0, on the event loop's clock."""
    timeline: Timeline
    """What has been played, and what will be if nothing comes between."""

    @property
    def answers(self) -> int:
        """Answers of which anything was played."""
        ...

    @property
    def text(self) -> str:
        """What was understood."""
        ...

    async def hear(self, frame: Pcm16) -> None:
        """The microphone's next frame. Raises ProgramFailed."""
        ...


class CalledSystem(Protocol):
    """A system that can be called."""

    name: str
    settings: str
    """How it was set, in words."""

    def call(self) -> AbstractAsyncContextManager[Call]:
        """A new conversation: nothing of earlier ones is in the system's memory. Raises ProgramFailed."""
        ...


class System(Protocol):
    """A voice assistant that can be played a recording in real time."""

    name: str
    settings: str

    async def converse(self, clip: Path) -> Heard:
        """Play the recording and listen; afterwards nothing of it is left in the system's memory."""
        ...


class Scene(Protocol):
    """What a microphone hears in a conversation."""

    def frame(self, number: int, played: Timeline) -> Pcm16 | None:
        """Its frame `number`, shape (FRAME_SAMPLES,), asked for when it ends; None ends the conversation.

        `played` is what the system plays, as far as it is known then.
        """
        ...


class Recording:
    """One recording, and silence for as long as there is something to wait for."""

    def __init__(self, samples: Pcm16) -> None:
        self._samples = samples

    def frame(self, number: int, played: Timeline) -> Pcm16 | None:
        clip_s = len(self._samples) / MIC_RATE_HZ
        if is_over((number + 1) * FRAME_S, clip_s, played.begin_s):
            return None
        return frame_of(self._samples, number)


async def hold(call: Call, scene: Scene) -> None:
    """Let the system hear the scene in real time, each frame when its last sample would have been recorded."""
    loop = asyncio.get_running_loop()
    number = 0
    while True:
        await asyncio.sleep(call.began_s + (number + 1) * FRAME_S - loop.time())
        frame = scene.frame(number, call.timeline)
        if frame is None:
            return
        await call.hear(frame)
        number += 1


async def played_to(system: CalledSystem, clip: Path) -> Heard:
    """What the system makes of a recording."""
    samples = read_wav(clip)
    async with system.call() as call:
        await hold(call, Recording(samples))
    return Heard(call.timeline.samples(), call.timeline.rate_hz, call.answers, call.text)


def frame_of(samples: Pcm16, number: int) -> Pcm16:
    """The frame of a recording with this number; silence beyond its end."""
    return padded(samples[number * FRAME_SAMPLES : (number + 1) * FRAME_SAMPLES])


def padded(piece: Pcm16) -> Pcm16:
    """A frame, filled up with silence."""
    frame = np.zeros(FRAME_SAMPLES, np.int16)
    frame[: len(piece)] = piece
    return frame


def is_over(now_s: float, clip_s: float, first_sound_s: float | None) -> bool:
    """Whether a conversation has been listened to for long enough."""
    if first_sound_s is None:
        return now_s > clip_s + GIVE_UP_S
    return now_s > max(clip_s, first_sound_s + LISTEN_S)
