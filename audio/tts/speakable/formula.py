"""Formulas in LaTeX, read symbol by symbol: enough for what stands in a spoken answer."""

import re

from audio.tts.speakable.numbers import NUMBER, number, power

LONGEST_READ = 160
"""A formula with more characters than this is only mentioned."""

_COMMANDS = {
    "times": "times", "cdot": "times", "div": "divided by", "pm": "plus or minus", "mp": "minus or plus",
    "leq": "less than or equal to", "le": "less than or equal to", "geq": "greater than or equal to",
    "ge": "greater than or equal to", "neq": "not equal to", "ne": "not equal to", "approx": "approximately",
    "equiv": "is equivalent to", "infty": "infinity", "to": "to", "rightarrow": "to", "Rightarrow": "implies",
    "sum": "the sum", "int": "the integral", "prod": "the product", "lim": "the limit", "of": "of", "from": "from",
    "over": "over", "root": "the square root of", "sin": "sine", "cos": "cosine", "tan": "tangent",
    "ln": "natural log", "circ": "degrees", "ldots": "and so on", "dots": "and so on", "cdots": "and so on",
    "left": "", "right": "", "mathbf": "", "quad": "", "qquad": "", "displaystyle": "", "boxed": "", "begin": "",
    "end": "",
}  # fmt: skip
"""Commands that are not their own name; Greek letters, "log", "angle" and the like are."""

_SYMBOLS = {
    "=": "equals", "+": "plus", "-": "minus", "−": "minus", "*": "times", "/": "over", "<": "less than",
    ">": "greater than", "!": "factorial", "'": "prime", "×": "times", "÷": "divided by", "≈": "approximately",
    "≤": "less than or equal to", "≥": "greater than or equal to", "≠": "not equal to", "%": "percent", "°": "degrees",
}  # fmt: skip

_TEXT = re.compile(r"\\(?:text|mathrm|operatorname)\s*\{([^{}\"]*)\}")
_BOUNDED = re.compile(r"\\(sum|int|prod)(?![A-Za-z])(?:_(\{[^{}]*\}|\w)\^(\{[^{}]*\}|\\\w+|\w))?")
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_ROOT = re.compile(r"\\sqrt\s*\{([^{}]*)\}")
_TOKEN = re.compile(
    r"\"(?P<words>[^\"]*)\"|(?P<raised>\^(?:\{(?P<braced>[^{}]*)\}|\s*(?P<bare>\\[A-Za-z]+|\S)))|(?P<under>_)"
    rf"|\\(?P<command>[A-Za-z]+)|(?P<number>{NUMBER})|(?P<letter>[^\W\d_])|(?P<symbol>[^\s\w])"
)


def formula(text: str) -> str:
    r"""A formula in words: r"E = mc^2" → "E equals m c squared", r"\frac{a}{b}" → "a over b"."""
    if len(text) > LONGEST_READ:
        return "a formula"
    text = _TEXT.sub(r' "\1" ', text)
    text = _BOUNDED.sub(_bounds, text)
    # From the inside out; a formula this short nests only a few times.
    for _ in range(4):
        text = _FRACTION.sub(r" \1 \\over \2 ", text)
        text = _ROOT.sub(r" \\root \1 ", text)
    return " ".join(filter(None, (_say(match) for match in _TOKEN.finditer(text))))


def _bounds(match: re.Match[str]) -> str:
    bounds = rf"\from {match[2]} \to {match[3]} " if match[2] else ""
    return rf"\{match[1]} {bounds}\of "


def _say(match: re.Match[str]) -> str:
    if match["words"] is not None:
        return " ".join(re.findall(r"[^\W\d_]+", match["words"]))
    if match["raised"]:
        return _exponent((match["braced"] or match["bare"] or "").strip())
    if match["under"]:
        return "sub"
    if command := match["command"]:
        return _COMMANDS.get(command, command)
    if match["number"]:
        return number(match[0])
    return match["letter"] or _SYMBOLS.get(match[0], "")


def _exponent(text: str) -> str:
    if text == r"\circ":
        return "degrees"
    if re.fullmatch(r"[-−+]?[0-9]+|[A-Za-z]", text):
        return power(text)
    return f"to the power of {formula(text)}".rstrip()
