"""The level of a piece of audio."""

import math

import numpy as np
import pytest

from audio.frames import level_dbfs


def test_full_scale_square_and_sine() -> None:
    square = np.where(np.arange(1600) % 20 < 10, 32_767, -32_768).astype(np.int16)
    assert level_dbfs(square) == pytest.approx(0, abs=0.001)
    sine = (32_767 * np.sin(2 * np.pi * np.arange(1600) / 16)).astype(np.int16)
    assert level_dbfs(sine) == pytest.approx(-3.01, abs=0.01)


def test_half_the_amplitude_is_six_decibels_less() -> None:
    noise = np.random.default_rng(1).integers(-20_000, 20_000, 16_000, np.int16)
    assert level_dbfs(noise) - level_dbfs(noise // 2) == pytest.approx(6.02, abs=0.01)


def test_silence_and_nothing_have_no_level() -> None:
    assert level_dbfs(np.zeros(320, np.int16)) == -math.inf
    assert level_dbfs(np.zeros(0, np.int16)) == -math.inf
