"""How loud the assistant speaks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from assistant.conversation.volume import LOUDEST, QUIETEST, STEP_DB, UNCHANGED, Volume
from audio.frames import level_dbfs

LEVELS = st.integers(QUIETEST, LOUDEST)
TONE = np.rint(8000 * np.sin(np.arange(1600) / 5)).astype(np.int16)


def test_at_first_the_voice_is_left_as_it_is() -> None:
    assert Volume().level == UNCHANGED
    assert Volume().apply(TONE) is TONE


@pytest.mark.parametrize("level", range(QUIETEST, LOUDEST))
def test_each_level_is_a_step_louder(level: int) -> None:
    louder, softer = (level_dbfs(Volume(each).apply(TONE)) for each in (level + 1, level))
    assert louder - softer == pytest.approx(STEP_DB, abs=0.02)


@given(LEVELS, arrays(np.int16, st.integers(0, 50)))
def test_what_becomes_too_loud_is_clipped_and_never_wraps(level: int, samples: np.ndarray) -> None:
    before = samples.copy()
    after = Volume(level).apply(samples)
    assert after.dtype == np.int16
    assert after.shape == samples.shape
    assert np.all(np.sign(after) * np.sign(samples) >= 0)
    assert np.array_equal(samples, before)


@given(LEVELS, st.integers(-20, 20))
def test_it_changes_within_its_bounds(level: int, steps: int) -> None:
    assert Volume(level).changed_by(steps).level == min(LOUDEST, max(QUIETEST, level + steps))


@pytest.mark.parametrize("level", [QUIETEST - 1, LOUDEST + 1])
def test_a_level_out_of_bounds_is_refused(level: int) -> None:
    with pytest.raises(ValueError, match="a level from 1 to 10"):
        Volume(level)


def test_an_answer_to_a_whisper_is_softer_at_any_level_and_never_silent() -> None:
    for level in range(QUIETEST, LOUDEST + 1):
        assert QUIETEST <= Volume(level).quietened().level <= level
    assert Volume().gain_db - Volume().quietened().gain_db == pytest.approx(12)
