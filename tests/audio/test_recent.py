"""The recent past of the microphone, by time."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ, Frame
from audio.recent import RecentAudio


def filled(seconds: float, capacity_s: float) -> RecentAudio:
    """Sample n of the stream has the value n modulo 30,000."""
    recent = RecentAudio(capacity_s)
    for start in range(0, round(seconds * MIC_RATE_HZ), FRAME_SAMPLES):
        recent.append(Frame(start, (np.arange(start, start + FRAME_SAMPLES) % 30_000).astype(np.int16)))
    return recent


@given(st.floats(-1, 5), st.floats(-1, 5))
def test_it_gives_what_was_heard_then_as_far_as_it_is_kept(from_s: float, until_s: float) -> None:
    start_s, samples = filled(3.0, capacity_s=2.0).between(from_s, until_s)
    start = round(start_s * MIC_RATE_HZ)
    assert start >= MIC_RATE_HZ
    assert start + len(samples) <= 3 * MIC_RATE_HZ
    assert np.array_equal(samples, (np.arange(start, start + len(samples)) % 30_000).astype(np.int16))
    if 1.0 <= from_s <= until_s <= 3.0:
        assert abs(start_s - from_s) < 1e-4
        assert abs(len(samples) / MIC_RATE_HZ - (until_s - from_s)) < 2e-4
