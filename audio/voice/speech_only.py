"""What of a recording is voice: silence and breath say nothing of who speaks."""

import numpy as np
import webrtcvad

from audio.frames import MIC_RATE_HZ, Pcm16

WINDOW = MIC_RATE_HZ * 30 // 1000
STRICTEST = 3
NEAR = 3
"""Windows about voiced ones that are kept, so that words are not clipped: 90 ms."""


def speech_only(samples: Pcm16) -> Pcm16:
    """The parts of 16 kHz samples, shape (n,), that hold voice, one after the other; up to 30 ms at the end go."""
    count = len(samples) // WINDOW
    windows = samples[: count * WINDOW].reshape(count, WINDOW)
    vad = webrtcvad.Vad(STRICTEST)
    voiced = np.array([vad.is_speech(window.tobytes(), MIC_RATE_HZ) for window in windows], bool)
    kept = np.convolve(voiced, np.ones(2 * NEAR + 1), mode="same") > 0 if count else voiced
    speech: Pcm16 = windows[kept[:count]].reshape(-1)
    return speech
