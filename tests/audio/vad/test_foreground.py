"""A voice in the background is told by its loudness, and the speaker's own soft sounds are not taken for one."""

from audio.vad.foreground import Foreground


def voiced(foreground: Foreground, level_db: float, frames: int) -> list[float]:
    return [foreground.probability(level_db, 0.9, is_in_turn=True) for _ in range(frames)]


def test_a_voice_that_is_clearly_softer_than_the_speaker_is_background() -> None:
    foreground = Foreground(9.0)
    assert set(voiced(foreground, -20.0, 50)) == {0.9}
    after = voiced(foreground, -34.0, 40)
    assert after[:10] == [0.9] * 10, "a third of a second of it may be a soft syllable"
    assert set(after[15:]) == {0.0}


def test_a_voice_about_as_loud_as_the_speaker_is_the_speakers() -> None:
    foreground = Foreground(9.0)
    voiced(foreground, -20.0, 50)
    assert set(voiced(foreground, -27.0, 100)) == {0.9}


def test_short_soft_sounds_are_the_speakers_own() -> None:
    foreground = Foreground(9.0)
    for _ in range(20):
        assert set(voiced(foreground, -20.0, 6) + voiced(foreground, -45.0, 9)) == {0.9}


def test_any_voice_may_begin_a_turn() -> None:
    foreground = Foreground(9.0)
    voiced(foreground, -10.0, 100)
    foreground.probability(-60.0, 0.0, is_in_turn=False)
    assert set(voiced(foreground, -40.0, 50)) == {0.9}


def test_what_is_no_speech_stays_none() -> None:
    foreground = Foreground(9.0)
    assert foreground.probability(-10.0, 0.2, is_in_turn=True) == 0.2
