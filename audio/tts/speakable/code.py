"""Code inside an answer: a short piece is read, a block is only mentioned."""

import re

from audio.tts.speakable.addresses import address, file_path
from audio.tts.speakable.identifiers import LONGEST_WORD, identifier
from audio.tts.speakable.numbers import NUMBER, number

LONGEST_READ = 60
"""Inline code with more characters than this is only mentioned."""

_OPERATORS = {
    "===": "triple equals", "==": "double equals", "!=": "not equals", "<=": "less or equal", ">=": "greater or equal",
    "->": "arrow", "=>": "arrow", "&&": "and", "||": "or", "++": "plus plus", "+=": "plus equals",
    "-=": "minus equals", "**": "double star", "//": "double slash", "::": "double colon", "=": "equals", "+": "plus",
    "*": "star", "/": "slash", "\\": "backslash", "|": "pipe", "%": "percent", "#": "hash", "$": "dollar", "@": "at",
    "^": "caret", "~": "tilde", "&": "ampersand", "<": "less than", ">": "greater than", "!": "not", "-": "dash",
    ".": "dot",
}  # fmt: skip

_BRACKETS = {
    "()": "parentheses", "[]": "brackets", "{}": "braces", "(": "open parenthesis", ")": "close parenthesis",
    "[": "open bracket", "]": "close bracket", "{": "open brace", "}": "close brace", ",": "comma", ":": "colon",
    ";": "semicolon", '"': "quote", "'": "quote", "?": "question mark", "_": "underscore", "`": "backtick",
}  # fmt: skip
"""Named only where there is nothing else to say."""

_LANGUAGES = {
    "py": "Python", "python": "Python", "python3": "Python", "js": "JavaScript", "javascript": "JavaScript",
    "ts": "TypeScript", "typescript": "TypeScript", "java": "Java", "c": "C", "cpp": "C plus plus",
    "c++": "C plus plus", "csharp": "C sharp", "cs": "C sharp", "go": "Go", "rust": "Rust", "ruby": "Ruby",
    "php": "PHP", "swift": "Swift", "kotlin": "Kotlin", "sql": "SQL", "html": "HTML", "css": "CSS", "json": "JSON",
    "yaml": "YAML", "yml": "YAML", "toml": "TOML", "xml": "XML", "bash": "shell", "sh": "shell", "shell": "shell",
    "zsh": "shell", "powershell": "PowerShell", "r": "R", "lua": "Lua",
}  # fmt: skip

_TOKEN = re.compile(
    rf"(?P<number>(?<![\w.]){NUMBER}(?![\w.]))|(?P<name>\w(?:[\w.]*\w)?)|(?P<space>\s+)"
    rf"|(?P<operator>{'|'.join(re.escape(operator) for operator in _OPERATORS)})|."
)


def inline_code(text: str) -> str:
    """A piece of code in words: "x = 3" → "x equals three", "--help" → "dash dash help"."""
    text = text.strip()
    if len(text) > LONGEST_READ:
        return "some code"
    if re.fullmatch(r"(?:https?://|www\.)\S+", text):
        return address(text)
    if re.fullmatch(r"(?:~|\.{1,2})?/[\w.@/-]*\w/?", text):
        return file_path(text)
    said = " ".join(filter(None, (_say(match) for match in _TOKEN.finditer(text))))
    return said or _BRACKETS.get(text, "")


def _say(match: re.Match[str]) -> str:
    token = match[0]
    if match["number"]:
        return number(token)
    if match["name"]:
        # A word of another script is its own name.
        return identifier(token) if token.isascii() else _letters(token)
    return _OPERATORS[token] if match["operator"] else ""


def _letters(token: str) -> str:
    words = re.findall(r"[^\W\d_]+", token)
    return " ".join(word for word in words if len(word) <= LONGEST_WORD)


def code_block(language: str) -> str:
    """What is said in place of a block of code in `language` (as written after the fence, "" if nothing is).

    True with and without a screen, so it does not send the listener to one.
    """
    name = _LANGUAGES.get(language.strip().partition(" ")[0].lower(), "")
    return f"I won't read the {name} code aloud" if name else "I won't read the code aloud"
