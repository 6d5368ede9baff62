"""The end of speech is dated to where its last sound is, not to where the detector noticed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.frames import MIC_RATE_HZ, Pcm16
from audio.vad.speech_end import LOOK_BACK_S, refined_end_s


def room_then_speech(speech_s: float, after_s: float, floor: float = 20.0, loud: float = 6000.0) -> Pcm16:
    rng = np.random.default_rng(1)
    lengths = [round(MIC_RATE_HZ * part_s) for part_s in (0.5, speech_s, after_s)]
    parts = [rng.normal(0, level, length) for level, length in zip((floor, loud, floor), lengths, strict=True)]
    return np.concatenate(parts).clip(-32768, 32767).astype(np.int16)


@pytest.mark.parametrize("late_s", [0.0, 0.05, 0.1])
def test_a_detector_that_is_late_is_put_right(late_s: float) -> None:
    samples = room_then_speech(1.0, 0.5)
    assert refined_end_s(samples, 10.0, 11.5 + late_s) == pytest.approx(11.5, abs=0.011)


def test_in_noise_what_stands_out_counts() -> None:
    samples = room_then_speech(1.0, 0.5, floor=600.0)
    assert refined_end_s(samples, 0.0, 1.6) == pytest.approx(1.5, abs=0.011)


def test_where_nothing_stands_out_the_detector_is_believed() -> None:
    assert refined_end_s(np.zeros(MIC_RATE_HZ, np.int16), 0.0, 0.8) == 0.8
    assert refined_end_s(np.zeros(0, np.int16), 3.0, 3.0) == 3.0


@given(st.integers(0, 2000), st.floats(0, 2), st.integers(0, 3))
def test_the_end_is_never_later_than_the_detectors_nor_far_before_it(level: int, end_s: float, seed: int) -> None:
    samples = np.random.default_rng(seed).normal(0, level, 2 * MIC_RATE_HZ).astype(np.int16)
    assert end_s - LOOK_BACK_S - 0.02 <= refined_end_s(samples, 0.0, end_s) <= end_s + 0.01
