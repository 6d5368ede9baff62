"""What can be told from the wording of a text: whether two mean the same, whether one asks. Pure."""

from functools import lru_cache

from audio.stt.word_errors import spoken_words

FILLERS = frozenset({"uh", "um", "er", "erm", "hm", "hmm", "mm", "ah", "oh"})
"""Sounds of hesitation: with or without them the question is the same."""


@lru_cache(maxsize=64)
def wording(text: str) -> tuple[str, ...]:
    """The words as spoken, in lower case, numbers written out, without punctuation and hesitation.

    Nothing cleverer: one different word can turn a question round ("on" for "off"), and an answer that is
    discarded without need costs a little time only.
    """
    return tuple(word for word in spoken_words(text) if word not in FILLERS)


def asks(text: str) -> bool:
    """Whether a text ends in a question: whoever hears it is expected to speak."""
    return text.rstrip(" \n\"'”’)*_").endswith(("?", "？"))


def means_same(one: str, other: str) -> bool:
    """Whether both texts have the same wording: then an answer that was begun to one is an answer to the other."""
    return wording(one) == wording(other)
