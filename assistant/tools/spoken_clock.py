"""Clock and calendar as they are spoken: "It's ten past three."."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from num2words import num2words

HourStyle: TypeAlias = Literal[12, 24]


class SpokenClock:
    """Puts times and dates into a language's words."""

    def __init__(self, code: str, calendar: Mapping[str, Any], hours: HourStyle = 12) -> None:
        """`code` is the language's two letters, `calendar` that part of its data."""
        self._code = code
        self._calendar = calendar
        self._hours = hours

    def time(self, at: datetime) -> str:
        """The time of day, to the minute that has begun."""
        return self._twelve(at) if self._hours == 12 else self._twenty_four(at)

    def date(self, at: datetime, days_on: int = 0) -> str:
        """The date so many days after `at`; -1, 0 and 1 can be said."""
        return self._say(self._calendar["date"][days_on], at + timedelta(days=days_on))

    def day(self, at: datetime, days_on: int = 0) -> str:
        """The day of the week so many days after `at`; -1, 0 and 1 can be said."""
        return self._say(self._calendar["day"][days_on], at + timedelta(days=days_on))

    def month(self, at: datetime) -> str:
        return self._say(self._calendar["month"], at)

    def year(self, at: datetime) -> str:
        return self._say(self._calendar["year"], at)

    def _twelve(self, at: datetime) -> str:
        words = self._calendar["twelve_hours"]
        if at.minute == 0 and at.hour in (0, 12):
            return str(words["noon" if at.hour else "midnight"])
        if at.minute in words["by_minute"]:
            template = words["by_minute"][at.minute]
        elif at.minute % 5 == 0:
            template = words["fives_past" if at.minute < 30 else "fives_to"]
        else:
            template = words["single_figure" if at.minute < 10 else "other"]
        return self._clock(template, (at.hour + 11) % 12 + 1, at.hour % 12 + 1, at.minute)

    def _twenty_four(self, at: datetime) -> str:
        words = self._calendar["twenty_four_hours"]
        kind = "full_hour" if at.minute == 0 else "single_figure" if at.minute < 10 else "other"
        return self._clock(words[kind], at.hour, (at.hour + 1) % 24, at.minute)

    def _clock(self, template: str, hour: int, next_hour: int, minute: int) -> str:
        return template.format(
            hour=self._number(hour),
            next_hour=self._number(next_hour),
            minute=self._number(minute),
            to_go=self._number(60 - minute),
        )

    def _say(self, template: str, at: datetime) -> str:
        return template.format(
            weekday=self._calendar["weekdays"][at.weekday()],
            month=self._calendar["months"][at.month - 1],
            ordinal=num2words(at.day, lang=self._code, to="ordinal"),
            year=num2words(at.year, lang=self._code, to="year"),
        )

    def _number(self, number: int) -> str:
        return str(num2words(number, lang=self._code))
