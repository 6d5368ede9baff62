"""How alike what is heard is to what is being played: the loudness of some bands, side by side in time. Pure."""

import numpy as np
from numpy.typing import NDArray

from audio.frames import MIC_RATE_HZ, Pcm16

MAX_DELAY_S = 0.3
"""An echo comes no later than this after its far end: rooms, sound servers and most wireless speakers keep to it."""
HOP = MIC_RATE_HZ // 100
_WINDOW = 2 * HOP
_EDGES_HZ = (200, 400, 600, 850, 1150, 1500, 2000, 2700, 3600, 5000, 7000)
"""Bands as wide as hearing's, roughly; below 200 Hz a small speaker plays nothing."""
_FLOOR_DB = 20.0
"""What lies so far below the loudest moment of its band says nothing: noise, reverberation. With 40 dB twice as many
people who spoke over an echo were taken for it."""


def likeness(near: Pcm16, far: Pcm16) -> float:
    """0 for sounds that have nothing to do with each other, 1 for the same sound; 0 for silence.

    `near` is a stretch of the microphone, 0.1 s at least, and `far` what was played meanwhile and before: it ends
    with `near` and is longer by the delays that are tried (MAX_DELAY_S; less is fine). Both are at MIC_RATE_HZ.
    """
    heard, played = _bands_db(near), _bands_db(far)
    frames, delays = len(heard), len(played) - len(heard)
    if frames < 8 or delays < 0:
        return 0.0
    heard = heard - heard.mean(axis=0)
    energy = (heard**2).sum(axis=0)
    best = 0.0
    for delay in range(delays + 1):
        begin = delays - delay
        same = played[begin : begin + frames]
        same = same - same.mean(axis=0)
        norm = np.sqrt(energy * (same**2).sum(axis=0))
        best = max(best, float(((heard * same).sum(axis=0) / np.maximum(norm, 1e-9)).mean()))
    return min(best, 1.0)


def _bands_db(samples: Pcm16) -> NDArray[np.float64]:
    """Level of every band in every hop, in dB, shape (hops, bands), nowhere below the band's floor."""
    if len(samples) < _WINDOW:
        return np.zeros((0, len(_EDGES_HZ) - 1))
    frames = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::HOP].astype(np.float64)
    power = np.abs(np.fft.rfft(frames * np.hanning(_WINDOW), axis=1)) ** 2
    edges = [edge * _WINDOW // MIC_RATE_HZ for edge in _EDGES_HZ]
    bands = np.add.reduceat(power, edges, axis=1)[:, :-1]
    level_db: NDArray[np.float64] = 10 * np.log10(bands + 1.0)
    above_floor: NDArray[np.float64] = np.maximum(level_db, level_db.max(axis=0) - _FLOOR_DB)
    return above_floor
