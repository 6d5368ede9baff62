"""When words are heard of a voice that does not tell: guessed as the sound comes. Pure."""

import re

from audio.tts.protocol import WordTime

CHARS_PER_S = 11.0
"""Slower than voices speak (Piper's say 15 characters a second): a word is rather taken as not yet heard than as heard
before it was said. What is left is known to be heard with the clause's last sample."""

_WORD = re.compile(r"\S*[^\W_]\S*")


class GuessedTimes:
    """The words of one clause, handed out with the sound in which they are taken to begin."""

    def __init__(self, text: str, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._waiting = [match.span() for match in _WORD.finditer(text)]
        self._samples = 0
        self._told_s = 0.0

    def within(self, samples: int) -> tuple[WordTime, ...]:
        """So many samples more have come: the words that begin in them."""
        self._samples += samples
        until_s = self._until_s
        begun = [span for span in self._waiting if span[0] / CHARS_PER_S < until_s]
        self._waiting = self._waiting[len(begun) :]
        if begun:
            self._told_s = begun[-1][1] / CHARS_PER_S
        return tuple(WordTime(start, end, start / CHARS_PER_S, end / CHARS_PER_S) for start, end in begun)

    def rest(self) -> tuple[WordTime, ...]:
        """No more sound will come: the words that are left were said by its end."""
        left, self._waiting = self._waiting, []
        end_s = max(self._until_s, self._told_s)
        return tuple(WordTime(start, end, end_s, end_s) for start, end in left)

    @property
    def _until_s(self) -> float:
        return self._samples / self._rate_hz
