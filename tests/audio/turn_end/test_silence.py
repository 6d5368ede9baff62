"""The end of a turn by silence alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.engines import EngineSettings, build
from audio.turn_end.protocol import PausedTurn
from audio.turn_end.silence import SilenceTimer


def paused(silence_s: float) -> PausedTurn:
    return PausedTurn(np.zeros(0, np.int16), silence_s)


@pytest.mark.parametrize(("silence_s", "expected"), [(0.0, 0.0), (0.58, 0.0), (0.6, 1.0), (3.0, 1.0)])
async def test_a_turn_is_over_after_the_configured_silence(silence_s: float, expected: float) -> None:
    timer = build(
        "turn_end", "silence", EngineSettings({"silence_ms": 600}, lambda name: pytest.fail("needs no model"))
    )
    assert await timer.probability(paused(silence_s)) == expected


@given(st.integers(100, 5000), st.integers(0, 10_000), st.integers(1, 300))
async def test_it_is_over_on_the_very_frame_that_completes_the_silence(
    silence_ms: int, began_sample: int, frames: int
) -> None:
    """Times are fractions of samples: their sums must not be late by a rounding error and so by a frame."""
    began_s = began_sample * 320 / 16_000
    silence_s = (began_sample + frames) * 320 / 16_000 - began_s
    probability = await SilenceTimer(silence_ms / 1000).probability(paused(silence_s))
    assert probability == (1.0 if frames * 20 >= silence_ms else 0.0)
