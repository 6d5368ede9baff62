"""How finished words are, on the model that comes with the package."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.turn_end.words import NUMBER, SUFFIX_BUCKETS, ending, normalise, suffix_bucket, words_model


def finished(text: str) -> float:
    return words_model().log_odds(normalise(text))


@pytest.mark.parametrize(
    ("cut", "whole"),
    [
        ("turn on the", "turn on the light"),
        ("what is the", "what is the time"),
        ("set a timer for", "set a timer for ten minutes"),
        ("remind me to", "remind me to call my mother"),
        ("I'd like a", "I'd like a large cappuccino"),
        ("how do you say", "how do you say hello in spanish"),
        ("play something by", "play something by miles davis"),
        ("add milk and", "add milk and eggs to my shopping list"),
        ("can you", "can you help me"),
        ("because the", "because the door was open"),
    ],
)
def test_a_whole_utterance_is_more_finished_than_its_beginning(cut: str, whole: str) -> None:
    assert finished(cut) + 2 < finished(whole)


@pytest.mark.parametrize(
    ("open_phrase", "short"),
    [("stop the", "stop"), ("yes i", "yes please"), ("what time", "what time is it"), ("thank", "thank you")],
)
def test_short_utterances_are_not_taken_for_beginnings(open_phrase: str, short: str) -> None:
    assert finished(open_phrase) < -1 < -0.5 < finished(short)


@pytest.mark.parametrize("text", ["the", "what is the", "turn on the", "I want to", "set an alarm for", "and then"])
def test_an_open_phrase_is_not_finished(text: str) -> None:
    assert finished(text) < -2


def test_spelling_of_numbers_and_letters_makes_no_difference() -> None:
    assert normalise("Set it to Twenty-Five, at 7:30 PM!") == ["set", "it", "to", NUMBER, "at", NUMBER, "pm"]
    assert normalise("What\u2019s the 4th?") == normalise("what's the 5th") == ["whats", "the", NUMBER]
    assert normalise("...") == []


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("Turn on the...", "..."),
        ("Turn on\u2026", "..."),
        ("the l-", "..."),
        ("Lights. ", "."),
        ("Why?", "?"),
        ("Yes", ""),
        ("", ""),
    ],
)
def test_the_last_mark_is_told(text: str, mark: str) -> None:
    assert ending(text) == mark


@given(st.text())
def test_any_text_can_be_judged(text: str) -> None:
    words = normalise(text)
    assert all(0 <= suffix_bucket(word) < SUFFIX_BUCKETS for word in words)
    if words:
        assert -50 < words_model().log_odds(words) < 50


def test_only_the_last_words_of_a_long_speech_count() -> None:
    tail = (
        "and after all of that I would really like you to turn on every light in the kitchen please thank you very much"
    )
    assert finished("hello " * 200 + tail) == pytest.approx(finished("goodbye " * 90 + tail), abs=0.5)
