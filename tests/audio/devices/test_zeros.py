"""A microphone that gives zeros only is deaf, unless it has a noise gate."""

import numpy as np

from audio.devices.zeros import ZEROS_FOR_S, Zeros

BLOCK = 320
RATE_HZ = 16_000
SILENCE = np.zeros(BLOCK, np.int16)
HISS = np.ones(BLOCK, np.int16)
ENOUGH = round(ZEROS_FOR_S * RATE_HZ / BLOCK)


def test_zeros_for_long_are_deafness_and_the_first_sound_ends_it() -> None:
    zeros = Zeros(RATE_HZ)
    assert not zeros.push(HISS)
    assert not any(zeros.push(SILENCE) for _ in range(ENOUGH - 1))
    assert zeros.push(SILENCE)
    assert zeros.is_deaf
    assert not any(zeros.push(SILENCE) for _ in range(100))
    assert zeros.push(HISS)
    assert not zeros.is_deaf


def test_the_softest_hiss_is_hearing() -> None:
    zeros = Zeros(RATE_HZ)
    for _ in range(5):
        assert not any(zeros.push(SILENCE) for _ in range(ENOUGH - 1))
        assert not zeros.push(HISS)


def test_a_noise_gate_is_taken_for_deafness_once_at_most() -> None:
    zeros = Zeros(RATE_HZ)
    changes = [zeros.push(block) for _ in range(4) for block in [*[SILENCE] * 2 * ENOUGH, HISS]]
    assert sum(changes) == 2
    assert not zeros.is_deaf
