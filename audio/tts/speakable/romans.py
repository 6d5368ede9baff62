"""Roman numerals after names: "Henry VIII", "Chapter IV", "World War II"."""

import re

from audio.tts.speakable.numbers import cardinal, ordinal
from audio.tts.speakable.rules import Rule, before, rule

# fmt: off
RULERS = frozenset({
    "Henry", "Louis", "Elizabeth", "George", "Charles", "William", "Edward", "Richard", "James", "John", "Paul",
    "Pius", "Benedict", "Napoleon", "Philip", "Catherine", "Nicholas", "Alexander", "Frederick", "Wilhelm", "Peter",
    "Leo", "Gregory", "Francis", "Ramses", "Ramesses", "Mary", "Anne", "Victoria", "Ptolemy", "Cleopatra", "Innocent",
    "Urban", "Clement", "Otto", "Rudolf", "Ferdinand", "Margaret", "Christian", "Gustav", "Ivan", "Xerxes", "Darius",
    "Cyrus", "Mehmed", "Selim", "Murad", "Umberto", "Juan", "Carlos", "Felipe", "Albert", "Leopold", "Stephen",
    "Malcolm", "Robert", "David",
})
# fmt: on
"""Names whose numeral is an ordinal: "Henry the eighth"."""

# fmt: off
HEADINGS = frozenset({
    "Chapter", "Part", "Act", "Scene", "Volume", "Book", "Section", "Phase", "Type", "Level", "War", "Appendix",
    "Bowl", "Stage", "Article", "Title", "Class", "Episode", "Season", "Figure", "Table", "Unit", "Step", "Grade",
    "Category", "Tier", "Mark", "Schedule", "Annex", "Quartet", "Symphony",
})
# fmt: on
"""Words whose numeral is a number, also a single letter: "Chapter V", "World War I"."""

NOT_NUMERALS = frozenset({"XL", "XX", "XXL", "LI", "LV", "XI"})
"""Sizes, chromosomes, names."""

_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50}
_NUMERAL = r"(?=[IVXL])(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})"


def value(numeral: str) -> int:
    """The number of a well-formed numeral up to 89: "XIV" → 14."""
    numbers = [_VALUES[char] for char in numeral]
    return sum(-n if n < after else n for n, after in zip(numbers, [*numbers[1:], 0], strict=True))


def _numeral(match: re.Match[str]) -> str | None:
    numeral = match[1]
    name = re.search(r"([A-Z][a-z]+) $", before(match, 24))
    if not name:
        return None
    if name[1] in HEADINGS:
        return cardinal(value(numeral))
    if name[1] in RULERS:
        # "With Henry I went" is a pronoun, "Malcolm X" a name.
        if numeral == "X" or (numeral == "I" and not _ends_name(match)):
            return None
        return f"the {ordinal(value(numeral))}"
    if len(numeral) == 1 or numeral in NOT_NUMERALS:
        return None
    return cardinal(value(numeral))


def _ends_name(match: re.Match[str]) -> bool:
    after = match.string[match.end() : match.end() + 12]
    return bool(re.match(r"$|[,.;:)'!?]| (?:of|was|is|ruled|became|reigned|died|and|who|in)\b", after))


RULES: tuple[Rule, ...] = (rule(rf"({_NUMERAL})(?![A-Za-z0-9-])", _numeral),)


def looks_roman(word: str) -> bool:
    """Whether a word is written with the letters of small Roman numerals."""
    return not word.strip("IVXL")
