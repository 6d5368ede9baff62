"""Where speech ended, to 10 ms: a detector of voice is late by its window and its smoothing, energy is not."""

import numpy as np

from audio.frames import MIC_RATE_HZ, Pcm16

BLOCK_S = 0.01
LOOK_BACK_S = 0.12
"""The last sound of speech lies at most this far before the detector's end; more would cut soft endings off."""
LOUD_WITHIN_S = 3.0
"""How loud the speaker is, is measured over this long."""
BELOW_LOUD_DB = 35.0
"""Softer than this below the speaker's loud parts is no longer speech."""
ABOVE_FLOOR_DB = 8.0
"""Nor is what does not stand out of the room by this much."""


def refined_end_s(samples: Pcm16, start_s: float, detected_end_s: float) -> float:
    """The end of the last 10 ms of `samples`, up to `detected_end_s`, that are loud enough to be speech.

    `samples` is 16 kHz audio from `start_s` on, the room before the speech and the silence after it included.
    """
    step = round(BLOCK_S * MIC_RATE_HZ)
    recent_s = max(start_s, detected_end_s - LOUD_WITHIN_S)
    heard = samples[round((recent_s - start_s) * MIC_RATE_HZ) :].astype(np.float32)
    blocks = heard[: len(heard) // step * step].reshape(-1, step)
    if not len(blocks):
        return detected_end_s
    level_db = 10 * np.log10((blocks**2).mean(axis=1) + 1.0)
    least_db = max(
        float(np.percentile(level_db, 95)) - BELOW_LOUD_DB, float(np.percentile(level_db, 5)) + ABOVE_FLOOR_DB
    )
    last = round((detected_end_s - recent_s) / BLOCK_S)
    first = max(0, last - round(LOOK_BACK_S / BLOCK_S))
    loud = np.flatnonzero(level_db[first:last] > least_db)
    return recent_s + (first + int(loud[-1]) + 1) * BLOCK_S if len(loud) else detected_end_s
