"""Audio in flight: frames that know which instant of the microphone they hold."""

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

MIC_RATE_HZ = 16_000
"""Every microphone delivers this rate; VAD and speech-to-text are built on it."""

FRAME_MS = 20
FRAME_SAMPLES = MIC_RATE_HZ * FRAME_MS // 1000

Pcm16: TypeAlias = NDArray[np.int16]
"""Mono 16-bit samples, shape (n,)."""

PcmFloat: TypeAlias = NDArray[np.float32]
"""Mono samples in [-1, 1], shape (n,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """FRAME_MS of microphone audio.

    `start_sample` counts samples at MIC_RATE_HZ since the session began, so `start_s` is a time on the
    session's sample clock. `is_gap` marks silence that stands in for audio a device failed to deliver;
    `is_after_end` marks the silence that a file microphone gives once its file is over.
    """

    start_sample: int
    samples: Pcm16
    is_gap: bool = False
    is_after_end: bool = False

    @property
    def start_s(self) -> float:
        return self.start_sample / MIC_RATE_HZ

    @property
    def end_s(self) -> float:
        return (self.start_sample + len(self.samples)) / MIC_RATE_HZ


def to_float(samples: Pcm16) -> PcmFloat:
    """16-bit samples as floats in [-1, 1)."""
    return samples.astype(np.float32) / np.float32(32768.0)


def to_pcm16(samples: PcmFloat) -> Pcm16:
    """Floats in [-1, 1] as 16-bit samples; what is louder is clipped, never wrapped."""
    scaled: PcmFloat = np.rint(np.clip(samples, -1.0, 1.0) * np.float32(32767.0))
    return scaled.astype(np.int16)


def level_dbfs(samples: Pcm16) -> float:
    """Root mean square level in dB relative to full scale: 0 for a full-scale square wave, -inf for silence."""
    if not len(samples):
        return -math.inf
    rms = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
    return 20.0 * math.log10(rms / 32768.0) if rms > 0 else -math.inf
