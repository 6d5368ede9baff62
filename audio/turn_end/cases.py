"""Pauses made out of real recordings: the speaker falls silent between two words, in the recording's own room tone.

They lack the drawn-out vowel that a person makes before thinking, so the sound tells less here than in life; what was
said up to the pause is real. Pure: a seeded random generator decides.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from audio.frames import MIC_RATE_HZ, Pcm16, PcmFloat, to_float, to_pcm16

FRAME_S = 0.01
FRAME = int(FRAME_S * MIC_RATE_HZ)
NEAR_S = 0.12
"""Word times are this inexact: the quietest frame so near a boundary is where the words part."""
TONE_S = 0.15
"""Length of the quietest stretch of a recording, of which its room tone is made."""
PAUSE_S = (0.4, 1.2)
"""Shortest and longest pause for thought."""


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A recording up to a silence, and how long the silence lasts: infinitely after the last word."""

    spoken: Pcm16
    tone: Pcm16
    lasts_s: float
    words: int
    """How many words were said before it."""

    def after(self, silence_s: float) -> Pcm16:
        """What is heard when the silence has lasted so long."""
        return np.concatenate([self.spoken, self.tone[: round(silence_s * MIC_RATE_HZ)]])


def cases(samples: Pcm16, boundaries_s: Sequence[float], random: Generator, *, pauses: int) -> list[Case]:
    """The recording's true end, and up to `pauses` pauses of PAUSE_S at its word boundaries.

    `boundaries_s` are the times between its words. A recording without speech gives no case.
    """
    levels_db = _levels_db(to_float(samples))
    spoken = _spoken(levels_db)
    if not spoken.any():
        return []
    first, last = (np.flatnonzero(spoken)[[0, -1]] + (0, 1)).tolist()
    tone = room_tone(samples, 2 * PAUSE_S[1], random)
    found = [Case(samples[: last * FRAME], tone, math.inf, len(boundaries_s) + 1)]
    for number in random.permutation(len(boundaries_s))[:pauses].tolist():
        at = _quietest_near(levels_db, boundaries_s[number])
        if first + 10 <= at <= last - 10:
            found.append(Case(samples[: at * FRAME], tone, float(random.uniform(*PAUSE_S)), number + 1))
    return found


def room_tone(samples: Pcm16, length_s: float, random: Generator) -> Pcm16:
    """What the recording sounds like when nobody speaks: its quietest stretch, overlapped with itself."""
    heard = to_float(samples)
    frames = round(TONE_S / FRAME_S)
    levels_db = _levels_db(heard)
    sums_db = np.convolve(levels_db, np.ones(frames), "valid") if len(levels_db) >= frames else np.zeros(1)
    quietest = int(np.argmin(sums_db)) * FRAME
    stretch = heard[quietest : quietest + frames * FRAME]
    stretch = np.pad(stretch, (0, frames * FRAME - len(stretch)))
    window = np.sin(np.pi * (np.arange(len(stretch)) + 0.5) / len(stretch)).astype(np.float32)
    length = round(length_s * MIC_RATE_HZ)
    tone = np.zeros(length + len(stretch), np.float32)
    for start in range(0, length, len(stretch) // 2):
        tone[start : start + len(stretch)] += window * (stretch if random.random() < 0.5 else stretch[::-1])
    return to_pcm16(tone[:length])


def _levels_db(heard: PcmFloat) -> NDArray[np.float64]:
    whole = heard[: len(heard) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float64)
    return np.asarray(10 * np.log10(np.mean(whole**2, axis=1) + 1e-10))


def _spoken(levels_db: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Frames louder than a third of the way from the recording's quiet to its loud ones, single ones left out."""
    if not len(levels_db):
        return np.zeros(0, np.bool_)
    quiet_db, loud_db = np.percentile(levels_db, [10, 95])
    loud = levels_db > quiet_db + 0.3 * (loud_db - quiet_db)
    return np.asarray(np.convolve(loud, np.ones(3), "same") >= 2)


def _quietest_near(levels_db: NDArray[np.float64], boundary_s: float) -> int:
    smooth = np.convolve(levels_db, np.ones(3) / 3, "same")
    low = max(int((boundary_s - NEAR_S) / FRAME_S), 0)
    near = smooth[low : int((boundary_s + NEAR_S) / FRAME_S)]
    return low + int(np.argmin(near)) if len(near) else 0
