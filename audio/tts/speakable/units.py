"""Units of measurement, after a number or on their own."""

import re

from audio.tts.speakable.numbers import NUMBER, is_one, number
from audio.tts.speakable.rules import Rule, before, rule

# fmt: off
_BY_SINGULAR = {
    "kilometer": "km Km KM", "meter": "m", "centimeter": "cm", "millimeter": "mm", "micrometer": "μm um",
    "nanometer": "nm", "mile": "mi", "yard": "yd yds", "foot": "ft", "nautical mile": "nmi", "light-year": "ly",
    "kilogram": "kg Kg KG", "gram": "g", "milligram": "mg", "microgram": "μg mcg", "pound": "lb lbs",
    "ounce": "oz", "liter": "L l", "milliliter": "mL ml", "centiliter": "cL cl", "deciliter": "dL dl",
    "gallon": "gal", "quart": "qt", "teaspoon": "tsp", "tablespoon": "tbsp", "fluid ounce": "fl.oz",
    "second": "s sec secs", "millisecond": "ms", "microsecond": "μs us", "nanosecond": "ns", "minute": "min mins",
    "hour": "h hr hrs", "year": "yr yrs", "week": "wk wks", "month": "mo",
    "byte": "bytes", "kilobyte": "KB kB", "megabyte": "MB", "gigabyte": "GB", "terabyte": "TB", "petabyte": "PB",
    "kibibyte": "KiB", "mebibyte": "MiB", "gibibyte": "GiB", "megabit": "Mb Mbit", "gigabit": "Gb Gbit",
    "kilobit": "kb kbit", "megapixel": "MP", "pixel": "px", "frame per second": "fps FPS",
    "megabit per second": "Mbps", "gigabit per second": "Gbps", "kilobit per second": "kbps Kbps",
    "mile per hour": "mph MPH", "kilometer per hour": "kph kmh", "beat per minute": "bpm BPM",
    "revolution per minute": "rpm RPM", "mile per gallon": "mpg MPG",
    "watt": "W", "kilowatt": "kW", "megawatt": "MW", "gigawatt": "GW", "kilowatt-hour": "kWh", "watt-hour": "Wh",
    "milliamp": "mA", "milliamp-hour": "mAh", "volt": "V", "kilovolt": "kV", "millivolt": "mV", "ohm": "Ω",
    "calorie": "cal", "kilocalorie": "kcal", "joule": "J", "kilojoule": "kJ", "newton": "N", "pascal": "Pa",
    "hectopascal": "hPa", "kilopascal": "kPa", "megapascal": "MPa", "decibel": "dB", "mole": "mol", "hectare": "ha",
    "degree": "°", "degree Celsius": "°C", "degree Fahrenheit": "°F F", "square foot": "sqft", "inch": "in",
}
_UNCHANGED = {
    "hertz": "Hz", "kilohertz": "kHz", "megahertz": "MHz", "gigahertz": "GHz", "PSI": "psi", "kelvin": "K",
    "percent": "%", "per mille": "‰", "bar": "bar",
}
# fmt: on
_IRREGULAR_PLURALS = {"foot": "feet", "inch": "inches", "square foot": "square feet"}

_POWERS: dict[str | None, str] = {"2": "square ", "3": "cubic "}


def _plural(singular: str) -> str:
    if singular in _IRREGULAR_PLURALS:
        return _IRREGULAR_PLURALS[singular]
    head, per, base = singular.partition(" per ")
    noun, degree, scale = head.partition(" ")
    if noun == "degree":
        return f"degrees{degree}{scale}"
    return f"{head}s{per}{base}"


UNITS: dict[str, tuple[str, str]] = {
    symbol: (singular, _plural(singular)) for singular, symbols in _BY_SINGULAR.items() for symbol in symbols.split()
} | {symbol: (name, name) for name, symbol in _UNCHANGED.items()}

ALONE = frozenset({
    "km", "cm", "mm", "kg", "mg", "ml", "mL", "mph", "kWh", "kW", "GHz", "MHz", "kHz", "Mbps", "Gbps", "°C", "°F",
    "kcal", "mAh", "dB", "km/h", "m/s",
})  # fmt: skip
"""Units that are clear even without a number ("measured in km/h"); the others are too often something else."""

# These say something else when a space stands before them: "5 F grades", "20 in the box", "the 5 V shapes".
_ATTACHED_ONLY = frozenset({"F", "in", "V", "W", "N", "J", "K", "T", "l", "bar"})


def _alternatives(symbols: set[str] | frozenset[str]) -> str:
    return "|".join(re.escape(symbol) for symbol in sorted(symbols, key=len, reverse=True))


_SYMBOL = _alternatives(set(UNITS) - {"in", "K"})
_UNIT = rf"({_SYMBOL})(?:\^?([23]))?(?:/({_SYMBOL}|[a-z]{{3,}})(?:\^?([23]))?)?(?![A-Za-z0-9^])"


def unit(symbol: str, power: str | None, per: str | None, per_power: str | None, *, is_single: bool) -> str:
    """The words of a unit: "km", None, "h", None → "kilometers per hour"."""
    words = _POWERS.get(power, "") + UNITS[symbol][0 if is_single else 1]
    if per:
        base = UNITS[per][0] if per in UNITS else per
        # Meters per second squared, but people per square kilometer.
        words += (
            f" per {base} squared" if base == "second" and per_power else f" per {_POWERS.get(per_power, '')}{base}"
        )
    return words


def _quantity(match: re.Match[str]) -> str | None:
    text, gap, symbol, power, per, per_power = match.groups()
    if gap == " " and symbol in _ATTACHED_ONLY and not per:
        return None
    return f"{number(text)} {unit(symbol, power, per, per_power, is_single=gap == '-' or is_one(text))}"


def _spelled_unit(match: re.Match[str]) -> str:
    text, kind, symbol = match.groups()
    return f"{number(text)} {'square' if kind == 'sq' else 'cubic'} {UNITS[symbol][0 if is_one(text) else 1]}"


def _alone(match: re.Match[str]) -> str | None:
    symbol, power, per, per_power = match.groups()
    if match[0].rstrip("23^") not in ALONE and not (power and symbol in ("m", "km", "cm", "ft")):
        return None
    return unit(symbol, power, per, per_power, is_single=False)


def _per(match: re.Match[str]) -> str | None:
    # "300 people/km²", but not "and/h".
    symbol, power = match.groups()
    return f"per {unit(symbol, power, None, None, is_single=True)}" if power or symbol in ALONE else None


def _inches(match: re.Match[str]) -> str:
    return f"{number(match[1])} {'inch' if is_one(match[1]) else 'inches'}"


def _feet_inches(match: re.Match[str]) -> str:
    return f"{number(match[1])} foot {number(match[2])}"


def _prime(match: re.Match[str]) -> str | None:
    # 12" is twelve inches and 6' six feet, unless the quote closes one that was opened before it.
    behind = before(match, 400)
    if behind.count('"') % 2 if match[2] == '"' else re.search(r"(?:^|[\s(])'", behind):
        return None
    single, several = ("inch", "inches") if match[2] == '"' else ("foot", "feet")
    return f"{number(match[1])} {single if is_one(match[1]) else several}"


DIGIT_RULES: tuple[Rule, ...] = (
    rule(r"([0-9]{1,2})' ?([0-9]{1,2})(?:\"|''|(?![\w']))", _feet_inches),
    rule(
        r"([0-9]{1,2}) ?(?:ft|feet|foot)\.?,? ([0-9]{1,2}) ?(?:in\b|inches\b|inch\b)(?:\.(?=\s+[a-z0-9]))?",
        _feet_inches,
    ),
    rule(rf"({NUMBER})(['\"])(?![\w'\"])", _prime),
    rule(rf"({NUMBER}) ?in(?:\.(?=[\s,);]|$)|(?=\)))", _inches),
    rule(rf"({NUMBER})[ -]?(sq|cu)\.? ?({_SYMBOL})(?![A-Za-z0-9])", _spelled_unit),
    # An abbreviated unit may have a dot of its own: "5 ft. tall".
    rule(rf"({NUMBER})([ -]?){_UNIT}(?:\.(?=\s+[a-z0-9]|[,;:)]))?", _quantity),
)

LETTER_RULES: tuple[Rule, ...] = (rule(_UNIT, _alone),)

SYMBOL_RULES: tuple[Rule, ...] = (
    rule(_UNIT, _alone),
    rule(rf"(?<=[a-z])/({_SYMBOL})(?:\^?([23]))?(?![A-Za-z0-9^])", _per),
)

TRIGGERS = frozenset(UNITS)
"""Words that a rule of this module may begin with."""
