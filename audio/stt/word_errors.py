"""Word error rate, on words as they are spoken rather than as they are written."""

import re
from collections.abc import Iterable

from num2words import num2words
from rapidfuzz.distance import Levenshtein

_ORDINAL = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b")
_CLOCK = re.compile(r"\b(\d{1,2}):(\d{2})\b")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def spoken_words(text: str) -> list[str]:
    """Lower-case words without punctuation; figures become words, so that "3" equals "three"."""
    text = text.lower().replace("’", "'").replace("×", " times ").replace("=", " equals ").replace("%", " percent")
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    text = _ORDINAL.sub(lambda found: num2words(int(found[1]), to="ordinal"), text)
    text = _CLOCK.sub(lambda found: f"{found[1]} {found[2] if found[2] != '00' else ''}", text)
    text = _NUMBER.sub(lambda found: f" {num2words(found[0])} ", text)
    text = re.sub(r"\b([ap])\.?\s?m\b\.?", r"\1m", text)
    return re.findall(r"[^\W_]+(?:'[^\W_]+)*", text)


def word_errors(reference: str, hypothesis: str) -> tuple[int, int]:
    """Words substituted, left out or put in, and the number of words of the reference."""
    expected, given = spoken_words(reference), spoken_words(hypothesis)
    return Levenshtein.distance(expected, given), len(expected)


def word_error_rate(pairs: Iterable[tuple[str, str]]) -> float:
    """Errors over reference words, of all (reference, hypothesis) pairs together."""
    counts = [word_errors(reference, hypothesis) for reference, hypothesis in pairs]
    words = sum(length for _, length in counts)
    return sum(errors for errors, _ in counts) / words if words else 0.0
