"""A peer's sound lies where a listener would have heard it."""

import numpy as np

from audio.frames import Pcm16
from scripts.peers.timeline import Timeline


def sound(length: int, value: int = 1) -> Pcm16:
    return np.full(length, value, np.int16)


def test_nothing_played_is_nothing() -> None:
    timeline = Timeline(100)
    assert (timeline.begin_s, timeline.end_s, len(timeline.samples())) == (None, 0.0, 0)


def test_a_piece_is_heard_when_it_comes() -> None:
    timeline = Timeline(100)
    timeline.play(0.5, sound(10))
    assert timeline.samples().tolist() == [0] * 50 + [1] * 10
    assert (timeline.begin_s, timeline.end_s) == (0.5, 0.6)


def test_pieces_that_come_early_are_heard_one_after_the_other() -> None:
    timeline = Timeline(100)
    timeline.play(0.5, sound(10, 1))
    timeline.play(0.51, sound(10, 2))
    timeline.play(0.9, sound(5, 3))
    assert timeline.samples()[50:].tolist() == [1] * 10 + [2] * 10 + [0] * 20 + [3] * 5


def test_what_was_not_played_yet_is_lost_when_the_speaker_goes_on() -> None:
    timeline = Timeline(100)
    timeline.play(0.1, sound(10, 1))
    timeline.play(0.1, sound(10, 2))
    timeline.stop(0.15)
    timeline.play(0.3, sound(2, 3))
    assert timeline.samples()[10:].tolist() == [1] * 5 + [0] * 15 + [3] * 2


def test_after_a_stop_before_the_first_piece_nothing_was_heard() -> None:
    timeline = Timeline(100)
    timeline.play(0.2, sound(10))
    timeline.stop(0.1)
    assert (timeline.begin_s, timeline.end_s) == (None, 0.0)


def test_any_part_of_it_can_be_had_while_it_goes_on() -> None:
    timeline = Timeline(100)
    timeline.play(0.1, sound(10, 1))
    timeline.play(0.3, sound(10, 2))
    assert timeline.between(15, 32).tolist() == [1] * 5 + [0] * 10 + [2] * 2
    assert timeline.between(0, 12).tolist() == [0] * 10 + [1] * 2
    assert timeline.between(50, 52).tolist() == [0, 0]
