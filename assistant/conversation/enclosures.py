"""Code, links and formulas inside a line of an answer, as far as a clause must not be cut in them."""

import re
from dataclasses import dataclass

LONGEST_CHARS = 200
"""What has not closed after so many characters was a stray mark."""

_OPENER = re.compile(r"`+|\[|\$\$|\$(?=[A-Za-z\\])|\\[(\[]")
_CLOSERS = {"[": "]", "\\(": "\\)", "\\[": "\\]"}
"""What closes an opener that is not closed by its like."""

_LINK_CLOSERS = {"(": ")", "[": "]"}
"""What closes the address of a link, by what opens it behind the link's text."""


@dataclass(slots=True)
class Enclosure:
    """What the text is inside of. Fed word by word; does not reach beyond a line."""

    closer: str = ""
    opened_at: int = 0

    @property
    def is_open(self) -> bool:
        return bool(self.closer)

    def leave(self) -> None:
        """The line has ended."""
        self.closer = ""

    def feed(self, word: str, end: int) -> None:
        """Take the next word, which ends at character `end`."""
        if end - self.opened_at > LONGEST_CHARS:
            self.closer = ""
        at = 0
        while at < len(word):
            if self.closer:
                found = word.find(self.closer, at)
                if found < 0:
                    return
                at = found + len(self.closer)
                link = _LINK_CLOSERS.get(word[at : at + 1], "") if self.closer == "]" else ""
                self.closer = link
                at += len(link)
            elif opener := _OPENER.search(word, at):
                self.closer = _CLOSERS.get(opener[0], opener[0])
                self.opened_at, at = end, opener.end()
            else:
                return
