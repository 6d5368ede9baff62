"""Dates of a stream, steadied."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.clock import SteadyDates

RATE_HZ = 48_000
BLOCK = 480


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 1000), wavers_s=st.floats(0, 0.01))
def test_dates_waver_less_than_the_devices_word(seed: int, wavers_s: float) -> None:
    random = np.random.default_rng(seed)
    dates = SteadyDates(RATE_HZ)
    said_s = [5.0 + block / 100 + random.uniform(-wavers_s, wavers_s) for block in range(1500)]
    errors_s = [dates.at(block * BLOCK, said_s[block]) - (5.0 + block / 100) for block in range(1500)]
    assert np.abs(errors_s[200:]).max() <= wavers_s / 4 + 1e-9
    assert np.abs(np.diff(errors_s[200:])).max() <= wavers_s / 50 + 1e-9


@pytest.mark.parametrize("drift_ppm", [-200, 200])
def test_a_crystal_that_runs_at_another_pace_is_followed(drift_ppm: int) -> None:
    dates = SteadyDates(RATE_HZ)
    for block in range(6000):
        true_s = block / 100 * (1 + drift_ppm * 1e-6)
        found_s = dates.at(block * BLOCK, true_s)
    assert found_s == pytest.approx(true_s, abs=0.0025)


def test_one_wrong_word_changes_nothing() -> None:
    dates = SteadyDates(RATE_HZ)
    for block in range(100):
        dates.at(block * BLOCK, 1.0 + block / 100)
    assert dates.at(100 * BLOCK, 7.0) == pytest.approx(2.0)
    assert dates.at(101 * BLOCK, 2.01) == pytest.approx(2.01)


def test_a_stream_that_skipped_is_dated_anew() -> None:
    dates = SteadyDates(RATE_HZ)
    for block in range(100):
        dates.at(block * BLOCK, 1.0 + block / 100)
    late_s = [dates.at(block * BLOCK, 1.5 + block / 100) - (1.5 + block / 100) for block in range(100, 130)]
    assert late_s[0] == pytest.approx(-0.5)
    assert late_s[SteadyDates.SKIPPED_FOR :] == pytest.approx([0.0] * 10)
