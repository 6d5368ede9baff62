"""Pauses made out of recordings."""

import math

import numpy as np
import pytest

from audio.frames import MIC_RATE_HZ, Pcm16, level_dbfs
from audio.turn_end.cases import PAUSE_S, Case, cases, room_tone

BOUNDARIES_S = [0.75, 1.25, 1.75]


@pytest.fixture
def spoken() -> Pcm16:
    """Four words of 0.4 s, 0.1 s apart, with 0.3 s of faint noise before and after."""
    random = np.random.default_rng(3)
    sound = random.normal(0, 30, round(2.5 * MIC_RATE_HZ))
    for start_s in (0.3, 0.8, 1.3, 1.8):
        word = slice(round(start_s * MIC_RATE_HZ), round((start_s + 0.4) * MIC_RATE_HZ))
        sound[word] += random.normal(0, 3000, word.stop - word.start)
    return sound.astype(np.int16)


@pytest.fixture
def made(spoken: Pcm16) -> list[Case]:
    return cases(spoken, BOUNDARIES_S, np.random.default_rng(1), pauses=10)


def test_the_true_end_lies_where_the_last_word_ends(made: list[Case]) -> None:
    (end,) = [case for case in made if math.isinf(case.lasts_s)]
    assert len(end.spoken) / MIC_RATE_HZ == pytest.approx(2.2, abs=0.03)
    assert end.words == 4


def test_pauses_lie_between_the_words(made: list[Case]) -> None:
    pauses = sorted((case for case in made if not math.isinf(case.lasts_s)), key=lambda case: case.words)
    assert [pause.words for pause in pauses] == [1, 2, 3]
    for pause, boundary_s in zip(pauses, BOUNDARIES_S, strict=True):
        assert len(pause.spoken) / MIC_RATE_HZ == pytest.approx(boundary_s, abs=0.06)
        assert PAUSE_S[0] <= pause.lasts_s <= PAUSE_S[1]


def test_a_pause_sounds_like_the_room(spoken: Pcm16, made: list[Case]) -> None:
    for case in made:
        silence = case.after(0.5)[len(case.spoken) :]
        assert len(silence) == MIC_RATE_HZ // 2
        assert level_dbfs(silence) == pytest.approx(level_dbfs(spoken[:3000]), abs=3)


def test_the_same_seed_gives_the_same_cases(spoken: Pcm16, made: list[Case]) -> None:
    again = cases(spoken, BOUNDARIES_S, np.random.default_rng(1), pauses=10)
    assert [(case.words, case.lasts_s) for case in again] == [(case.words, case.lasts_s) for case in made]


def test_as_many_pauses_as_asked_for(spoken: Pcm16) -> None:
    assert len(cases(spoken, BOUNDARIES_S, np.random.default_rng(1), pauses=2)) == 3


@pytest.mark.parametrize("samples", [0, 100, 1000, 16_000])
def test_silence_gives_no_case(samples: int) -> None:
    assert cases(np.zeros(samples, np.int16), [0.5], np.random.default_rng(1), pauses=1) == []


def test_room_tone_of_a_recording_shorter_than_a_stretch() -> None:
    assert len(room_tone(np.ones(10, np.int16), 0.3, np.random.default_rng(1))) == round(0.3 * MIC_RATE_HZ)
