"""Word error rate is counted on words as spoken."""

import pytest

from audio.stt.word_errors import spoken_words, word_error_rate, word_errors


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Today only platforms 1 and 3 are used.", "today only platforms one and three are used"),
        ("It's 2:30 p.m.", "it's two thirty pm"),
        ("1,250 of them", "one thousand two hundred and fifty of them"),
        ("the 3rd", "the third"),
        ("12% chance", "twelve percent chance"),
    ],
)
def test_figures_count_as_the_words_they_are_spoken_as(written: str, spoken: str) -> None:
    assert spoken_words(written) == spoken_words(spoken)


def test_errors_are_words_changed_left_out_or_put_in() -> None:
    assert word_errors("turn on the light", "turn the lights") == (2, 4)
    assert word_errors("", "hello") == (1, 0)
    assert word_error_rate([("a b", "a b"), ("c d", "c")]) == pytest.approx(0.25)
