"""Where a wake word ended: what lies after it is transcribed, what lies before is not."""

import numpy as np

from audio.frames import MIC_RATE_HZ, Pcm16

NEAR_S = 0.05
"""The end is looked for within so much of the time that the detection suggests.

A cut up to 0.05 s to either side of the true end changes nothing in what Whisper base makes of the question (28
synthetic ones, said in one breath with the phrase); 0.1 s too early trebles the word errors, 0.1 s too late costs the
first word. With a pause after the phrase, even 0.2 s too early costs nothing."""
MOMENT_S = 0.03
STEP_S = 0.005


def quietest_s(samples: Pcm16, start_s: float, about_s: float) -> float:
    """The quietest moment near `about_s`.

    `samples` is 16 kHz audio from `start_s` on that reaches NEAR_S + MOMENT_S beyond `about_s`; where it does not,
    the search ends with it.
    """
    half = round(MOMENT_S / 2 * MIC_RATE_HZ)
    first = max(round((about_s - NEAR_S - start_s) * MIC_RATE_HZ), half)
    last = min(round((about_s + NEAR_S - start_s) * MIC_RATE_HZ), len(samples) - half)
    moments = range(first, last + 1, round(STEP_S * MIC_RATE_HZ))
    if not moments:
        return about_s
    energies = [float(np.mean(np.square(samples[at - half : at + half], dtype=np.float64))) for at in moments]
    return start_s + moments[int(np.argmin(energies))] / MIC_RATE_HZ
