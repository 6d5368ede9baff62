"""Where a wake word ended: the quietest moment near the time that the detection suggests."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.frames import MIC_RATE_HZ, Pcm16
from audio.wake.phrase_end import NEAR_S, quietest_s


def noise(length_s: float, level: float) -> Pcm16:
    return np.random.default_rng(1).normal(0, level, round(length_s * MIC_RATE_HZ)).astype(np.int16)


def test_a_gap_nearby_is_found() -> None:
    samples = np.concatenate([noise(1.0, 3000), noise(0.04, 30), noise(1.0, 3000)])
    assert quietest_s(samples, 5.0, 5.99) == pytest.approx(6.02, abs=0.011)


def test_a_gap_farther_off_is_not_looked_at() -> None:
    samples = np.concatenate([noise(1.0, 3000), noise(0.04, 30), noise(1.0, 3000)])
    assert abs(quietest_s(samples, 0.0, 1.3) - 1.3) <= NEAR_S + 1e-6


@given(st.floats(0, 2), st.floats(-1, 3))
def test_the_end_is_near_where_it_is_suspected_however_little_sound_there_is(length_s: float, about_s: float) -> None:
    assert abs(quietest_s(noise(length_s, 1000), 0.0, about_s) - about_s) <= NEAR_S + 1e-3
