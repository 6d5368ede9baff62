"""Numbers in words, in the American way: no "and", no commas inside."""

import re
from functools import lru_cache

from num2words import num2words

NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?"
"""A number as it is written, with thousands separators and decimals; no sign."""

LARGEST_DIGITS = 21
"""Whole numbers with more digits are read digit by digit: nobody knows the name of the magnitude."""

IRREGULAR_DENOMINATORS = {2: ("half", "halves"), 4: ("quarter", "quarters")}

LONGEST_DIGITS = 40
"""Nobody listens to more digits than this in a row."""


def cardinal(number: int) -> str:
    """1299 → "one thousand two hundred ninety-nine"."""
    return _words(str(number), "cardinal") if len(str(number)) <= LARGEST_DIGITS else digits(str(number))


def ordinal(number: int) -> str:
    """21 → "twenty-first"."""
    return _words(str(number), "ordinal") if len(str(number)) <= LARGEST_DIGITS else digits(str(number))


def year(number: int) -> str:
    """1999 → "nineteen ninety-nine", 2005 → "two thousand five", 1905 → "nineteen oh five"."""
    return _words(str(number), "year").replace("oh-", "oh ")


def digits(text: str) -> str:
    """The digits of a text one by one: "007" → "zero zero seven"."""
    if len(text) > LONGEST_DIGITS:
        return "a long number"
    return " ".join(_words(char, "cardinal") for char in text if char.isdigit())


def number(text: str) -> str:
    """A NUMBER in words: "1,299.50" → "one thousand two hundred ninety-nine point five zero"."""
    whole, _, decimals = text.replace(",", "").partition(".")
    # A leading zero marks a code ("007"), not a quantity.
    is_code = len(whole) > LARGEST_DIGITS or (len(whole) > 1 and whole.startswith("0"))
    words = digits(whole) if is_code else cardinal(int(whole))
    return f"{words} point {digits(decimals)}" if decimals else words


def is_one(text: str) -> bool:
    """Whether a NUMBER is exactly one, so that what it counts stands in the singular."""
    return text == "1"


def label(text: str) -> str:
    """A number that names rather than counts, as in "A380", "sha256", "room 204": read in pairs."""
    if len(text) > 4 or text.startswith("0"):
        return digits(text)
    if len(text) < 3 or text.endswith("00"):
        return cardinal(int(text)) if len(text) < 4 or text[1] == "0" else f"{cardinal(int(text[:2]))} hundred"
    if len(text) == 4 and text[1:3] == "00":
        return cardinal(int(text))
    head, tail = text[:-2], text[-2:]
    return f"{cardinal(int(head))} {'oh ' if tail[0] == '0' else ''}{cardinal(int(tail))}"


def decade(text: str) -> str:
    """The plural that names ten years: "1990" → "nineteen nineties", "80" → "eighties"."""
    words = year(int(text)) if len(text) == 4 else cardinal(int(text))
    return words[:-1] + "ies" if words.endswith("y") else words + "s"


def fraction(numerator: int, denominator: int) -> str:
    """3, 4 → "three quarters"."""
    single, several = IRREGULAR_DENOMINATORS.get(denominator, (ordinal(denominator), ordinal(denominator) + "s"))
    return f"{cardinal(numerator)} {single if numerator == 1 else several}"


def power(exponent: str) -> str:
    """What follows the base: "2" → "squared", "-9" → "to the power of minus nine", "n" → "to the power of n"."""
    if exponent in ("2", "3"):
        return "squared" if exponent == "2" else "cubed"
    sign = "minus " if exponent[:1] in "-−" else ""
    bare = exponent.lstrip("-−+")
    return f"to the power of {sign}{number(bare) if bare.isdigit() else bare}"


@lru_cache(maxsize=4096)
def _words(text: str, form: str) -> str:
    # num2words costs 60 µs for a number in the millions, and answers repeat theirs.
    return re.sub(r",| and(?= )", "", str(num2words(int(text), to=form)))
