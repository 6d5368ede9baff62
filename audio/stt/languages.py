"""Which of the languages that are spoken an utterance is in."""

from collections.abc import Iterable, Mapping

POSSIBLE = 0.04
"""128 passes over English, half of them over its first 1.25 s, had at least this probability of being English..."""
CERTAIN = 0.8
"""... and of 61 over other languages 53 had less of it, and this much of being another."""


def likeliest(likely: Mapping[str, float], spoken: Iterable[str]) -> str:
    """The likeliest of the languages that are spoken, the first of them where none is likely at all.

    `likely` are the probabilities of all languages, by code; what nobody here speaks does not count.
    """
    return max(spoken, key=lambda language: likely.get(language, 0.0))


def is_foreign(likely: Mapping[str, float], spoken: Iterable[str]) -> bool:
    """Whether an utterance is surely in a language that nobody here speaks: its words would be inventions."""
    own = max(likely.get(language, 0.0) for language in spoken)
    return own < POSSIBLE and max(likely.values()) >= CERTAIN
