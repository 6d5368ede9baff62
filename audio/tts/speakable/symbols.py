"""Signs that are neither letters nor digits: those with a name, and those that are a pause."""

import re

from audio.tts.speakable.numbers import power
from audio.tts.speakable.rules import COMMA, LETTER, STOP, Rule, before, rule

NAMES = {
    "&": "and", "+": "plus", "=": "equals", "×": "times", "÷": "divided by", "→": "to", "≈": "approximately",
    "≠": "not equal to", "≤": "less than or equal to", "≥": "greater than or equal to", "±": "plus or minus",
    "%": "percent", "‰": "per mille", "°": "degrees", "@": "at", "√": "square root of", "∞": "infinity",
    "§": "section", "€": "euros", "£": "pounds", "¢": "cents", "¥": "yen", "∑": "the sum of", "∫": "the integral of",
    "∂": "partial", "∈": "in", "∴": "therefore", "∝": "proportional to", "₹": "rupees", "₩": "won",
    "♯": "sharp", "♭": "flat",
}  # fmt: skip
"""Said wherever they stand."""

KEPT = frozenset(NAMES) | set("$—–−\"'")
"""Characters outside letters and digits that the rules know; others are silent."""

_OPERATORS = {
    "===": "equals", "==": "equals", "!=": "not equal to", "<=": "less than or equal to",
    ">=": "greater than or equal to", "=>": "to", "->": "to", "-->": "to", "<->": "to and from", "<-": "from",
    "+/-": "plus or minus", "&&": "and", "**": "to the power of",
}  # fmt: skip

_OPERAND_BEFORE = re.compile(r"[\w)] ?$")
_UNIT = r"[%°][CF]?|[ap]\.?m\.?|AM|PM|[kMG]?[mgBW]|[kM]?Hz|[cm]m|ms|ft|mi|lbs?|oz|in|k|h|min|s"
_QUANTITY_BEFORE = re.compile(rf"(?<!\w)([0-9][0-9,.]*)( ?(?:{_UNIT}))? ?$")


def _dash(match: re.Match[str]) -> str | None:
    """A dash between quantities is "to" or "minus"; before a number it is "minus"."""
    ahead = re.match(r"( ?)[$€£]?([0-9][0-9,]*|\.[0-9])", match.string[match.end() : match.end() + 24])
    behind = before(match, 24)
    left = _QUANTITY_BEFORE.search(behind)
    is_spaced = behind.endswith(" ")
    if match[0] == "−":
        return "minus" if ahead else None
    if ahead and left and match[0] == "-" and is_spaced:
        # "5 - 3" is a difference, "3 kg - 2 boxes" a pause.
        return "minus" if not left[2] or not ahead[1] else None
    if ahead and left:
        return _range(match[0], left[1], ahead[2])
    if ahead and not ahead[1] and (not behind or behind[-1] in " (=[<>/:,"):
        return "minus"
    after = match.string[match.end() : match.end() + 3]
    is_subtracted = re.search(r"(?:^|\W)[A-Za-z] $", behind) and re.match(r" [A-Za-z](?!\w)", after)
    is_negated = re.search(r"[=(+×÷±/] ?$", behind) and re.match(r"[A-Za-z](?!\w)", after)
    return "minus" if is_subtracted or is_negated else None


def _range(dash: str, low: str, high: str) -> str | None:
    low, high = (re.sub(r"[^0-9]", "", text) for text in (low.split(".")[0], high))
    if dash == "–" or max(len(low), len(high)) <= 2 or not (low and high):
        return "to"
    # "1990-95" and "100-200" are ranges, "747-400" is a name.
    return "to" if int(high) > int(low) or len(high) < len(low) == 4 else None


def _hash(match: re.Match[str]) -> str | None:
    if re.match(r" ?[0-9]", match.string[match.end() : match.end() + 2]):
        return "number"
    return "hashtag" if match.string[match.end() : match.end() + 1].isalpha() else None


def _tilde(match: re.Match[str]) -> str | None:
    return "about" if re.match(r" ?[$€£.-]?[0-9]", match.string[match.end() : match.end() + 3]) else None


def _comparison(match: re.Match[str]) -> str | None:
    ahead = match.string[match.end() : match.end() + 4]
    if re.search(r"\w\w $", before(match, 3)) and re.match(r" [A-Z][A-Za-z]", ahead):
        # A way through menus: "Settings > Wi-Fi".
        return None
    is_bound = re.match(r" ?[$€£-]?[0-9]", ahead)
    if not is_bound and not (_OPERAND_BEFORE.search(before(match, 2)) and re.match(r" ?\w", ahead)):
        return None
    return "less than" if match[0] == "<" else "greater than"


def _star(match: re.Match[str]) -> str | None:
    return "times" if _OPERAND_BEFORE.search(before(match, 2)) else None


def _slash(match: re.Match[str]) -> str | None:
    behind, ahead = before(match, 2), match.string[match.end() : match.end() + 2]
    if re.search(r"[0-9)] ?$", behind) and re.match(r" ?[0-9(]", ahead):
        return "divided by"
    if not behind[-1:].isalnum() or not ahead[:1].isalnum():
        return None
    # Capitals are one name ("TCP/IP"), single letters are a quotient.
    if behind[-1].isupper() and ahead[0].isupper():
        return None
    return "slash"


def _dollar(match: re.Match[str]) -> str | None:
    return None if match.string[match.end() : match.end() + 1].isalnum() else "dollars"


def _named(match: re.Match[str]) -> str:
    return NAMES[match[0]]


def _operator(match: re.Match[str]) -> str:
    return _OPERATORS[match[0]]


def _alternatives(names: dict[str, str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


RULES: tuple[Rule, ...] = (
    rule(_alternatives(_OPERATORS), _operator),
    rule("[-–−]", _dash),
    rule(r"\^[({]?([-−+]?[0-9]+|[A-Za-z])[)}]?", lambda match: power(match[1])),
    rule("#", _hash),
    rule("~", _tilde),
    rule("[<>]", _comparison),
    rule(r"\*", _star),
    rule("/", _slash),
    rule("_{3,}", lambda match: "blank"),
    rule(rf"\.(?={LETTER}{{2,}})(?<![\w.]\.)", lambda match: "dot"),
    rule(r"\$", _dollar),
    rule(f"[{re.escape(''.join(NAMES))}]", _named),
)


def _opened_by_pause(text: str, position: int) -> bool:
    """Whether the bracket that closes here stands around words, and is not that of "f(x)"."""
    opened = text.rfind("(", max(0, position - 200), position)
    return opened <= 0 or text[opened - 1].isspace()


def pause(text: str, position: int) -> str:
    """The pause that a character makes: ". , ; : ! ?", STOP, COMMA, " ", or "" for none.

    Asked for characters that no rule says anything for.
    """
    char = text[position]
    behind = text[position - 1 : position]
    ahead = text[position + 1 : position + 2]
    if char in f".;:!?,{STOP}{COMMA}":
        return char
    if char == "—" or (char in "-–>" and behind.isspace() and ahead.isspace()):
        return COMMA
    if char == ")" and not _opened_by_pause(text, position):
        return " "
    if (char in "([{" and behind.isspace()) or (
        char in ")]}" and ahead.isspace() and text[position + 2 : position + 3]
    ):
        return COMMA
    return "" if char in "\"'*`" else " "
