"""What kind of break follows a word of written English: the rules by which a clause may end.

Pure functions of the text around a gap between two words. Where the text that has arrived does not yet decide,
they say so, and are asked again when more is there.
"""

import re
from enum import IntEnum

from audio.tts.speakable.abbreviations import BEFORE_NUMBER, INSIDE, MAY_END, STARTERS, TITLES, is_initial


class Break(IntEnum):
    """How strong a break is, weakest first."""

    NONE = 0
    COMMA = 1
    """A comma, or a mark of a sentence's end inside a sentence."""
    CLAUSE = 2
    """A semicolon, a colon, a dash."""
    SENTENCE = 3


CONJUNCTIONS = frozenset(
    {"and", "but", "or", "because", "which", "who", "when", "while", "where", "if", "so", "since", "although"}
    | {"though", "unless", "until", "whereas", "that"}
)
PREPOSITIONS = frozenset(
    {"in", "on", "at", "with", "for", "from", "by", "about", "into", "through", "during", "between", "without"}
    | {"within", "after", "before", "over", "under", "against", "among", "across"}
    | {"behind", "beside", "near", "beyond", "along", "around", "above", "below", "toward", "towards"}
)
"""Words before which a speaker may breathe where no mark stands: best before a conjunction."""

CLOSERS = "\"'”’»)]}*_~`"
OPENERS = "\"'“‘«([*_`"

_LIST_MARK = re.compile(r"[0-9]{1,3}[.)]|[A-Za-z][.)]|[-*+•–]|#{1,6}|>+")
_INITIALS = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]")
_DASHES = frozenset({"—", "–", "-", "--", "---"})

_LONGEST_STARTER = max(map(len, STARTERS))
_MANY_OPENERS = 8


def is_list_mark(word: str) -> bool:
    """Whether the first word of a line is the mark of a list item, a heading or a quote."""
    return _LIST_MARK.fullmatch(word) is not None


def break_after(before: str, word: str, following: str, *, is_line_start: bool, is_final: bool) -> Break | None:
    """The break after `word`: `before` ends in front of it, `following` begins behind the white space after it.

    `is_line_start`: the word is the first of its line. `is_final`: nothing will follow `following`. None: more
    of the text is needed.
    """
    if is_line_start and is_list_mark(word):
        return Break.NONE
    core = word.rstrip(CLOSERS)
    first = _first_character(following)
    if not first and not is_final:
        return None
    if core in _DASHES or core.endswith(("—", "--")):
        # "5 - 3", "10 – 12"
        return Break.NONE if first.isdigit() else Break.CLAUSE
    if core.endswith(("!", "?", "…", "..", "。", "！", "？")):
        return Break.COMMA if first.islower() else Break.SENTENCE
    if core.endswith("."):
        return _break_after_dot(before, core[:-1].lstrip(OPENERS), first, following, is_final)
    if core.endswith((";", ":")):
        return Break.CLAUSE
    if core.endswith(","):
        # "Nov 3, 2025", "1, 2, 3"
        return Break.NONE if first.isdigit() else Break.COMMA
    return Break.NONE


def _break_after_dot(before: str, name: str, first: str, following: str, is_final: bool) -> Break | None:
    """Whether the dot after `name` ends a sentence or belongs to an abbreviation."""
    if first.islower() or name in TITLES or name in INSIDE:
        return Break.NONE
    if first.isdigit() and (name in BEFORE_NUMBER or name in MAY_END):
        return Break.NONE
    if name in MAY_END:
        return Break.SENTENCE
    is_single = len(name) == 1 and name.isupper()
    if not (is_single or name == "St" or _INITIALS.fullmatch(name)):
        return Break.SENTENCE
    next_word = _next_word(following, is_final)
    if next_word is None:
        return None
    if is_single:
        return Break.NONE if is_initial(before, name, next_word) else Break.SENTENCE
    return Break.SENTENCE if next_word in STARTERS else Break.NONE


def _first_character(following: str) -> str:
    """The first character behind opening quotes and marks; "" where it has not arrived."""
    for char in following[:_MANY_OPENERS]:
        if char not in OPENERS:
            return char
    return following[_MANY_OPENERS : _MANY_OPENERS + 1]


def _next_word(following: str, is_final: bool) -> str | None:
    """The first word of `following`, whole or too long for a starter; None where its end has not arrived."""
    match = re.match(rf"[{re.escape(OPENERS)}]*([A-Za-z]{{0,{_LONGEST_STARTER + 1}}})", following)
    word = match[1] if match else ""
    is_whole = is_final or len(word) > _LONGEST_STARTER or (match is not None and match.end() < len(following))
    return word if is_whole else None
