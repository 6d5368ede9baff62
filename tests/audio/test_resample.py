"""Resampling a stream piece by piece."""

import numpy as np
import pytest
import soxr
from hypothesis import given
from hypothesis import strategies as st

from audio.resample import StreamResampler

RATES = [(22_050, 24_000), (22_050, 48_000), (44_100, 16_000), (48_000, 16_000), (16_000, 48_000)]


def speechlike(rate_hz: int, seconds: float) -> np.ndarray:
    time_s = np.arange(round(rate_hz * seconds)) / rate_hz
    return (9000 * np.sin(2 * np.pi * 220 * time_s) + 4000 * np.sin(2 * np.pi * 1800 * time_s)).astype(np.int16)


@given(
    rates=st.sampled_from(RATES),
    cuts=st.lists(st.integers(0, 22_050), max_size=8).map(sorted),
)
def test_pieces_give_the_same_as_the_whole(rates: tuple[int, int], cuts: list[int]) -> None:
    whole = speechlike(rates[0], 0.5)
    resampler = StreamResampler(*rates)
    pieces = [resampler.push(piece) for piece in np.split(whole, cuts)]
    joined = np.concatenate([*pieces, resampler.finish()])
    expected = soxr.resample(whole, *rates, quality="HQ")
    assert len(joined) == len(expected)
    assert np.abs(joined.astype(int) - expected).max() <= 2


@pytest.mark.parametrize("rates", RATES)
def test_after_the_end_a_new_stream_begins_without_a_trace_of_the_old(rates: tuple[int, int]) -> None:
    resampler = StreamResampler(*rates)
    resampler.push(np.full(5000, 20_000, np.int16))
    resampler.finish()
    silence = np.concatenate([resampler.push(np.zeros(5000, np.int16)), resampler.finish()])
    assert len(silence) == pytest.approx(5000 * rates[1] / rates[0], abs=1)
    assert np.abs(silence).max() <= 1


def test_equal_rates_pass_through_at_once() -> None:
    resampler = StreamResampler(16_000, 16_000)
    samples = speechlike(16_000, 0.02)
    assert resampler.push(samples) is samples
    assert len(resampler.finish()) == 0


@pytest.mark.parametrize(("quality", "held_back_ms"), [("HQ", 22), ("MQ", 16)])
def test_a_live_stream_is_held_back_no_longer_than_documented(quality: str, held_back_ms: float) -> None:
    resampler = StreamResampler(48_000, 16_000, quality=quality)  # type: ignore[arg-type]
    out = sum(len(resampler.push(np.zeros(960, np.int16))) for _ in range(50))
    assert 1000 - out / 16 <= held_back_ms
