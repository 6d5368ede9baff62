"""Templates laid out as sentences."""

import pytest

from assistant.tools.grammar import Grammar, Meaning
from assistant.tools.language import languages, load_language

SMALL = {
    "language": "en",
    "intents": {
        "turn": {"data": [{"sentences": ["turn <it> (up|down) [{amount}]"]}]},
        "day": {"data": [{"sentences": ["{day}s date"]}]},
    },
    "expansion_rules": {"it": "[it]"},
    "lists": {
        "amount": {"values": [{"in": "(a bit|a little)", "out": "little"}]},
        "day": {"values": [{"in": "tomorrow", "out": 1}, {"in": "yesterday", "out": -1}]},
    },
}


def test_every_sentence_that_the_templates_allow_is_there_with_its_values() -> None:
    grammar = Grammar(SMALL)
    assert len(grammar) == 14
    assert grammar.meaning("turn up") == Meaning("turn")
    assert grammar.meaning("turn it down a little") == Meaning("turn", (("amount", "little"),))
    assert grammar.meaning("yesterdays date") == Meaning("day", (("day", -1),))
    assert grammar.meaning("turn") is None


def test_a_sentence_goes_on_where_a_longer_one_means_something_else() -> None:
    grammar = Grammar(SMALL)
    assert grammar.goes_on("turn")
    assert grammar.goes_on("turn it u")
    assert grammar.goes_on("turn it up")
    assert not grammar.goes_on("turn it up a bit")
    assert not grammar.goes_on("turn off")


def test_a_sentence_with_two_meanings_is_refused() -> None:
    templates = {
        "language": "en",
        "intents": {"one": {"data": [{"sentences": ["go [on]"]}]}, "two": {"data": [{"sentences": ["go on"]}]}},
    }
    with pytest.raises(ValueError, match="'go on' two meanings"):
        Grammar(templates)


def test_a_list_without_end_is_refused() -> None:
    templates = {
        "language": "en",
        "intents": {"one": {"data": [{"sentences": ["play {title}"]}]}},
        "lists": {"title": {"wildcard": True}},
    }
    with pytest.raises(ValueError, match="title"):
        Grammar(templates)


@pytest.mark.parametrize("code", languages())
def test_a_languages_data_hold_together(code: str) -> None:
    """Each intent can be answered, and nothing is a command and left to the model at once."""
    language = load_language(code)
    grammar = Grammar(language.grammar)
    intents = {meaning.intent for sentence in grammar.sentences if (meaning := grammar.meaning(sentence))}
    made = {"repeat", "go_on", "volume_up", "volume_down", "volume_set", "faster", "slower", "usual_pace"}
    made |= {"time", "date", "day", "month", "year"}
    assert intents - made <= set(language.replies)
    assert language.answers_to_a_question <= intents
    assert {text for text in language.left_to_the_model if grammar.meaning(text) is not None} == set()
    assert {text for text in language.only_alone if grammar.meaning(text) is None} == set()
    # A sentence that a spelling still stands in could never be heard.
    unheard = [text for text in grammar.sentences if any(word in language.spelling for word in text.split())]
    assert unheard == []
