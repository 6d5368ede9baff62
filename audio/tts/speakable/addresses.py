"""Web addresses, e-mail addresses, file paths: said briefly, the way people tell them to each other."""

import re

from audio.tts.speakable.identifiers import identifier
from audio.tts.speakable.numbers import digits, label
from audio.tts.speakable.rules import Rule, rule

_TOP_LEVEL = "com|org|net|edu|gov|int|io|dev|app|ai|co|uk|eu|de|fr|us|ca|ch|info|wiki|tv|gg|rs"
"""Domains known without "www." or "https://": those that are no common English words."""

LONGEST_SPOKEN_PATH = 20
"""A path of a web address is spoken up to this many characters, in one segment; longer ones are only mentioned."""

LONGEST_SEGMENTS = 5
"""A file path with more segments is told by its last two."""


def address(text: str) -> str:
    """A web address: "https://www.example.com/docs" → "example dot com slash docs"."""
    bare = re.sub(r"^[a-z]+://", "", text, flags=re.IGNORECASE)
    host, _, path = bare.partition("/")
    host = host.rpartition("@")[2].removeprefix("www.").partition("?")[0]
    path = path.rstrip("/")
    if not host:
        # "file:///etc/hosts"
        return file_path("/" + path)
    name = _host(host)
    if not path:
        return name
    if re.fullmatch(rf"[A-Za-z_-]{{1,{LONGEST_SPOKEN_PATH}}}", path):
        return f"{name} slash {identifier(path, names_separators=False)}"
    return f"a link to {name}"


def file_path(text: str) -> str:
    """A file path: "~/.bashrc" → "home slash dot bashrc". A long one is told by its end."""
    segments = [segment for segment in re.split(r"[/\\]", text) if segment]
    if len(segments) > LONGEST_SEGMENTS:
        return f"a path ending in {identifier('/'.join(segments[-2:]))}"
    return identifier(text.rstrip("/\\") or text)


def _host(host: str) -> str:
    name, _, port = host.partition(":")
    said = identifier(name)
    if re.fullmatch(r"[0-9.]+", name):
        said = " dot ".join(digits(part) for part in name.split(".") if part)
    return f"{said} port {label(port)}" if port.isdigit() else said


def _url(match: re.Match[str]) -> str:
    return address(match[0])


def _mail(match: re.Match[str]) -> str:
    # Here every character counts, so nothing is skipped.
    return identifier(match[0].replace("_", " underscore ")).replace("  ", " ")


def _path(match: re.Match[str]) -> str:
    return file_path(match[0])


def _windows_path(match: re.Match[str]) -> str:
    drive, _, rest = match[0].partition(":")
    return f"{drive} drive {file_path(rest)}".rstrip()


_LAST = r"[^\s<>()\[\]{}\"'`|.,;:!?*\x01-\x03]"
_ANY = r"[^\s<>()\[\]{}\"'`|\x01-\x03]"

TRIGGERS = frozenset({"http", "https", "ftp", "file", "ws", "wss", "localhost"})
"""Words that a rule of this module may begin with, though a colon follows them."""

RULES: tuple[Rule, ...] = (
    rule(rf"(?:https?|ftp|file|wss?)://(?:{_ANY}*{_LAST})|www\.(?:{_ANY}*{_LAST})", _url),
    rule(r"[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}", _mail),
    rule(rf"(?:[A-Za-z0-9-]{{1,63}}\.){{1,6}}(?:{_TOP_LEVEL})(?![\w-]|\.\w|@)(?:/(?:{_ANY}*{_LAST})?)?", _url),
    rule(r"localhost(?::[0-9]+)?(?:/[\w./-]*\w)?", _url),
    rule(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?::[0-9]+)?(?!\.?\w)", _url),
    rule(r"[A-Z]:\\[\w\\.-]*\w", _windows_path),
    rule(r"(?<![\w)])(?:~|\.{1,2})?/[\w@-]*[\w.@/-]*\w/?|~/", _path),
)
