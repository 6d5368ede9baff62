"""Takes the layout off a display text: what is left is the text that a reader sees.

Markdown, HTML and LaTeX marks go; what they mean for speech (the end of a list item, a table cell, code that
is not read) stays as one of the control characters of `rules`. Every visible character knows which part of the
display it came from. The text may be a fragment of an answer, so a mark without its partner is still a mark.
"""

import html
import re
import unicodedata
from dataclasses import dataclass

from audio.tts.speakable.characters import seen_as
from audio.tts.speakable.code import code_block, inline_code
from audio.tts.speakable.formula import formula
from audio.tts.speakable.rules import COMMA, PHRASE, STOP

_FENCE = re.compile(
    r"[ \t]*(?P<ticks>`{3,}|~{3,})(?P<language>[^`\n]*)\n"
    r"(?P<code>(?:.*\n)*?)(?:[ \t]*(?P=ticks)[`~]*[ \t]*(?=\n|\Z)|(?P<rest>.*)\Z)"
)
_DISPLAY_FORMULA = re.compile(r"[ \t]*(?:\$\$|\\\[)[ \t]*\n(?P<formula>[^$]{1,500}?)\n[ \t]*(?:\$\$|\\\])")
_RULER = re.compile(r"[ \t]*([-*_=])(?:[ \t]*\1){2,}[ \t]*$", re.MULTILINE)
_SEPARATOR_ROW = re.compile(r"(?=[^\n]*\|)[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$", re.MULTILINE)
_BLOCK_MARK = re.compile(
    r"[ \t]*(?:(?P<heading>\#{1,6})(?=[ \t])|(?P<quote>>+)|(?P<row>\|)"
    r"|(?P<bullet>[-*+•◦▪‣·–](?=[ \t])(?:[ \t]+\[[ xX]\](?=[ \t]))?))[ \t]*"
)
_NUMBERED = re.compile(r"[ \t]*[0-9]{1,3}(?P<mark>[.)])(?=[ \t]+\S)")

_BREAKING_TAGS = frozenset({"p", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table", "div", "hr"})
# fmt: off
_TAGS = _BREAKING_TAGS | frozenset({
    "a", "abbr", "b", "big", "blockquote", "body", "br", "center", "cite", "code", "dd", "del", "details", "dl", "dt",
    "em", "figure", "font", "i", "img", "ins", "kbd", "mark", "pre", "q", "s", "samp", "small", "span", "strike",
    "strong", "sub", "summary", "sup", "table", "tbody", "td", "th", "thead", "think", "time", "tt", "u", "var",
})
# fmt: on

_SILENT = (
    # Footnotes and sources behind a word: "a fact.[1][2]", "[3](https://...)", "【4†source】".
    r"(?<=[^\s\[])\[(?:\^\w{1,20}|[0-9]{1,3}(?:[,–-] ?[0-9]{1,3})*)\](?:\([^()\s]*\))?",
    r"【[^】\n]{0,60}】",
    # Links and images: what stands before and after their text.
    r"!?\[(?=[^\[\]\n]{0,400}\][(\[])",
    r"\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)?(?: +\"[^\"\n]*\")?\)",
    r"\]\[[^\[\]\n]{0,100}\]",
    r"<!--.{0,500}?-->",
    # Strike-through, code that is never closed, a hard line break.
    r"~~+|`+|\\$",
)
_INLINE = re.compile(
    r"(?P<code>(?<!`)(`+)(?P<inside>[^`\n]+)\2(?!`))"
    r"|(?P<math>\$\$(?P<m1>[^$\n]{1,300})\$\$|\\\((?P<m2>[^\n]{1,300}?)\\\)|\\\[(?P<m3>[^\n]{1,300}?)\\\]"
    r"|\$(?P<m4>[^\s$](?:[^$\n]{0,300}[^\s$])?)\$(?![0-9]))"
    rf"|(?P<silent>{'|'.join(_SILENT)})"
    r"|(?P<link><(?P<target>(?:https?://|mailto:)[^\s<>]+|[\w.+-]+@[\w.-]+)>)"
    r"|(?P<tag></?(?P<name>[A-Za-z][A-Za-z0-9]{0,12})(?:\s[^<>\n]{0,300})?/?>)"
    r"|(?P<entity>&(?:\#[0-9]{1,7}|\#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});)"
    r"|\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|(?P<run>\*+|_+)|(?P<bar>\|)|(?P<raised>[⁰¹²³⁴-⁹⁺⁻]+)",
    re.MULTILINE,
)
"""What stands inside a line. Repetitions are bounded, so that no text takes more than linear time."""


@dataclass(frozen=True, slots=True)
class Visible:
    """The text that a reader sees; `text[i]` came from `display[starts[i]:ends[i]]`.

    `phrases` holds, by position, the words of every PHRASE character.
    """

    text: str
    starts: list[int]
    ends: list[int]
    phrases: dict[int, str]


def visible(display: str) -> Visible:
    """Read a display text of any kind. Never raises; takes time in proportion to the text's length."""
    reader = _Reader(display)
    position = 0
    while position < len(display):
        position = reader.block(position) or reader.line(position)
    return reader.seen()


def _plainly(text: str) -> str:
    """`text` in the characters that the rules know."""
    return text if text.isascii() else "".join(seen_as(char) for char in text)


class _Reader:
    """Collects the visible characters of one display text, block by block."""

    def __init__(self, display: str) -> None:
        self._display = display
        self._parts: list[str] = []
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._phrases: dict[int, str] = {}

    def seen(self) -> Visible:
        return Visible("".join(self._parts), self._starts, self._ends, self._phrases)

    def block(self, start: int) -> int | None:
        """Take the block of code or the formula that starts here, if one does; returns where it ends."""
        if match := _FENCE.match(self._display, start):
            words = code_block(match["language"]) if (match["code"] + (match["rest"] or "")).strip() else ""
        elif match := _DISPLAY_FORMULA.match(self._display, start):
            words = formula(_plainly(match["formula"]))
        else:
            return None
        self._emit(start, start, STOP)
        self._phrase(start, match.end(), words)
        self._emit(match.end(), match.end(), STOP)
        return match.end()

    def line(self, start: int) -> int:
        """Take one line with its line break; returns where the next one starts."""
        newline = self._display.find("\n", start)
        end = len(self._display) if newline < 0 else newline
        is_block = False
        if bare := _RULER.match(self._display, start, end) or _SEPARATOR_ROW.match(self._display, start, end):
            start, is_block = bare.end(), True
        while mark := _BLOCK_MARK.match(self._display, start, end):
            is_block = is_block or mark["quote"] is None
            start = mark.end()
        if item := _NUMBERED.match(self._display, start, end):
            self._plain(start, item.start("mark"))
            self._emit(item.start("mark"), item.end("mark"), STOP)
            start, is_block = item.end("mark"), True
        self._inline(start, end)
        if is_block:
            self._emit(end, end, STOP)
        if newline < 0:
            return end
        self._emit(newline, newline + 1, self._line_break(newline + 1))
        return newline + 1

    def _line_break(self, position: int) -> str:
        """What a line break means before the line at `position`: a soft wrap, the end of a line or of a block."""
        rest = self._display[position : position + 40]
        if (mark := _BLOCK_MARK.match(rest)) and mark["quote"]:
            rest = rest[mark.end() :]
        if not rest.strip(" \t") or rest.lstrip(" \t").startswith("\n"):
            return STOP
        if _BLOCK_MARK.match(rest) or _NUMBERED.match(rest) or _FENCE.match(rest):
            return STOP
        return " " if rest.lstrip()[:1].islower() else COMMA

    def _inline(self, start: int, end: int) -> None:
        while start < end:
            match = _INLINE.search(self._display, start, end)
            if not match:
                break
            self._plain(start, match.start())
            start = self._mark(match)
        self._plain(start, end)

    def _mark(self, match: re.Match[str]) -> int:
        """Take one inline mark; returns where to go on."""
        start, end = match.span()
        if match["code"]:
            self._phrase(start, end, inline_code(_plainly(match["inside"])))
        elif match["math"]:
            inside = match["m1"] or match["m2"] or match["m3"]
            if inside is None and not re.search(r"[\\^_=]|^[A-Za-z]$", match["m4"]):
                # Two prices, not a formula.
                self._plain(start, start + 1)
                return start + 1
            self._phrase(start, end, formula(_plainly(inside or match["m4"])))
        elif match["link"]:
            target = match.start("target") + (len("mailto:") if match["target"].startswith("mailto:") else 0)
            self._plain(target, match.end("target"))
        elif match["tag"]:
            self._tag(match)
        elif match["entity"]:
            char = html.unescape(match[0])
            self._emit(start, end, seen_as(char) if len(char) == 1 else "")
        elif match["escaped"]:
            if match["escaped"] not in "*_" or self._is_sign(start, end, match["escaped"]):
                self._plain(start + 1, end)
        elif match["run"]:
            if self._is_sign(start, end, match["run"]):
                self._plain(start, end)
        elif match["bar"]:
            self._emit(start, end, COMMA)
        elif match["raised"]:
            self._emit(start, end, "^" + unicodedata.normalize("NFKC", match[0]).replace("−", "-"))
        return end

    def _tag(self, match: re.Match[str]) -> None:
        name = match["name"].lower()
        if name not in _TAGS:
            # "<your name>" is a placeholder, not a tag.
            self._plain(match.start() + 1, match.end() - 1)
        elif name in _BREAKING_TAGS:
            self._emit(match.start(), match.end(), STOP)
        elif name == "br":
            self._emit(match.start(), match.end(), COMMA)

    def _is_sign(self, start: int, end: int, run: str) -> bool:
        """Whether a run of stars or low lines is a sign of its own ("2 * 3", "snake_case", "____"), not emphasis."""
        behind, ahead = self._display[max(0, start - 1) : start] or " ", self._display[end : end + 1] or " "
        if behind.isspace() and ahead.isspace():
            return True
        if run[0] == "*":
            return behind.isdigit() and ahead.isdigit()
        return len(run) > 2 or (behind.isalnum() and ahead.isalnum())

    def _plain(self, start: int, end: int) -> None:
        """Characters that are seen as they are."""
        text = self._display[start:end]
        if text.isascii() and text.isprintable():
            self._parts.append(text)
            self._starts.extend(range(start, end))
            self._ends.extend(range(start + 1, end + 1))
            return
        for position, char in enumerate(text, start):
            self._emit(position, position + 1, seen_as(char))

    def _emit(self, start: int, end: int, text: str) -> None:
        """Visible `text` in place of a part of the display."""
        self._parts.append(text)
        self._starts.extend([start] * len(text))
        self._ends.extend([end] * len(text))

    def _phrase(self, start: int, end: int, words: str) -> None:
        if words:
            self._phrases[len(self._starts)] = words
            self._emit(start, end, PHRASE)
