"""When words are taken to be heard of a voice that does not tell."""

from hypothesis import given
from hypothesis import strategies as st

from audio.tts.guessed_times import CHARS_PER_S, GuessedTimes

RATE_HZ = 1000


@given(st.text(), st.lists(st.integers(0, 5 * RATE_HZ)))
def test_every_word_comes_once_in_order_and_none_before_its_sound(text: str, pieces: list[int]) -> None:
    times = GuessedTimes(text, RATE_HZ)
    words = []
    samples = 0
    for piece in pieces:
        begun = times.within(piece)
        samples += piece
        assert all(word.start_s < samples / RATE_HZ for word in begun)
        words += begun
    words += times.rest()
    assert not times.rest()
    ends_s = [word.end_s for word in words]
    assert ends_s == sorted(ends_s)
    said = [text[word.start_char : word.end_char] for word in words]
    assert said == [word for word in text.split() if any(character.isalnum() for character in word)]


def test_what_the_pace_leaves_over_is_heard_with_the_last_sound() -> None:
    times = GuessedTimes("One two three four.", RATE_HZ)
    (one,) = times.within(round(0.2 * RATE_HZ))
    assert (one.start_s, one.end_s) == (0.0, 3 / CHARS_PER_S)
    assert [word.end_s for word in times.rest()] == [max(0.2, one.end_s)] * 3
