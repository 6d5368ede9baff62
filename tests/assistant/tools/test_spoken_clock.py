"""Times and dates in words."""

from datetime import datetime, timedelta

import pytest

from assistant.tools.language import load_language
from assistant.tools.spoken_clock import SpokenClock
from tests.assistant.tools.commands import ENGLISH, TEN_PAST_THREE

CALENDAR = load_language("en").calendar
TWELVE = SpokenClock("en", CALENDAR)
TWENTY_FOUR = SpokenClock("en", CALENDAR, 24)
MIDNIGHT = datetime(2026, 12, 31)


@pytest.mark.parametrize(
    ("hour", "minute", "spoken"),
    [
        (0, 0, "It's midnight."),
        (12, 0, "It's noon."),
        (1, 0, "It's one o'clock."),
        (13, 0, "It's one o'clock."),
        (15, 10, "It's ten past three."),
        (12, 15, "It's a quarter past twelve."),
        (23, 30, "It's half past eleven."),
        (23, 45, "It's a quarter to twelve."),
        (12, 55, "It's five to one."),
        (0, 5, "It's five past twelve."),
        (9, 7, "It's nine oh seven."),
        (22, 41, "It's ten forty-one."),
    ],
)
def test_the_time_is_said_as_people_say_it(hour: int, minute: int, spoken: str) -> None:
    assert TWELVE.time(datetime(2026, 1, 1, hour, minute, 59)) == spoken


@pytest.mark.parametrize(
    ("hour", "minute", "spoken"),
    [
        (0, 0, "It's zero hundred hours."),
        (15, 0, "It's fifteen hundred hours."),
        (9, 7, "It's nine oh seven."),
        (22, 41, "It's twenty-two forty-one."),
    ],
)
def test_a_day_can_have_twenty_four_hours(hour: int, minute: int, spoken: str) -> None:
    assert TWENTY_FOUR.time(datetime(2026, 1, 1, hour, minute)) == spoken


def test_every_minute_of_half_a_day_is_said_differently() -> None:
    assert len({TWELVE.time(MIDNIGHT + timedelta(minutes=minute)) for minute in range(720)}) == 720
    assert len({TWENTY_FOUR.time(MIDNIGHT + timedelta(minutes=minute)) for minute in range(1440)}) == 1440


def test_days_go_over_the_end_of_the_year() -> None:
    assert TWELVE.date(MIDNIGHT, 1) == "Tomorrow is Friday, January first."
    assert TWELVE.date(MIDNIGHT, -1) == "Yesterday was Wednesday, December thirtieth."
    assert TWELVE.day(MIDNIGHT, 1) == "Tomorrow is Friday."
    assert TWELVE.month(MIDNIGHT) == "It's December."
    assert TWELVE.year(datetime(2005, 1, 1)) == "It's two thousand and five."


def test_the_replies_to_come_are_those_that_will_be_given() -> None:
    sayings = ENGLISH.sayings(minutes=3)
    assert {"Okay.", "You're welcome.", "It's ten past three.", "It's three twelve.", "Today is Saturday."} <= set(
        sayings
    )
    assert "It's three thirteen." not in sayings
    assert "" not in sayings
    assert len(sayings) == len(set(sayings))
    assert TWELVE.time(TEN_PAST_THREE) not in ENGLISH.sayings()
