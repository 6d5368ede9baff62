"""An answer serves as long as the question means the same."""

import pytest

from assistant.conversation.wording import means_same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("what's the time", "What's the time?"),
        ("set a timer for 3 minutes", "Set a timer for three minutes."),
        ("um, turn it off", "Turn it off"),
        ("", "..."),
    ],
)
def test_spelling_punctuation_and_hesitation_change_nothing(one: str, other: str) -> None:
    assert means_same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("turn it on", "turn it off"), ("turn on", "turn on the"), ("", "yes"), ("3 minutes", "13 minutes")],
)
def test_one_different_word_is_another_question(one: str, other: str) -> None:
    assert not means_same(one, other)
