"""Where speech begins and ends, found in recordings whose every block is known."""

import numpy as np
import pytest

from audio.acoustics import first_sound_s, speech_end_s, spoken_span
from audio.frames import MIC_RATE_HZ, Frame, Pcm16
from audio.vad.segmenter import Segmenter

LOUD, HISS, FLOOR = 6000.0, 400.0, 8.0
AudioParts = list[tuple[float, float]]


class HearsVoice:
    """A detector that hears what is as loud as voice, and no hiss."""

    def probability(self, frame: Frame) -> float:
        return float(np.abs(frame.samples).mean() > 1000)

    def reset(self) -> None:
        """It remembers nothing."""


def recording(*parts: tuple[float, float]) -> Pcm16:
    """Noise, each part (seconds, level)."""
    rng = np.random.default_rng(0)
    pieces = [rng.normal(0, level, round(length_s * MIC_RATE_HZ)) for length_s, level in parts]
    return np.concatenate(pieces).clip(-32768, 32767).astype(np.int16)


def span(*parts: tuple[float, float]):  # type: ignore[no-untyped-def]
    return spoken_span(recording(*parts), HearsVoice(), Segmenter(threshold=0.5, onset_ms=60))


def test_speech_is_dated_to_ten_milliseconds() -> None:
    found = span((0.5, FLOOR), (1.23, LOUD), (1.0, FLOOR))
    assert found.start_s == pytest.approx(0.5, abs=0.011)
    assert found.end_s == pytest.approx(1.73, abs=0.011)
    assert found.pauses == ()


def test_a_soft_last_sound_belongs_to_speech() -> None:
    assert span((0.5, FLOOR), (1.0, LOUD), (0.25, HISS), (1.0, FLOOR)).end_s == pytest.approx(1.75, abs=0.011)


def test_a_sound_after_a_silence_is_no_speech() -> None:
    found = span((0.5, FLOOR), (1.0, LOUD), (0.12, FLOOR), (0.1, HISS), (1.0, FLOOR))
    assert found.end_s == pytest.approx(1.5, abs=0.011)


def test_steady_background_after_speech_is_no_speech() -> None:
    assert span((0.5, 150), (1.0, LOUD), (1.0, 150)).end_s == pytest.approx(1.5, abs=0.011)


def test_a_long_pause_is_found_and_a_short_one_is_not() -> None:
    found = span((0.5, FLOOR), (0.6, LOUD), (0.2, FLOOR), (0.6, LOUD), (0.7, FLOOR), (0.6, LOUD), (0.5, FLOOR))
    assert found.end_s == pytest.approx(3.2, abs=0.011)
    [(start_s, end_s)] = found.pauses
    assert (start_s, end_s) == (pytest.approx(1.9, abs=0.03), pytest.approx(2.6, abs=0.03))


def test_a_room_without_speech_has_no_end() -> None:
    assert speech_end_s(recording((2.0, FLOOR)), HearsVoice(), Segmenter(threshold=0.5, onset_ms=60)) is None


def test_the_first_sound_is_the_first_sample_above_the_threshold() -> None:
    samples = np.zeros(24_000, np.float32)
    samples[6_000] = 0.003  # -50.5 dBFS
    samples[12_000] = -0.0033  # -49.6 dBFS
    assert first_sound_s(samples, 24_000) == 0.5
    assert first_sound_s(samples, 24_000, after_s=0.6) is None
