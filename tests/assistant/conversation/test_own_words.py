"""The assistant's own words, told from the user's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation.own_words import own_words

SAYING = "Paris is the capital of France, and about two million people live there. It lies on the Seine."


@pytest.mark.parametrize(
    "heard",
    [
        "Paris is the capital",
        "the capital of France and",
        "about 2 million people live there.",
        "It lies on the sane",
        "Harris is the capital of friends",
        "people live there it lies on",
    ],
)
def test_what_it_says_is_its_own_also_if_badly_understood(heard: str) -> None:
    assert own_words(heard, SAYING) >= 0.8


@pytest.mark.parametrize(
    "heard",
    [
        "stop",
        "Stop, please.",
        "no, I meant London",
        "what about the river",
        "how many people live in Lyon",
        "wait a moment",
        "is it warm there",
        "tell me about the people",
    ],
)
def test_what_a_user_says_about_it_is_not(heard: str) -> None:
    assert own_words(heard, SAYING) < 0.8


@pytest.mark.parametrize("heard", ["France", "the", "", "...", "¿?"])
def test_a_single_word_is_no_evidence(heard: str) -> None:
    assert own_words(heard, SAYING) == 0.0


def test_nothing_is_its_own_while_it_is_silent() -> None:
    assert own_words("what time is it", "") == 0.0


@given(st.text(), st.text())
def test_it_is_a_share_whatever_the_texts(heard: str, saying: str) -> None:
    assert 0.0 <= own_words(heard, saying) <= 1.0


@given(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=2, max_size=12), st.data())
def test_any_stretch_of_what_it_says_is_wholly_its_own(words: list[str], data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(words) - 2))
    end = data.draw(st.integers(begin + 2, len(words)))
    assert own_words(" ".join(words[begin:end]), " ".join(words)) == pytest.approx(1.0)
