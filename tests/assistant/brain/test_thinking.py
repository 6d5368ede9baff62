"""Inline reasoning is never taken for the answer."""

from hypothesis import given
from hypothesis import strategies as st

from assistant.brain.thinking import ThinkSplitter
from assistant.conversation.messages import ReasoningDelta, TextDelta
from tests.assistant.brain.pieces import pieces


def split(*pieces: str) -> tuple[str, str]:
    """The whole answer and the whole reasoning."""
    splitter = ThinkSplitter()
    deltas = [delta for piece in pieces for delta in splitter.feed(piece)] + splitter.end()
    answer = "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))
    return answer, "".join(delta.text for delta in deltas if isinstance(delta, ReasoningDelta))


def test_what_stands_between_the_tags_is_reasoning() -> None:
    assert split("<think>\nSix, as\nalways.\n</think>\n\nSix.") == ("Six.", "Six, as\nalways.\n")


def test_an_empty_thought_leaves_no_trace() -> None:
    assert split("<think>\n\n</think>\n\nSix.") == ("Six.", "")


def test_a_thought_that_never_ends_is_never_an_answer() -> None:
    assert split("<think>Hm, ", "what ", "now") == ("", "Hm, what now")


def test_text_is_not_held_back_when_no_tag_can_begin() -> None:
    assert ThinkSplitter().feed("Two is ") == [TextDelta("Two is ")]


def test_a_comparison_is_no_tag() -> None:
    assert split("1 <", " 2 and 2 <thi", "rd") == ("1 < 2 and 2 <third", "")


texts = st.lists(st.sampled_from(["<think>", "</think>", "<", "<thi", "nk>", " ", "\n", "a", "word"])).map("".join)


@given(texts, st.lists(st.integers(0, 60)))
def test_it_makes_no_difference_where_the_text_is_cut(text: str, cuts: list[int]) -> None:
    assert split(*pieces(text, cuts)) == split(text)
