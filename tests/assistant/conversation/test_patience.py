"""The surer the end, the shorter the wait; and a speaker with long pauses is waited for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation.patience import GREATEST_SCALE, LEAST_SCALE, Patience, PauseHabit

PATIENCE = Patience(((0.1, 1.5), (0.5, 0.6), (0.9, 0.2)))


@pytest.mark.parametrize(
    ("probability", "wait_s"), [(0.0, 1.5), (0.1, 1.5), (0.49, 1.5), (0.5, 0.6), (0.89, 0.6), (0.9, 0.2), (1.0, 0.2)]
)
def test_each_step_holds_from_its_probability_on(probability: float, wait_s: float) -> None:
    assert PATIENCE.wait_s(probability) == wait_s


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_certainty_never_means_a_longer_wait(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert PATIENCE.wait_s(high) <= PATIENCE.wait_s(low) + 1e-12


@given(st.lists(st.floats(0, 30), max_size=50))
def test_no_habit_stretches_the_waits_beyond_bounds(pauses: list[float]) -> None:
    habit = PauseHabit()
    for pause_s in pauses:
        habit.paused(pause_s)
        assert LEAST_SCALE <= habit.scale <= GREATEST_SCALE


def test_a_speaker_with_long_pauses_is_waited_for_longer_and_one_with_short_ones_less() -> None:
    slow, quick = PauseHabit(), PauseHabit()
    for _ in range(6):
        slow.paused(1.2)
        quick.paused(0.3)
    assert quick.scale < PauseHabit().scale == 1.0 < slow.scale
