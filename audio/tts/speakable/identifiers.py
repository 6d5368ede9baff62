"""Names made for machines: identifiers, code words, parts of addresses and paths."""

import re

from audio.tts.speakable.numbers import digits, label, number
from audio.tts.speakable.rules import LETTER, Rule, rule

LONGEST_CODE = 20
"""A mix of letters and digits with more characters than this is a hash or a key, and is not read."""

LONGEST_WORD = 45
"""The longest word in English dictionaries; what is longer is not language."""

SEPARATOR_NAMES = {".": "dot", "/": "slash", "\\": "backslash", "@": "at", "+": "plus", "-": "dash", "~": "home"}

_RUN = re.compile(rf"[A-Z]+(?![a-z])|[A-Z]?{LETTER}+?(?=[A-Z0-9]|[^\w]|_|$)|[0-9]+|[./\\@+~-]")


def code_word(text: str) -> str:
    """A mix of letters and digits: "GPT-4" → "GPT four", "x86-64" → "x eighty-six sixty-four"."""
    # Two capitals before a digit are letters, not a word: "CO2", "PS5".
    text = re.sub(r"(?<![A-Za-z])([A-Z])([A-Z])(?=[0-9])", r"\1~\2", text)
    runs = re.findall(r"[0-9]+|[A-Za-z~]+", text)
    said = " ".join(label(run) if run.isdigit() else run.replace("~", "-") for run in runs)
    # A lone "A" is read as the article unless a hyphen ties it to what follows.
    return re.sub(r"\bA (?=\w)", "A-", said)


def identifier(text: str, *, names_separators: bool = True) -> str:
    """A name from code or an address: "main_window.py" → "main window dot py", "userName" → "user Name"."""
    said = []
    for run in _RUN.findall(text):
        if run in SEPARATOR_NAMES:
            if names_separators:
                said.append(SEPARATOR_NAMES[run])
        elif run.isdigit():
            said.append(label(run))
        elif len(run) > LONGEST_WORD:
            said.append("a long name")
        else:
            said.append(run)
    return " ".join(said)


def _code(match: re.Match[str]) -> str | None:
    text, possessive = match[1], match[2]
    if not (re.search("[0-9]", text) and re.search("[A-Za-z]", text)):
        return None
    # "20-year-old", "pre-2020" and "mid-1990s" are words and numbers, not codes.
    if re.fullmatch(r"[0-9]+(?:-[A-Za-z]{2,})+|[a-z]{3,}-[0-9]{4}s?", text):
        return None
    if len(text) > LONGEST_CODE:
        return "a long code"
    return code_word(text) + possessive


def _version(match: re.Match[str]) -> str:
    if re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{3})+", match[0]):
        # Thousands in the continental way.
        return number(match[0].replace(".", ""))
    return _dotted_numbers(match[0], "point")


def _marked_version(match: re.Match[str]) -> str:
    return f"version {_dotted_numbers(match[1], 'point')}"


def _product_version(match: re.Match[str]) -> str:
    return f"{match[1]} {_dotted_numbers(match[2], 'point')}"


def _dotted_numbers(text: str, dot: str) -> str:
    said = []
    for part in text.split("."):
        # Ubuntu 22.04 is "twenty-two point oh four".
        is_padded = len(part) == 2 and part.startswith("0")
        said.append(f"oh {digits(part[1])}" if is_padded else number(part))
    return f" {dot} ".join(said)


def _dotted_name(match: re.Match[str]) -> str:
    return identifier(match[0])


_CODE = r"([A-Za-z0-9]{1,200}(?:-[A-Za-z0-9]{1,200}){0,8})((?:'s)?)(?!\w)"
_PRODUCTS = "Python|Ubuntu|Debian|Fedora|Java|Node|Django|PHP|Ruby|CUDA|Kubernetes|macOS|iOS|[Vv]ersion"

LETTER_RULES: tuple[Rule, ...] = (
    rule(rf"({_PRODUCTS}) ([0-9]+(?:\.[0-9]+)+)(?![\w%])", _product_version),
    rule(r"(?:v|V(?=[0-9]+\.))([0-9]+(?:\.[0-9]+){0,4})(?!\w)", _marked_version),
    rule(_CODE, _code),
    # "config.toml", "os.path", but not a sentence that lacks its space: "end.The".
    rule(r"[A-Za-z_][\w-]{0,60}(?:\.[a-z0-9_][\w-]{0,60}){1,8}(?:\(\))?", _dotted_name),
    rule(r"([CF])#", lambda match: f"{match[1]} sharp"),
)

VERSION_RULES: tuple[Rule, ...] = (rule(r"[0-9]+(?:\.[0-9]+){2,4}(?!\w)", _version),)

DIGIT_RULES: tuple[Rule, ...] = (rule(_CODE, _code),)

TRIGGERS = frozenset(_PRODUCTS.split("|")) - {"[Vv]ersion"} | {"version", "Version"}
"""Words that a rule of this module may begin with."""
