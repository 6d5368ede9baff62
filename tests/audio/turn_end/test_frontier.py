"""Measuring a rule for waiting: what it cuts and how late it is."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.turn_end.frontier import Silence, measure, steps, two_waits, waited_s

probabilities = st.floats(0, 1)


def end(*opinions: tuple[float, float]) -> Silence:
    return Silence(math.inf, opinions)


def pause(lasts_s: float, *opinions: tuple[float, float]) -> Silence:
    return Silence(lasts_s, opinions)


def test_nothing_is_decided_before_the_first_opinion() -> None:
    assert waited_s(end((0.3, 0.99)), lambda _: 0.1) == pytest.approx(0.3)
    assert waited_s(end(), lambda _: 0.1) == math.inf


def test_a_later_opinion_replaces_the_one_before() -> None:
    rule = steps(((0.0, 1.2), (0.8, 0.2)))
    assert waited_s(end((0.1, 0.3), (0.5, 0.9)), rule) == pytest.approx(0.5)
    assert waited_s(end((0.1, 0.9), (0.15, 0.3)), rule) == pytest.approx(1.2)
    assert waited_s(end((0.1, 0.9), (0.3, 0.1)), rule) == pytest.approx(0.2)  # already decided by then


def test_a_decision_falls_on_the_frame_that_completes_the_wait() -> None:
    assert waited_s(end((0.1, 1.0)), lambda _: 0.21) == pytest.approx(0.22)
    assert waited_s(end((0.1, 1.0)), lambda _: 0.22) == pytest.approx(0.22)


def test_a_pause_is_cut_when_it_outlasts_the_wait() -> None:
    silences = [end((0.1, 0.9)), pause(0.5, (0.1, 0.9)), pause(0.5, (0.1, 0.2)), pause(1.3, (0.1, 0.2))]
    point = measure("a rule", silences, steps(((0.0, 1.2), (0.8, 0.2))))
    assert (point.pauses, point.ends) == (3, 1)
    assert point.cut == pytest.approx(2 / 3)
    assert point.median_s == point.p95_s == pytest.approx(0.2)


def test_delays_are_given_as_quantiles_of_the_true_ends() -> None:
    ends = [end((0.1, 1.0 if number < 12 else 0.0)) for number in range(20)]
    point = measure("a rule", [*ends, pause(0.5, (0.1, 0.0))], steps(((0.0, 1.0), (0.5, 0.2))))
    assert (point.median_s, point.p90_s, point.p95_s) == pytest.approx((0.2, 1.0, 1.0))


@pytest.mark.parametrize("silences", [[end((0.1, 0.5))], [pause(1.0, (0.1, 0.5))], []])
def test_one_kind_of_silence_makes_no_frontier(silences: list[Silence]) -> None:
    with pytest.raises(ValueError, match="both kinds"):
        measure("a rule", silences, lambda _: 0.5)


@given(
    st.lists(probabilities, min_size=1),
    st.lists(st.tuples(st.floats(0.05, 2), probabilities), min_size=1),
)
def test_a_higher_threshold_cuts_less_and_waits_longer(ends: list[float], pauses: list[tuple[float, float]]) -> None:
    silences = [end((0.1, p)) for p in ends] + [pause(lasts_s, (0.1, p)) for lasts_s, p in pauses]
    curve = two_waits(silences, [0.0, 0.3, 0.6, 0.9], short_s=0.2, long_s=1.2)
    assert [point.cut for point in curve] == sorted((point.cut for point in curve), reverse=True)
    assert [point.median_s for point in curve] == sorted(point.median_s for point in curve)
