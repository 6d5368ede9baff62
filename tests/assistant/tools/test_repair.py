"""Commands as they are mis-heard, and other sentences that are as like them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.tools.repair import Repair
from tests.assistant.tools.commands import ENGLISH, intent

REPAIR = Repair(ENGLISH.grammar)


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        ("Stopp!", "stop"),
        ("Stooop!", "stop"),
        ("Nooo.", "no"),
        ("Yesss!", "yes"),
        ("Never mine.", "never_mind"),
        ("Never mined.", "never_mind"),
        ("Good by.", "goodbye"),
        ("Repeet that.", "repeat"),
        ("Turn the volum up.", "volume_up"),
        ("Turnit up.", "volume_up"),
        ("Good night's leap well.", "good_night"),
        ("Cheers by now.", "goodbye"),
        ("Hello there, hard side.", "hello"),
    ],
)
def test_a_command_is_found_in_what_was_misheard(heard: str, expected: str) -> None:
    assert intent(heard) == expected


@pytest.mark.parametrize(
    "heard",
    [
        "Top.",
        "Shop.",
        "Know.",
        "Yep it",
        "What is the tide?",
        "What is the crime?",
        "What is the gate?",
        "What is the data?",
        "What is the rate?",
        "Good fight.",
        "Good light.",
        "Top it.",
        "What is that time?",
        "What song is it?",
        "What was that song again?",
        "Turn it over.",
        "Turn the volume off.",
        "Repeat the cat.",
        "Hello Kitty.",
        "Thank him.",
        "Say hello.",
        "Set the volume to fife.",
        "Get the time is it.",
    ],
)
def test_another_sentence_is_not_taken_for_a_misheard_command(heard: str) -> None:
    assert intent(heard) is None


@settings(max_examples=300)
@given(st.sampled_from(ENGLISH.grammar.sentences), st.integers(0, 40), st.sampled_from("aeioulnrst"))
def test_a_wrong_letter_never_makes_another_command_of_it(sentence: str, at: int, letter: str) -> None:
    at %= len(sentence)
    grammar = ENGLISH.grammar
    repaired = REPAIR.command(f"{sentence[:at]}{letter}{sentence[at + 1 :]}")
    if repaired is not None:
        found, said = grammar.meaning(repaired), grammar.meaning(sentence)
        assert found is not None and said is not None
        assert found.intent == said.intent
