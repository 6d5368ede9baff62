"""What is measured of an utterance, on sounds of which it is known."""

import numpy as np
import pytest

from audio.frames import MIC_RATE_HZ, Pcm16
from audio.voice.prosody import prosody

TIME_S = np.arange(2 * MIC_RATE_HZ) / MIC_RATE_HZ


def vowel(pitch_hz: float, level: float = 6000.0) -> Pcm16:
    """A buzz with harmonics, as vocal folds make one, for two seconds."""
    harmonics = [np.sin(2 * np.pi * pitch_hz * number * TIME_S) / number for number in range(1, 12)]
    return (level * np.sum(harmonics, axis=0) / 2).astype(np.int16)


def hiss(level: float = 2000.0) -> Pcm16:
    return np.random.default_rng(0).normal(0, level, len(TIME_S)).astype(np.int16)


@pytest.mark.parametrize("pitch_hz", [90.0, 140.0, 220.0, 330.0])
def test_the_pitch_of_a_voice(pitch_hz: float) -> None:
    heard = prosody(vowel(pitch_hz))
    assert heard is not None
    assert heard.pitch_hz == pytest.approx(pitch_hz, rel=0.03)
    assert heard.voiced_share > 0.95


def test_a_hiss_is_not_voiced_and_lies_high() -> None:
    heard, voiced = prosody(hiss()), prosody(vowel(140.0))
    assert heard is not None and voiced is not None
    assert heard.voiced_share < 0.1
    assert heard.tilt_db < 0 < voiced.tilt_db


@pytest.mark.parametrize("per_s", [2.5, 4.0, 6.0])
def test_syllables_are_peaks_of_loudness(per_s: float) -> None:
    swelling = 0.52 - 0.48 * np.cos(2 * np.pi * per_s * TIME_S)
    heard = prosody((vowel(140.0) * swelling).astype(np.int16))
    assert heard is not None
    assert heard.syllables_per_s * heard.speech_s == pytest.approx(2 * per_s, abs=1.1)


def test_a_pause_is_told_from_the_sound_about_it() -> None:
    gap = np.random.default_rng(0).normal(0, 5, MIC_RATE_HZ).astype(np.int16)
    heard = prosody(np.concatenate([gap, vowel(140.0), gap, vowel(140.0), gap]))
    assert heard is not None
    assert heard.pause_share == pytest.approx(0.2, abs=0.02)
    assert heard.speech_s == pytest.approx(4.0, abs=0.1)


def test_the_level_changes_nothing_but_the_level() -> None:
    loud, soft = prosody(vowel(140.0)), prosody(vowel(140.0, 600.0))
    assert loud is not None and soft is not None
    assert loud.level_dbfs - soft.level_dbfs == pytest.approx(20, abs=0.5)
    assert loud.tilt_db == pytest.approx(soft.tilt_db, abs=0.5)


@pytest.mark.parametrize("samples", [np.zeros(0, np.int16), np.zeros(MIC_RATE_HZ, np.int16), np.ones(100, np.int16)])
def test_no_sound_has_no_prosody(samples: Pcm16) -> None:
    assert prosody(samples) is None
