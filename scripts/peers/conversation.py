"""What the systems under comparison have in common."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ, Pcm16

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


class System(Protocol):
    """A voice assistant that can be played a recording in real time."""

    name: str
    settings: str
    """How it was set, in words."""

    async def converse(self, clip: Path) -> Heard:
        """Play the recording and listen; afterwards nothing of it is left in the system's memory."""
        ...


def frames(samples: Pcm16) -> list[NDArray[np.int16]]:
    """The recording in microphone frames, the last one filled up with silence."""
    padded = np.pad(samples, (0, -len(samples) % FRAME_SAMPLES))
    return list(padded.reshape(-1, FRAME_SAMPLES))


def is_over(now_s: float, clip_s: float, first_sound_s: float | None) -> bool:
    """Whether a conversation has been listened to for long enough."""
    if first_sound_s is None:
        return now_s > clip_s + GIVE_UP_S
    return now_s > max(clip_s, first_sound_s + LISTEN_S)
