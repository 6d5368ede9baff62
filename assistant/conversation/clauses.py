"""Cuts the stream of an answer into clauses, so that the first can be spoken while the rest is still written."""

import re
from dataclasses import dataclass, field

from assistant.conversation.boundaries import CONJUNCTIONS, PREPOSITIONS, Break, break_after, is_list_mark
from assistant.conversation.enclosures import Enclosure
from audio.tts.speakable import SpeakableText, speakable

FEWEST_WORDS = 3
"""A clause that ends at less than a sentence's end has at least so many words: "Well," alone sounds cut off."""

FIRST_WORDS = 6
"""The first clause, where no mark comes, is cut at the next place to breathe from so many words on: each further word
keeps the user waiting for its tokens, 10 to 20 ms, and for its synthesis."""

FEWEST_WORDS_UNMARKED = 4
"""Words before a cut where no mark stands."""

LONGEST_CHARS = 200
"""A clause is cut at the latest here, some 13 s of speech; only a link, code or a single long word is longer."""

EARLIEST_CUT_CHARS = 60
"""A clause that has become too long is cut at least so far inside, at the last comma if it can be."""

LONGEST_FENCE_LINE = 60
"""A line that opens a block of code holds at most so many characters."""

_WORD_END = re.compile(r"\s|—(?=[^—])")
"""A word ends at white space, or behind a dash that joins it to the next."""

_SOLID = re.compile(r"\S")
_FENCE = re.compile(r"(`{3,}|~{3,})[^`]*")
_MAYBE_FENCE = re.compile(r"`{1,2}|~{1,2}|(?:`{3,}|~{3,})[^`]*")


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of an answer that is spoken in one go.

    `[start, end)` are characters of the whole answer's display text; the clauses of an answer tile it.
    `speech.display` is that part. White space belongs to the clause before it. `speech.spoken` can be ""
    where there is nothing to say (a lone emoji at the end): such a clause counts as heard at once.
    """

    index: int
    start: int
    end: int
    speech: SpeakableText


@dataclass(slots=True)
class _Scan:
    """What is known about the clause that is being collected; positions are characters of the answer."""

    start: int
    position: int
    """Start of the word to be looked at next."""
    sought: int
    """Its end does not lie before this."""
    is_line_start: bool
    word_end: int | None = None
    """Where it ends, once known."""
    words: int = 0
    previous: str = ""
    is_closed_line: bool = False
    """The line is a heading, a table row or the end of a code block: the clause ends with it, whatever follows."""
    enclosure: Enclosure = field(default_factory=Enclosure)
    fence: str = ""
    """The fence of the code block that we are in."""
    comma: int = 0
    conjunction: int = 0
    preposition: int = 0
    space: int = 0
    """The latest place of each kind where the clause could be cut; 0 for none."""


class ClauseSplitter:
    """Splits one answer, fed piece by piece as the model writes it.

    The clauses depend on the text alone, not on how it was cut into pieces; each is given out as soon as it is
    certain that it ends there. Time is proportional to the length of the text.
    """

    def __init__(self) -> None:
        self._text = ""
        self._index = 0
        self._scan = _Scan(start=0, position=0, sought=0, is_line_start=True)

    def push(self, text: str) -> list[Clause]:
        """Take the next piece of the answer; returns the clauses that it completes."""
        # Python extends a string in place only where a local variable is its one owner; `self._text += text`
        # would copy the answer at every token.
        whole, self._text = self._text, ""
        whole += text
        self._text = whole
        del whole
        return self._cut(is_final=False)

    def finish(self) -> list[Clause]:
        """The answer is complete; returns the clauses that remain."""
        clauses = self._cut(is_final=True)
        if self._scan.start < len(self._text):
            clauses.append(self._clause(len(self._text)))
        return clauses

    def _cut(self, *, is_final: bool) -> list[Clause]:
        clauses = []
        while (end := self._next_end(is_final)) is not None:
            clauses.append(self._clause(end))
        return clauses

    def _clause(self, end: int) -> Clause:
        start = self._scan.start
        display = self._text[start:end]
        is_line_start = "\n" in display[len(display.rstrip()) :]
        clause = Clause(self._index, start, end, speakable(display))
        self._index += 1
        self._scan = _Scan(start=end, position=end, sought=end, is_line_start=is_line_start)
        return clause

    def _next_end(self, is_final: bool) -> int | None:
        """Where the current clause ends; None where that is not decided yet."""
        scan, text = self._scan, self._text
        while scan.position < len(text):
            is_new_line = scan.is_line_start and not scan.fence and scan.word_end is None
            if is_new_line and text[scan.position] in "`~" and self._opens_fence(is_final) is None:
                return None
            if not self._find_gap(is_final):
                return None
            word_end, following = scan.word_end or 0, scan.sought
            word = text[scan.position : word_end]
            kind = break_after(
                text[max(scan.start, scan.position - 24) : scan.position],
                word,
                text[following : following + 24],
                is_line_start=scan.is_line_start,
                is_final=is_final,
            )
            if kind is None:
                return None
            end = self._end(word, word_end, following, kind)
            if end is not None:
                return end
            scan.is_line_start = "\n" in text[word_end:following] or (scan.is_line_start and not word)
            scan.position, scan.word_end, scan.previous = following, None, word
        return None

    def _find_gap(self, is_final: bool) -> bool:
        """Find the end of the word and of the white space behind it; False where they have not arrived."""
        scan, text = self._scan, self._text
        if scan.word_end is None:
            scan.word_end = self._fence_end() if scan.fence else self._word_end()
        if scan.word_end is None and is_final and not scan.fence:
            scan.word_end = scan.sought = len(text)
        if scan.word_end is None:
            return False
        solid = _SOLID.search(text, scan.sought)
        scan.sought = solid.start() if solid else len(text)
        return solid is not None or is_final

    def _word_end(self) -> int | None:
        scan, text = self._scan, self._text
        if match := _WORD_END.search(text, scan.sought):
            scan.sought = match.start() if match[0].isspace() else match.end()
            return scan.sought
        scan.sought = len(text) - text.endswith("—")
        return None

    def _opens_fence(self, is_final: bool) -> bool | None:
        """Step into the block of code that opens at this line, if one does; None where that is not decided yet."""
        scan = self._scan
        line, newline, _ = self._text[scan.position : scan.position + LONGEST_FENCE_LINE].partition("\n")
        if newline and (match := _FENCE.fullmatch(line)):
            scan.fence = match[1]
            scan.words += 1
            scan.position = scan.sought = scan.position + len(line) + 1
            return True
        is_whole = newline or is_final or len(line) == LONGEST_FENCE_LINE
        return False if is_whole or not _MAYBE_FENCE.fullmatch(line) else None

    def _fence_end(self) -> int | None:
        """The end of the line that closes the block of code; what was inside is no word to be looked at."""
        scan, text = self._scan, self._text
        while (newline := text.find("\n", scan.sought)) >= 0:
            line = text[scan.position : newline].strip()
            if line.startswith(scan.fence) and not line.strip(scan.fence[0]):
                scan.position = scan.sought = newline
                scan.fence, scan.is_closed_line = "", True
                return newline
            scan.position = scan.sought = newline + 1
        scan.sought = len(text)
        return None

    def _end(self, word: str, word_end: int, following: int, kind: Break) -> int | None:
        """Where the clause ends, now that `word` and the break behind it are known; None where it goes on."""
        scan = self._scan
        if scan.is_line_start and word:
            scan.is_closed_line = scan.is_closed_line or word.startswith("|") or set(word) == {"#"}
        self._note_places(word)
        scan.enclosure.feed(word, word_end)
        if any(char.isalnum() for char in word) and not (scan.is_line_start and is_list_mark(word)):
            scan.words += 1
        if self._ends_line(word_end, following):
            kind = Break.SENTENCE
            scan.enclosure.leave()
        elif scan.enclosure.is_open:
            kind = Break.NONE
        if following - scan.start > LONGEST_CHARS and (place := self._best_place()):
            return place
        if kind == Break.SENTENCE and scan.words:
            return following
        if kind >= Break.COMMA and scan.words >= FEWEST_WORDS:
            if kind == Break.CLAUSE or self._index == 0:
                return following
            scan.comma = following
        if self._index == 0 and scan.words >= FIRST_WORDS:
            return scan.conjunction or scan.preposition or None
        return None

    def _ends_line(self, word_end: int, following: int) -> bool:
        """Whether the line that ends here ends a clause, and is no soft wrap inside a sentence."""
        breaks = self._text.count("\n", word_end, following)
        follows = self._text[following : following + 1]
        if not breaks:
            return False
        return breaks > 1 or self._scan.is_closed_line or not (follows.islower() or follows in ",.;:!?)")

    def _note_places(self, word: str) -> None:
        """Note the place before `word` where the clause could be cut without a mark."""
        scan = self._scan
        # A number stays with what it counts; what begins without a letter could look like the mark of a list.
        if scan.enclosure.is_open or not word[:1].isalpha() or scan.previous[-1:].isdigit() or not scan.words:
            return
        scan.space = scan.position
        if scan.words >= FEWEST_WORDS_UNMARKED:
            if word in CONJUNCTIONS:
                scan.conjunction = scan.position
            elif word in PREPOSITIONS:
                scan.preposition = scan.position

    def _best_place(self) -> int:
        """Where a clause that has become too long is cut; 0 where it cannot be."""
        scan = self._scan
        if scan.enclosure.is_open:
            return 0
        earliest = scan.start + EARLIEST_CUT_CHARS
        marked = (scan.comma, scan.conjunction, scan.preposition, scan.space)
        return next((place for place in marked if place >= earliest), scan.position if scan.words > 1 else 0)


def clauses_of(text: str) -> list[Clause]:
    """All clauses of a short reply that is known already."""
    splitter = ClauseSplitter()
    return [*splitter.push(text), *splitter.finish()]
