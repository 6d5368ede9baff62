"""Fractions, ratios, dimensions, ordinals, telephone numbers, and numbers on their own."""

import re

from audio.tts.speakable.dates import MONTHS
from audio.tts.speakable.numbers import NUMBER, cardinal, digits, fraction, label, number, ordinal, power
from audio.tts.speakable.rules import Rule, before, rule

_MAGNITUDES = {"k": "thousand", "K": "K", "M": "million", "B": "billion", "T": "trillion"}
"""What a letter after a number stands for; "4K" is a screen and "5K" a run, while "10k" is a count."""

_JUXTAPOSED = frozenset({"24/7", "9/11", "20/20"})
_DENOMINATORS = frozenset({*range(2, 10), 12, 16, 32, 64})


_NUMBERED_PLACE = re.compile(r"\b(?:[Rr]oom|[Ff]light|[Hh]ighway|[Rr]oute|[Ss]uite|[Zz]ip|[Cc]ode|PIN|[Ee]xt|[Bb]us) $")
"""Before a number that is read as a label: "room two oh four"."""


def _fraction(match: re.Match[str]) -> str | None:
    whole, numerator, denominator = match[1], int(match[2]), int(match[3])
    is_fraction = denominator in _DENOMINATORS and 0 < numerator < denominator
    if whole:
        words = fraction(numerator, denominator)
        return f"{number(whole)} and {re.sub('^one ', 'a ', words)}" if is_fraction else None
    if match[0] in _JUXTAPOSED or numerator + denominator == 100:
        return f"{cardinal(numerator)} {cardinal(denominator)}"
    if is_fraction:
        return fraction(numerator, denominator)
    if 1 <= numerator <= 12 and 13 <= denominator <= 31 and denominator % 10:
        return f"{MONTHS[numerator - 1]} {ordinal(denominator)}"
    # A score out of a round number ("8/10"), otherwise a ratio.
    link = "out of" if numerator <= denominator and denominator % 10 == 0 else "over"
    return f"{cardinal(numerator)} {link} {cardinal(denominator)}"


def _rating(match: re.Match[str]) -> str:
    return f"{number(match[1])} out of {number(match[2])}"


def _dimensions(match: re.Match[str]) -> str | None:
    sides = re.findall(NUMBER, match[0])
    # 1920x1080 is a screen and read as one, 3x4 a size, 3×4 a product.
    is_screen = all(side.isdigit() and len(side) in (3, 4) for side in sides)
    if "×" in match[0] and not is_screen:
        return None
    return " by ".join(label(side) if is_screen else number(side) for side in sides)


def _scientific(match: re.Match[str]) -> str:
    return f"{number(match[1])} times ten {power(match[2])}"


def _times(match: re.Match[str]) -> str:
    return f"{number(match[1])} times"


def _ratio(match: re.Match[str]) -> str:
    return f"{number(match[1])} to {number(match[2])}"


def _magnitude(match: re.Match[str]) -> str:
    return f"{number(match[1])} {_MAGNITUDES[match[2]]}"


def _ordinal(match: re.Match[str]) -> str:
    return ordinal(int(match[1].replace(",", "")))


def _telephone(match: re.Match[str]) -> str:
    groups = re.findall("[0-9]+", match[0])
    said = ", ".join(digits(group) for group in groups)
    return f"plus {said}" if match[0].startswith("+") else said


def _emergency(match: re.Match[str]) -> str | None:
    is_called = re.search(r"\b(?:[Cc]all|[Dd]ial|[Cc]alling|[Dd]ialing|[Pp]hone) $", before(match, 8))
    return digits(match[0]) if is_called else None


def _plain(match: re.Match[str]) -> str:
    text = match[0]
    if text.isdigit() and _NUMBERED_PLACE.search(before(match, 12)):
        return label(text)
    # A long number without separators that is not round names something: an account, a tracking code.
    is_name = "." not in text and "," not in text and len(text) > 9 and not text.endswith("000")
    return digits(text) if is_name else number(text)


def _leading_point(match: re.Match[str]) -> str:
    return f"point {digits(match[1])}"


TELEPHONE_RULES: tuple[Rule, ...] = (
    rule(r"\+[0-9]{1,3}(?:[ .-]?\(?[0-9]{2,5}\)?){2,5}(?![0-9])", _telephone),
    rule(r"\([0-9]{3}\) ?[0-9]{3}[-. ][0-9]{4}(?![0-9])", _telephone),
    rule(r"(?:1[-. ])?[0-9]{3}[-. ][0-9]{3}[-. ][0-9]{4}(?![0-9])", _telephone),
    rule(r"[0-9]{3}-[0-9]{4}(?![0-9-])", _telephone),
    rule(r"[0-9]{3}-[0-9]{2}-[0-9]{4}(?![0-9-])", _telephone),
    rule(r"[0-9]{3}(?![\w.,-]{0,4}[0-9])", _emergency),
)

DIGIT_RULES: tuple[Rule, ...] = (
    rule(r"(?:([0-9]{1,9})[ -])?([0-9]{1,3})/([0-9]{1,3})(?![\w/]|\.[0-9])", _fraction),
    rule(r"([0-9]+\.[0-9]+)/([0-9]+)(?![\w/]|\.[0-9])", _rating),
    rule(rf"{NUMBER}(?: ?[x×] ?{NUMBER}){{1,3}}(?![A-Za-z0-9])", _dimensions),
    rule(rf"({NUMBER})[eE]([-+]?[0-9]{{1,3}})(?!\w)", _scientific),
    rule(rf"({NUMBER})x(?= [a-z]{{2}})", _times),
    rule(r"([0-9]{1,9}):([0-9]{1,9})(?![0-9:])", _ratio),
    rule(r"([0-9]{1,3}(?:,[0-9]{3}){0,6}|[0-9]{1,9})(?:st|nd|rd|th)\b", _ordinal),
    rule(rf"({NUMBER})([kKMBT])(?![A-Za-z0-9])", _magnitude),
)

PLAIN_RULES: tuple[Rule, ...] = (rule(NUMBER, _plain),)

SYMBOL_RULES: tuple[Rule, ...] = (rule(r"\.([0-9]+)(?![0-9]|\.[0-9])", _leading_point),)
