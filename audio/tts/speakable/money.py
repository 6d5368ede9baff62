"""Amounts of money."""

import re

from audio.tts.speakable.numbers import NUMBER, cardinal, is_one, number
from audio.tts.speakable.rules import Rule, rule
from audio.tts.speakable.units import UNITS

CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "€": ("euro", "euros", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "¥": ("yen", "yen", "", ""),
    "₹": ("rupee", "rupees", "paisa", "paise"),
    "₩": ("won", "won", "", ""),
}
"""Symbol: unit, units, hundredth, hundredths ("" where there are none)."""

MAGNITUDES = {
    "k": "thousand", "K": "thousand", "m": "million", "M": "million", "mn": "million", "b": "billion",
    "B": "billion", "bn": "billion", "T": "trillion", "tn": "trillion",
}  # fmt: skip

_CODES = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩"}
_NATIONS = {"US": "US ", "C": "Canadian ", "CA": "Canadian ", "A": "Australian ", "AU": "Australian "}

_SYMBOL = "[$€£¥₹₩]"
_MAGNITUDE = r"(?: ?((?:thousand|million|billion|trillion|bn|mn)\b)|([kKmMbBT]|tn)(?![A-Za-z0-9]))?"
_HIGH = rf"(?: ?[-–] ?{_SYMBOL}?({NUMBER})(?!-?[0-9]))?"


def amount(symbol: str, text: str, magnitude: str = "", nation: str = "") -> str:
    """An amount in words: "$", "3.50" → "three dollars and fifty cents"; "£", "1.2", "million" → "one point two
    million pounds"."""
    one, several, cent, cents = CURRENCIES[symbol]
    one, several = nation + one, nation + several
    if magnitude:
        return f"{number(text)} {MAGNITUDES.get(magnitude, magnitude)} {several}"
    whole, _, decimals = text.partition(".")
    if len(decimals) != 2 or not cent:
        return f"{number(text)} {one if is_one(text) else several}"
    large = f"{number(whole)} {one if is_one(whole) else several}"
    if decimals == "00":
        return large
    small = f"{cardinal(int(decimals))} {cent if decimals == '01' else cents}"
    return small if whole.strip("0") == "" else f"{large} and {small}"


def _money(match: re.Match[str]) -> str:
    nation, symbol, low, high, word, letter, per = match.groups()
    said = amount(symbol, high or low, word or letter or "", _NATIONS.get(nation or "", ""))
    if high:
        said = f"{number(low)} to {said}"
    return f"{said} per {UNITS[per][0] if per in UNITS else per}" if per else said


def _with_code_before(match: re.Match[str]) -> str:
    return amount(_CODES[match[1]], match[2], match[3] or match[4] or "")


def _with_symbol_after(match: re.Match[str]) -> str:
    return amount(_CODES.get(match[4], match[4]), match[1], match[2] or match[3] or "")


def _cents(match: re.Match[str]) -> str:
    return f"{number(match[1])} {'cent' if is_one(match[1]) else 'cents'}"


_MONEY = rf"({_SYMBOL}) ?({NUMBER}){_HIGH}{_MAGNITUDE}(?:/([A-Za-z]+))?"

SYMBOL_RULES: tuple[Rule, ...] = (rule(f"(){_MONEY}", _money),)

LETTER_RULES: tuple[Rule, ...] = (
    rule(rf"(US|CA|AU|C|A){_MONEY}", _money),
    rule(rf"({'|'.join(_CODES)}) ?({NUMBER}){_MAGNITUDE}", _with_code_before),
)

DIGIT_RULES: tuple[Rule, ...] = (
    rule(rf"({NUMBER}){_MAGNITUDE} ?({_SYMBOL}(?! ?[0-9])|(?:{'|'.join(_CODES)})\b)", _with_symbol_after),
    rule(rf"({NUMBER}) ?¢", _cents),
)

TRIGGERS = frozenset(_CODES)
"""Words that a rule of this module may begin with."""
