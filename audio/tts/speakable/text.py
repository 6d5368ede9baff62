"""From the visible text to words and pauses: the scanner that applies the rules."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from audio.tts.speakable import (
    abbreviations,
    addresses,
    dates,
    identifiers,
    money,
    quantities,
    romans,
    symbols,
    units,
)
from audio.tts.speakable.markup import Visible
from audio.tts.speakable.numbers import power
from audio.tts.speakable.rules import COMMA, PHRASE, Rule, rule


class Token(NamedTuple):
    """A stretch of the visible text: `words` to say, or where there are none a `pause` (see `symbols.pause`)."""

    start: int
    end: int
    words: str
    pause: str


# After `characters.seen_as`, what is not ASCII and not a known sign is a letter or a combining mark.
_LETTER = rf"(?:[A-Za-z]|[^\x00-\x7f{re.escape(''.join(sign for sign in symbols.KEPT if not sign.isascii()))}])"

_EASY_WORD = re.compile(r"[A-Za-z]{1,40}(?:'[a-z]+)?(?=[ ,;:!?\x01\x02]|\.(?:[ \x01]|$)|$)")
"""Most words: nothing but letters, and after them nothing that could make them part of something else."""

_DOTS = re.compile(r"\.{2,}|(?:\. ){2,}\.")
_DASHES = re.compile(r"-{2,}(?![>-])")


def _power(match: re.Match[str]) -> str:
    # "mc^2" is "m c squared": variables are letters, longer names are words.
    base = " ".join(match[1]) if len(match[1]) <= 3 else match[1]
    return f"{base} {power(match[2])}"


def _word(match: re.Match[str]) -> str:
    return match[0] if len(match[0]) <= identifiers.LONGEST_WORD else "a long word"


_LETTER_RULES: tuple[Rule, ...] = (
    *addresses.RULES,
    *abbreviations.RULES,
    *dates.LETTER_RULES,
    *money.LETTER_RULES,
    *units.LETTER_RULES,
    *romans.RULES,
    *identifiers.LETTER_RULES,
    rule(r"([A-Za-z]+)\^[({]?([-−+]?[0-9]+|[A-Za-z])[)}]?", _power),
    rule(rf"{_LETTER}+(?:['-]{_LETTER}+)*(?:\(e?s\))?", lambda match: _word(match).replace("(", "").replace(")", "")),
)
_DIGIT_RULES: tuple[Rule, ...] = (
    *dates.DIGIT_RULES,
    *quantities.TELEPHONE_RULES,
    *addresses.RULES,
    *identifiers.VERSION_RULES,
    *money.DIGIT_RULES,
    *units.DIGIT_RULES,
    *quantities.DIGIT_RULES,
    *identifiers.DIGIT_RULES,
    *dates.PLAIN_RULES,
    *quantities.PLAIN_RULES,
)
_SIGN_RULES: tuple[Rule, ...] = (
    *money.SYMBOL_RULES,
    *quantities.SYMBOL_RULES,
    *quantities.TELEPHONE_RULES,
    *addresses.RULES,
    *units.SYMBOL_RULES,
    *symbols.RULES,
)
_TRIGGERS = frozenset().union(
    *(module.TRIGGERS for module in (abbreviations, addresses, dates, identifiers, money, units))
)


def tokens(visible: Visible) -> Iterable[Token]:
    """The visible text as words and pauses, in order and without gap."""
    text, position = visible.text, 0
    while position < len(text):
        token = _token(visible, text, position)
        yield token
        position = token.end


def _token(visible: Visible, text: str, position: int) -> Token:
    char = text[position]
    if char == PHRASE:
        return Token(position, position + 1, visible.phrases[position], "")
    if char == " ":
        return Token(position, position + 1, "", " ")
    if (word := _EASY_WORD.match(text, position)) and not _may_be_more(word):
        return Token(position, word.end(), word[0], "")
    for candidate in _rules_for(char):
        match = candidate.pattern.match(text, position)
        if match and (words := candidate.speak(match)):
            return Token(position, match.end(), words, "")
    if dots := _DOTS.match(text, position):
        # Before a small letter the sentence goes on.
        goes_on = text[dots.end() : dots.end() + 2].lstrip()[:1].islower()
        return Token(position, dots.end(), "", "," if goes_on else ".")
    if dashes := _DASHES.match(text, position):
        # "a -- b" is a pause, "--help" an option.
        is_option = text[position - 1 : position] in ("", " ") and text[dashes.end() : dashes.end() + 1].isalnum()
        return Token(position, dashes.end(), "", " " if is_option else COMMA)
    return Token(position, position + 1, "", symbols.pause(text, position))


def _may_be_more(word: re.Match[str]) -> bool:
    text = word[0]
    # An initial ("J. Smith") or a drive ("C:\\Users").
    is_single = len(text) == 1 and word.string[word.end() : word.end() + 1] in (".", ":")
    return is_single or text in _TRIGGERS or romans.looks_roman(text)


def _rules_for(char: str) -> tuple[Rule, ...]:
    if "0" <= char <= "9":
        return _DIGIT_RULES
    if char.isalpha() or not (char.isascii() or char in symbols.KEPT):
        return _LETTER_RULES
    return _SIGN_RULES
