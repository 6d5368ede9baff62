"""Whether what was understood is what the assistant is just saying itself. Pure."""

import re

from rapidfuzz import fuzz

FEWEST_WORDS = 2
"""One word is no evidence: it may be in the answer and meant all the same ("stop")."""
ALIKE = 66.0
"""A word counts as said if two thirds of its letters were: an echo is understood badly."""
SKIPPED_WORDS = 2
"""So many words of the answer may be missing in between: an answer that is long enough has every word somewhere."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def own_words(heard: str, saying: str) -> float:
    """The share of the words in `heard` that one stretch of `saying` has, in the same order: 0 to 1.

    `heard` is a transcript, whole or partial; `saying` is what is being spoken or was spoken just now, as displayed.
    Fewer than FEWEST_WORDS are nobody's: 0. From 0.8 on it is the assistant that was heard (see the tests).
    """
    words, said = _words(heard), _words(saying)
    if len(words) < FEWEST_WORDS:
        return 0.0
    alike = [[fuzz.ratio(word, other) >= ALIKE for other in said] for word in words]
    reach = len(words) + SKIPPED_WORDS
    most = max((_longest_common(alike, begin, begin + reach) for begin in range(len(said))), default=0)
    return most / len(words)


def _longest_common(alike: list[list[bool]], begin: int, end: int) -> int:
    """Length of the longest common subsequence of all words heard and those said from `begin` to before `end`."""
    row = [0] * (len(alike[0][begin:end]) + 1)
    for matches in alike:
        before, row = row, [0]
        for place, is_alike in enumerate(matches[begin:end], start=1):
            row.append(max(row[-1], before[place], before[place - 1] + is_alike))
    return row[-1]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
