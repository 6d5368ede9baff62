"""What is made of the sound that came back when somebody spoke over it."""

import numpy as np
import pytest

from audio.frames import PcmFloat
from scripts.peers.overlap import Over, judge, silences_s, sounding_s, summary

RATE_HZ = 1000


def output(*sounding: tuple[float, float]) -> PcmFloat:
    samples = np.zeros(20 * RATE_HZ, np.float32)
    for begin_s, end_s in sounding:
        samples[round(begin_s * RATE_HZ) : round(end_s * RATE_HZ)] = 0.5
    return samples


def over(*sounding: tuple[float, float], kind: str = "meant") -> Over:
    return judge("a", kind, "a.wav", output(*sounding), RATE_HZ, onset_s=5.0, rest_s=6.0)


def test_one_that_falls_silent_and_answers_something_else_gave_the_floor_away() -> None:
    outcome = over((2.0, 5.1), (8.0, 8.7))
    assert outcome.silent_ms == pytest.approx(100, abs=2)
    assert outcome.got_floor
    assert outcome.longest_ms is None


def test_one_that_is_hushed_and_goes_on_has_finished() -> None:
    outcome = over((2.0, 5.1), (5.7, 11.6))
    assert (outcome.was_finished, outcome.got_floor) == (True, False)
    assert outcome.longest_ms == pytest.approx(600, abs=25)


def test_one_that_does_not_heed_it_was_never_silent() -> None:
    outcome = over((2.0, 11.0))
    assert (outcome.was_finished, outcome.silent_ms, outcome.longest_ms) == (True, None, None)


def test_silences_lie_between_sounds() -> None:
    sound = output((1.0, 2.0), (2.5, 3.0), (5.0, 6.0))
    assert sounding_s(sound, RATE_HZ) == pytest.approx(2.5)
    assert silences_s(sound, RATE_HZ) == pytest.approx([0.5, 2.0])
    assert silences_s(sound, RATE_HZ, least_s=0.75) == pytest.approx([2.0])
    assert silences_s(output(), RATE_HZ) == []


def test_the_summary_has_a_row_for_each_system_and_kind() -> None:
    rows = summary([over((2.0, 5.1)), over((2.0, 11.0)), over((2.0, 5.1), (5.7, 11.6), kind="noise")])
    assert [(row["kind"], row["n"], row["got_floor"], row["finished"], row["hushed"]) for row in rows] == [
        ("meant", 2, 1, 1, 1),
        ("noise", 1, 0, 1, 1),
    ]
    assert rows[0]["longest_median_ms"] is None
