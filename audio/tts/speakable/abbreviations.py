"""Abbreviations that a speech engine would spell, or take for the end of a sentence."""

import re

from audio.tts.speakable.rules import FINAL_DOT, STOP, Rule, before, rule

TITLES = {
    "Mr": "Mister", "Mrs": "Missus", "Ms": "Miz", "Dr": "Doctor", "Prof": "Professor", "Gen": "General",
    "Capt": "Captain", "Lt": "Lieutenant", "Sgt": "Sergeant", "Col": "Colonel", "Gov": "Governor", "Sen": "Senator",
    "Rep": "Representative", "Rev": "Reverend", "Hon": "Honorable", "Pres": "President", "Mt": "Mount", "Ft": "Fort",
    "Messrs": "Messers", "Mme": "Madame",
}  # fmt: skip
"""Stand before a name, so their dot never ends a sentence."""

INSIDE = {
    "e.g": "for example", "i.e": "that is", "vs": "versus", "approx": "approximately", "cf": "compare",
    "viz": "namely", "incl": "including", "excl": "excluding", "ca": "circa", "resp": "respectively",
    "a.k.a": "also known as", "w.r.t": "with respect to",
}  # fmt: skip
"""Stand in the middle of a sentence, so their dot never ends one."""

BEFORE_NUMBER = {
    "No": "number", "no": "number", "Nos": "numbers", "nr": "number", "Nr": "number", "Fig": "figure", "fig": "figure",
    "Figs": "figures", "Eq": "equation", "eq": "equation", "Sec": "section", "sec": "section", "Ch": "chapter",
    "ch": "chapter", "Vol": "volume", "vol": "volume", "p": "page", "pp": "pages", "Art": "article", "Apt": "apartment",
    "Rt": "route", "Ver": "version", "ver": "version", "c": "circa", "Ex": "exercise", "Op": "opus", "pt": "part",
    "Pt": "part",
}  # fmt: skip
"""Mean this only before a number; otherwise the dot ends a sentence ("No. It is not.")."""

MAY_END = {
    "etc": "et cetera", "Inc": "Incorporated", "Ltd": "Limited", "Corp": "Corporation", "Co": "Company", "Bros":
    "Brothers", "Jr": "Junior", "Sr": "Senior", "Dept": "Department", "dept": "department", "Univ": "University",
    "Ave": "Avenue", "Blvd": "Boulevard", "Rd": "Road", "Hwy": "Highway", "Assn": "Association", "al": "al",
    "avg": "average", "max": "maximum", "min": "minimum", "temp": "temperature", "est": "estimated", "govt":
    "government", "Govt": "Government", "yr": "year", "yrs": "years", "hr": "hour", "hrs": "hours", "mins": "minutes",
    "secs": "seconds", "lbs": "pounds", "oz": "ounces", "ft": "feet", "Ph.D": "PhD", "M.D": "MD", "a.m": "AM",
    "p.m": "PM",
}  # fmt: skip
"""Can end a sentence; then their dot is also its full stop."""

WITHOUT_DOT = {
    "Mr": "Mister", "Mrs": "Missus", "Ms": "Miz", "Dr": "Doctor", "vs": "versus", "etc": "et cetera",
    "approx": "approximately", "aka": "also known as", "eg": "for example", "w/o": "without", "w/": "with",
    "AT&T": "A-T and T", "and/or": "and or", "N/A": "not applicable", "n/a": "not applicable",
}  # fmt: skip
"""Are abbreviations even without a dot."""

# fmt: off
STARTERS = frozenset({
    "The", "A", "An", "It", "He", "She", "They", "We", "You", "I", "In", "On", "At", "This", "That", "These", "Those",
    "There", "Then", "So", "But", "And", "Or", "If", "When", "While", "As", "For", "To", "After", "Before", "However",
    "Also", "Now", "What", "Who", "How", "Why", "Where", "Here", "My", "Your", "His", "Her", "Its", "Our", "Their",
    "No", "Yes", "Is", "Are", "Was", "Not", "One", "Some", "Most", "Many", "All", "Each", "Both", "From", "With",
    "By", "Once", "First", "Next", "Finally", "Can", "Do", "Does", "Let", "Please",
})
# fmt: on
"""Capitalised words that begin a sentence rather than go on with a name."""

PAIRS = frozenset({"he/she", "she/he", "his/her", "him/her", "yes/no", "true/false", "on/off", "either/or", "his/hers"})
"""Words whose slash is an "or"."""


def _table(*tables: dict[str, str]) -> str:
    names = sorted((name for table in tables for name in table), key=len, reverse=True)
    return "|".join(re.escape(name) for name in names)


def _saint(match: re.Match[str]) -> str | None:
    return None if _follows_street_name(match) else "Saint"


def _street(match: re.Match[str]) -> str | None:
    return "Street" if _follows_street_name(match) else None


def _follows_street_name(match: re.Match[str]) -> bool:
    # "Main St. is", "5th St." against "St. Louis", "the church of St. Paul".
    return bool(re.search(r"(?:[A-Z][a-z]+|[0-9](?:st|nd|rd|th)) $", before(match, 16)))


def _drive(match: re.Match[str]) -> str | None:
    return "Drive" if re.search(r"[A-Z][a-z]+ $", before(match, 16)) else None


def _initials(match: re.Match[str]) -> str:
    # Tied with hyphens: engines read "A D" as the article and a letter, "AD" as a word.
    return "-".join(char for char in match[0] if char.isalpha()).replace("U-S-A", "USA").replace("U-S", "US")


def _initial(match: re.Match[str]) -> str | None:
    # "J. Smith" is a name; "plan B. The next" and "am I. Then" are ends of sentences.
    return match[1] if is_initial(before(match, 24), match[1], match[2]) else None


def is_initial(text_before: str, letter: str, next_word: str) -> bool:
    """Whether `letter` and a dot before `next_word` are a person's initial and not the end of a sentence."""
    if letter == "I" or next_word in STARTERS:
        return False
    return bool(re.search(r"(?:^|[A-Z]\.? ?|[A-Z][a-z]+ |[.!?,;:(\"] |\b(?:by|and|with|of|to|from) )$", text_before))


def _pair(match: re.Match[str]) -> str | None:
    return match[0].replace("/", " or ") if match[0].lower() in PAIRS else None


# "U.S. President" and "J.R.R. Tolkien" go on.
_INITIALS_DOT = rf"""(?:\.(?!["')\]]*(?:\s*(?:$|{STOP})|\s+["'(]*(?:{"|".join(sorted(STARTERS))})\b)))?"""

RULES: tuple[Rule, ...] = (
    rule(r"St\.(?= [A-Z])", _saint),
    rule(rf"St(?=\.){FINAL_DOT}", _street),
    rule(r"Dr\.?(?=\s*(?:$|[,.]|[a-z0-9]))", _drive),
    rule(rf"({_table(TITLES)})\.", lambda match: TITLES[match[1]]),
    rule(rf"({_table(INSIDE)})\.(?![A-Za-z])", lambda match: INSIDE[match[1]]),
    rule(rf"({_table(BEFORE_NUMBER)})\.(?= ?[0-9])", lambda match: BEFORE_NUMBER[match[1]]),
    rule(rf"({_table(MAY_END)})(?=\.(?![A-Za-z0-9])){FINAL_DOT}", lambda match: MAY_END[match[1]]),
    rule(rf"({_table(WITHOUT_DOT)})(?![\w.])", lambda match: WITHOUT_DOT[match[1]]),
    rule(rf"(?:[A-Za-z]\.){{1,6}}[A-Za-z](?![A-Za-z]){_INITIALS_DOT}", _initials),
    rule(r"([A-Z])\.(?= ?([A-Z][a-z]*))", _initial),
    rule(r"[A-Za-z]+/[A-Za-z]+(?![\w/])", _pair),
)

TRIGGERS = frozenset(name for table in (TITLES, INSIDE, BEFORE_NUMBER, MAY_END, WITHOUT_DOT) for name in table) | {"St"}
"""Words that a rule of this module may begin with."""
