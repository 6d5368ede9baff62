"""A rule of the speech-ready text: a written form, and how to say it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

Speak: TypeAlias = Callable[[re.Match[str]], str | None]
"""What to say for a match, or None where the match is not this form after all."""

STOP = "\x01"
"""Stands in the visible text where the layout ends a sentence: the end of a list item, a heading, a row."""

COMMA = "\x02"
"""Stands in the visible text where the layout asks for a short pause: a table cell, a line of an address."""

PHRASE = "\x03"
"""Stands in the visible text for something whose words are already made: code, a formula."""

LETTER = r"[^\W\d_]"

FINAL_DOT = rf"""(?:\.(?!["')\]]*(?:\s*(?:$|{STOP})|\s+["'(]*[A-Z])))?"""
"""The dot of an abbreviation that can end a sentence ("5 p.m."): taken where it does not."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`pattern` is tried at the start of a token only; the first rule that says something wins."""

    pattern: re.Pattern[str]
    speak: Speak


def rule(pattern: str, speak: Speak) -> Rule:
    """A rule from the text of its pattern."""
    return Rule(re.compile(pattern), speak)


def before(match: re.Match[str], length: int) -> str:
    """Up to `length` characters in front of the match."""
    return match.string[max(0, match.start() - length) : match.start()]
