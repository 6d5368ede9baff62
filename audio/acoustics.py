"""Where speech and sound begin and end in a recording: the instants that latency is measured from and to."""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ, Frame, Pcm16, PcmFloat
from audio.vad.protocol import VoiceActivityDetector
from audio.vad.segmenter import Segmenter

BELOW_PEAK_DB = 35.0
"""Sound counts as speech down to this far below the recording's loud parts."""
ABOVE_FLOOR_DB = 6.0
"""It must also stand out from the recording's own background, or a hissing microphone would talk for ever."""
SOFTEST_BELOW_PEAK_DB = 20.0
"""The background never asks for more than this: in a recording cut tight its quietest parts are speech."""
VOICE_MAY_REACH_S = 0.1
"""Soft first and last sounds that the detector misses lie this close to where it saw voice."""
HISS_MAY_REACH_S = 0.3
"""And they may go on this long, if nowhere silent for SILENT_S: the end of "six", which no detector hears."""
SILENT_S = 0.05
HISS_ABOVE_FLOOR_DB = 15.0
"""What no detector vouches for must stand out as no fluctuation of a background does."""
SHORTEST_PAUSE_S = 0.4
"""Shorter silences between words are no pause to think: the closure of a stop and a breath stay below it."""
FIRST_SOUND = 10 ** (-50 / 20)
"""Output counts as sound above -50 dBFS, peak."""
_BLOCKS_A_SECOND = 100
_BLOCK = MIC_RATE_HZ // _BLOCKS_A_SECOND


@dataclass(frozen=True, slots=True)
class SpokenSpan:
    """First and last sound of speech in a recording, and the silences of SHORTEST_PAUSE_S or more between."""

    start_s: float
    end_s: float
    pauses: tuple[tuple[float, float], ...]


def spoken_span(samples: Pcm16, vad: VoiceActivityDetector, segmenter: Segmenter) -> SpokenSpan | None:
    """Find the speech of a 16 kHz recording, or None where there is none.

    Voice activity says roughly where it is, energy in blocks of 10 ms says exactly; energy alone takes noise for
    speech. `vad` and `segmenter` are fresh ones.
    """
    voiced = _voiced(samples, vad, segmenter)
    if not voiced:
        return None
    level_db = _levels_db(samples)
    peak_db = float(np.percentile(level_db, 95))
    floor_db = float(np.percentile(level_db, 10))
    loud = level_db > max(peak_db - BELOW_PEAK_DB, min(floor_db + ABOVE_FLOOR_DB, peak_db - SOFTEST_BELOW_PEAK_DB))
    first, last = (int(_BLOCKS_A_SECOND * edge_s) for edge_s in (voiced[0][0], voiced[-1][1]))
    reach, hiss = round(_BLOCKS_A_SECOND * VOICE_MAY_REACH_S), round(_BLOCKS_A_SECOND * HISS_MAY_REACH_S)
    spoken = np.flatnonzero(loud[max(0, first - reach) : last + reach]) + max(0, first - reach)
    if not len(spoken):
        return None
    loud &= level_db > floor_db + HISS_ABOVE_FLOOR_DB
    end = _followed(loud, int(spoken[-1]), min(len(loud), last + hiss))
    start = len(loud) - 1 - _followed(loud[::-1], len(loud) - 1 - int(spoken[0]), len(loud) - max(0, first - hiss))
    gaps = ((before[1], after[0]) for before, after in itertools.pairwise(voiced))
    pauses = tuple(gap for gap in gaps if gap[1] - gap[0] >= SHORTEST_PAUSE_S)
    return SpokenSpan(start / _BLOCKS_A_SECOND, (end + 1) / _BLOCKS_A_SECOND, pauses)


def speech_end_s(samples: Pcm16, vad: VoiceActivityDetector, segmenter: Segmenter) -> float | None:
    """Last sound of speech in a 16 kHz recording, or None where there is none; see `spoken_span`."""
    span = spoken_span(samples, vad, segmenter)
    return span.end_s if span else None


def first_sound_s(samples: PcmFloat, rate_hz: int, *, after_s: float = 0.0) -> float | None:
    """First sample of sound at or after `after_s`, or None; `samples` are in [-1, 1], shape (n,)."""
    start = max(0, round(after_s * rate_hz))
    sounding = np.flatnonzero(np.abs(samples[start:]) > FIRST_SOUND)
    return float(start + sounding[0]) / rate_hz if len(sounding) else None


def _followed(loud: NDArray[np.bool_], block: int, limit: int) -> int:
    """Last loud block before `limit` that is reached from `block` without a silence of SILENT_S."""
    silent = round(_BLOCKS_A_SECOND * SILENT_S)
    for later in range(block + 1, limit):
        if loud[later] and later - block <= silent:
            block = later
    return block


def _voiced(samples: Pcm16, vad: VoiceActivityDetector, segmenter: Segmenter) -> list[tuple[float, float]]:
    """Stretches of voice, as the detector sees them, in order."""
    padded = np.concatenate([samples, np.zeros(MIC_RATE_HZ, np.int16)])
    stretches: dict[float, float] = {}
    for start in range(0, len(padded) - FRAME_SAMPLES, FRAME_SAMPLES):
        frame = Frame(start, padded[start : start + FRAME_SAMPLES])
        state = segmenter.push(frame.start_s, frame.end_s, vad.probability(frame))
        if state.onset_s is not None and state.last_speech_end_s is not None:
            stretches[state.onset_s] = state.last_speech_end_s
    return sorted(stretches.items())


def _levels_db(samples: Pcm16) -> NDArray[np.float64]:
    blocks = samples[: len(samples) // _BLOCK * _BLOCK].astype(np.float64).reshape(-1, _BLOCK)
    levels: NDArray[np.float64] = 20 * np.log10(np.sqrt((blocks**2).mean(axis=1)) + 1e-3)
    return levels
