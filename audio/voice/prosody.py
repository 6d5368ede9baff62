"""How something was said, by its sound alone: loudness, pitch, rate, pauses, and how much of it was voiced."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio.frames import MIC_RATE_HZ, Pcm16

HOP = MIC_RATE_HZ // 100
WINDOW = 4 * HOP
"""40 ms: three periods of the lowest pitch."""
LOW_HZ, HIGH_HZ = (80, 500), (1000, 5000)
LOWEST_HZ, HIGHEST_HZ = 70, 400
PERIODIC = 0.55
"""Autocorrelation at the period, as a share of the energy, from which a window is voiced; noise reaches 0.3."""
NEARLY = 0.9
BELOW_LOUD_DB = 25.0
"""Softer windows than this below the loud ones are pauses."""
ABOVE_FLOOR_DB = 6.0
NUCLEUS_DB = 2.0
"""A syllable's nucleus stands so far above the dips about it."""
SMOOTH = 7
"""Windows of 10 ms over which loudness is smoothed before nuclei are counted."""


@dataclass(frozen=True, slots=True)
class Prosody:
    """An utterance, measured. It holds no sound and no words."""

    speech_s: float
    """Sound, without the pauses."""
    level_dbfs: float
    voiced_share: float
    """Of the sound, how much the vocal folds made: nothing of a whisper."""
    pitch_hz: float
    """The median; 0.0 where nothing is voiced."""
    syllables_per_s: float
    """Of the sound; counted as peaks of loudness, which misses a quarter of them where people mumble."""
    tilt_db: float
    """Energy of 80 to 500 Hz over that of 1 to 5 kHz: a voice is mostly low, a whisper high."""
    pause_share: float
    """Of the time from the first sound to the last."""


def prosody(samples: Pcm16) -> Prosody | None:
    """Measure 16 kHz samples of one speaker, shape (n,); None where there is no sound. About 3 ms for a second."""
    if len(samples) < 2 * WINDOW:
        return None
    windows = np.lib.stride_tricks.sliding_window_view(samples.astype(np.float32), WINDOW)[::HOP]
    level_db = 20 * np.log10(np.sqrt(np.mean(np.square(windows), axis=1)) / 32768 + 1e-6)
    loud_db, floor_db = float(np.percentile(level_db, 95)), float(np.percentile(level_db, 5))
    threshold_db = max(loud_db - BELOW_LOUD_DB, min(floor_db + ABOVE_FLOOR_DB, loud_db - 12))
    sounding = level_db > threshold_db
    if loud_db < -80 or not sounding.any():
        return None
    span = slice(int(np.argmax(sounding)), len(sounding) - int(np.argmax(sounding[::-1])))
    strength, pitch_hz = _periodicity(windows[sounding])
    voiced = strength > PERIODIC
    speech_s = float(sounding.sum()) * HOP / MIC_RATE_HZ
    return Prosody(
        speech_s,
        float(np.mean(level_db[sounding])),
        float(voiced.mean()),
        float(np.median(pitch_hz[voiced])) if voiced.any() else 0.0,
        _nuclei(level_db, sounding) / speech_s,
        _tilt_db(windows[sounding]),
        1 - float(sounding[span].mean()),
    )


def _periodicity(windows: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For each window how periodic it is, 0 to 1, and at which frequency; by autocorrelation."""
    centred = (windows - windows.mean(axis=1, keepdims=True)) * np.hanning(WINDOW)
    size = 2 ** math.ceil(math.log2(2 * WINDOW))
    correlation = np.fft.irfft(np.abs(np.fft.rfft(centred, size)) ** 2)[:, :WINDOW]
    # The window itself makes long periods look weak; its own autocorrelation says by how much.
    taper = np.fft.irfft(np.abs(np.fft.rfft(np.hanning(WINDOW), size)) ** 2)[:WINDOW]
    correlation /= np.maximum(correlation[:, :1], 1e-6) * (taper / taper[0])
    shortest, longest = MIC_RATE_HZ // HIGHEST_HZ, MIC_RATE_HZ // LOWEST_HZ
    lags = correlation[:, shortest:longest]
    best = lags.max(axis=1)
    # Two periods are as alike as one: the first peak that is nearly the highest is the period.
    is_peak = np.zeros(lags.shape, bool)
    is_peak[:, 1:-1] = (lags[:, 1:-1] >= lags[:, :-2]) & (lags[:, 1:-1] >= lags[:, 2:])
    is_peak &= lags >= NEARLY * best[:, None]
    first = np.where(is_peak.any(axis=1), is_peak.argmax(axis=1), lags.argmax(axis=1))
    return best, MIC_RATE_HZ / (first + shortest)


def _tilt_db(windows: NDArray[np.float32]) -> float:
    energy = np.mean(np.abs(np.fft.rfft(windows * np.hanning(WINDOW))) ** 2, axis=0)
    hz = np.fft.rfftfreq(WINDOW, 1 / MIC_RATE_HZ)
    low, high = (float(energy[(hz > begin) & (hz < end)].sum()) for begin, end in (LOW_HZ, HIGH_HZ))
    return 10 * math.log10((low + 1e-6) / (high + 1e-6))


def _nuclei(level_db: NDArray[np.float64], sounding: NDArray[np.bool_]) -> int:
    """Peaks of loudness with a dip between each two: about as many as syllables."""
    smooth = np.convolve(np.pad(level_db, SMOOTH // 2, mode="edge"), np.ones(SMOOTH) / SMOOTH, mode="valid")
    count, low, high = 0, math.inf, -math.inf
    is_rising = True
    for value, sounds in zip(smooth, sounding, strict=True):
        if is_rising:
            high = max(high, float(value)) if sounds else high
            if high - value >= NUCLEUS_DB:
                count, is_rising, low = count + 1, False, float(value)
        else:
            low = min(low, float(value))
            if value - low >= NUCLEUS_DB and sounds:
                is_rising, high = True, float(value)
    return count + (is_rising and math.isfinite(high) and high - low >= NUCLEUS_DB)
