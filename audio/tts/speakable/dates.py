"""Dates and times of day."""

import re

from audio.tts.speakable.numbers import cardinal, decade, ordinal, year
from audio.tts.speakable.rules import FINAL_DOT, Rule, before, rule

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_MONTH = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec"
)
_DAY = "Mon|Tues|Tue|Wed|Thurs|Thur|Thu|Fri|Sat|Sun"
_YEAR = "[12][0-9]{3}"
_SUFFIX = "(?:st|nd|rd|th)"


def clock_time(hour: int, minute: int, half: str = "") -> str:
    """14, 5 → "fourteen oh five"; 2, 0, "p" → "two PM"; 9, 0 → "nine o'clock"; 14, 0 → "fourteen hundred"."""
    suffix = f" {half.upper()}M" if half else ""
    if minute:
        return f"{cardinal(hour)} {'oh ' if minute < 10 else ''}{cardinal(minute)}{suffix}"
    if half:
        return f"{cardinal(hour)}{suffix}"
    if hour in (0, 24):
        return "midnight"
    return f"{cardinal(hour)} o'clock" if hour <= 12 else f"{cardinal(hour)} hundred"


def _month(name: str) -> str:
    return next(month for month in MONTHS if month.startswith(name[:3]))


def _day(name: str) -> str:
    return next(day for day in DAYS if day.startswith(name[:3]))


def _calendar(year_text: str, month: int, day: int) -> str | None:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    if len(year_text) == 2:
        year_text = ("20" if int(year_text) < 50 else "19") + year_text
    said = f"{MONTHS[month - 1]} {ordinal(day)}"
    return f"{said}, {year(int(year_text))}" if year_text else said


def _iso(match: re.Match[str]) -> str | None:
    date = _calendar(match[1], int(match[2]), int(match[3]))
    if date is None or not match[4]:
        return date
    return f"{date} at {clock_time(int(match[4]), int(match[5]))}"


def _with_slashes(match: re.Match[str]) -> str | None:
    first, second = int(match[1]), int(match[3])
    # The American order, unless it is impossible.
    month, day = (second, first) if first > 12 else (first, second)
    return _calendar(match[4], month, day)


def _month_first(match: re.Match[str]) -> str | None:
    name, day, last_day, year_text = match.groups()
    if not 1 <= int(day) <= 31:
        return None
    said = f"{_month(name)} {ordinal(int(day))}"
    if last_day:
        said += f" to {ordinal(int(last_day))}"
    return f"{said}, {year(int(year_text))}" if year_text else said


def _day_first(match: re.Match[str]) -> str | None:
    day, name, year_text = match.groups()
    if not 1 <= int(day) <= 31:
        return None
    article = "" if before(match, 4).lower() == "the " else "the "
    said = f"{article}{ordinal(int(day))} of {_month(name)}"
    return f"{said} {year(int(year_text))}" if year_text else said


def _time(match: re.Match[str]) -> str | None:
    hour, minute, second, half = int(match[1]), int(match[2]), match[3], match[4] or match[5] or ""
    if hour > 24 or minute > 59:
        return None
    said = clock_time(hour, minute, half)
    return f"{said} and {cardinal(int(second))} seconds" if second else said


def _hour(match: re.Match[str]) -> str | None:
    hour = int(match[1])
    return clock_time(hour, 0, match[2] or match[3]) if 1 <= hour <= 12 else None


def _decade(match: re.Match[str]) -> str | None:
    text = match[1]
    # "the 80s", "in his 20s" are decades; "wait 30s" is a time.
    if (
        len(text) < 4
        and match[2] == "s"
        and not re.search(r"(?:'|\b(?:the|his|her|their|my|your|early|mid|late)[ -])$", before(match, 6))
    ):
        return None
    return decade(text)


def _year_month(match: re.Match[str]) -> str | None:
    month = int(match[2])
    return f"{MONTHS[month - 1]} {year(int(match[1]))}" if month else None


def _years(match: re.Match[str]) -> str | None:
    number = int(match[1])
    return year(number) if 1010 <= number <= 2099 else None


DIGIT_RULES: tuple[Rule, ...] = (
    rule(rf"({_YEAR})-([0-9]{{2}})-([0-9]{{2}})(?:[T ]([0-9]{{2}}):([0-9]{{2}})(?::[0-9.]+)?Z?)?(?![\w-])", _iso),
    # With a month above nine this is more often a range of years.
    rule(rf"({_YEAR})-(0[0-9])(?![\w-])", _year_month),
    rule(r"([0-9]{1,2})([/.])([0-9]{1,2})\2([0-9]{4})(?!\w)", _with_slashes),
    rule(r"([0-9]{1,2})(/)([0-9]{1,2})/([0-9]{2})(?![\w/])", _with_slashes),
    rule(rf"([0-9]{{1,2}}){_SUFFIX}? (?:of )?({_MONTH})\b\.?(?:,? ({_YEAR}))?(?![0-9])", _day_first),
    rule(
        r"([0-9]{1,2}):([0-5][0-9])(?::([0-5][0-9]))?(?![0-9:])"
        rf"(?: ?(?:([AaPp])[Mm]\b|([AaPp])\.[Mm](?![A-Za-z]){FINAL_DOT}))?",
        _time,
    ),
    rule(rf"([0-9]{{1,2}}) ?(?:([AaPp])[Mm]\b|([AaPp])\.[Mm](?![A-Za-z]){FINAL_DOT})", _hour),
    rule(r"([0-9]{3}0|[1-9]0)(s|'s)\b", _decade),
)

PLAIN_RULES: tuple[Rule, ...] = (rule(r"([0-9]{4})(?![0-9]|[.,][0-9])", _years),)

LETTER_RULES: tuple[Rule, ...] = (
    rule(
        rf"({_MONTH})\.? ([0-9]{{1,2}})(?![0-9:]|[.,][0-9]){_SUFFIX}?"
        rf"(?: ?[–-] ?([0-9]{{1,2}})(?![0-9]){_SUFFIX}?)?(?:,? ({_YEAR})(?![0-9]|[,.][0-9]))?(?![%\w])",
        _month_first,
    ),
    rule(rf"({_MONTH}) ?[–-] ?({_MONTH})\b", lambda match: f"{_month(match[1])} to {_month(match[2])}"),
    rule(rf"({_MONTH})\.?(?= {_YEAR}\b)", lambda match: _month(match[1])),
    rule(r"(Jan|Feb|Aug|Sept|Oct|Nov|Dec)\b(?:\.(?=\s+[a-z]))?", lambda match: _month(match[1])),
    rule(rf"({_DAY})\.? ?[–-] ?({_DAY})\b", lambda match: f"{_day(match[1])} to {_day(match[2])}"),
    rule(rf"({_DAY})(?:\.(?=,?\s+[A-Z0-9])|(?=,? (?:{_MONTH}|[0-9])))(?![a-z])", lambda match: _day(match[1])),
    rule(rf"(Mon|Tues|Tue|Wed|Thurs|Thur|Thu|Fri)(?:(?=,)|(?=\.){FINAL_DOT})", lambda match: _day(match[1])),
)

TRIGGERS = frozenset(f"{_MONTH}|{_DAY}".split("|"))
"""Words that a rule of this module may begin with."""
