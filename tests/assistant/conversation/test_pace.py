"""How fast the assistant speaks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation.pace import FASTEST, SLOWEST, STEP, Pace

PACES = st.integers(SLOWEST, FASTEST).map(Pace)


def test_at_first_it_is_the_voices_own() -> None:
    assert Pace().factor == 1


@given(PACES, st.integers(-20, 20))
def test_it_changes_within_its_bounds_and_step_by_step(pace: Pace, steps: int) -> None:
    changed = pace.changed_by(steps)
    assert changed.steps == min(FASTEST, max(SLOWEST, pace.steps + steps))
    assert changed.factor == pytest.approx(pace.factor * STEP ** (changed.steps - pace.steps))


@pytest.mark.parametrize("steps", [SLOWEST - 1, FASTEST + 1])
def test_a_pace_out_of_bounds_is_refused(steps: int) -> None:
    with pytest.raises(ValueError, match="steps from the usual one"):
        Pace(steps)
