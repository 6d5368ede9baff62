"""Which command a mis-heard text was, if it can only have been that one."""

import re

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Postfix, Prefix

from assistant.tools.grammar import Grammar

NEAR = 88.0
"""Least likeness, 0 to 100, of letters without spaces ("goodby e" is "goodbye")."""

NEAR_WORDS = 70.0
"""Least likeness of the words that differ."""

SHORTEST = 5
"""Fewest letters of what differs: "date" is as like "gate" and "data" as it is to itself misspelt."""

CLEAR = 4.0
"""A command is certain when all that mean something else are at least so much less like the text."""

LONGEST_WORDS = 6
"""Beyond that an utterance is rarely a short command, and the model does better."""

_RUN = re.compile(r"(.)\1+")


class Repair:
    """Finds the one command that a text is nearly the same as."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._known = {word for sentence in grammar.sentences for word in sentence.split()}
        self._drawled = {_RUN.sub(r"\1", word): word for word in grammar.sentences if " " not in word}
        self._sentences = [sentence for sentence in grammar.sentences if self._is_repaired(sentence)]
        self._letters = [sentence.replace(" ", "") for sentence in self._sentences]

    def command(self, text: str) -> str | None:
        """The command's sentence; None where the text is another sentence, or could be two commands."""
        words = text.split()
        if len(words) == 1:
            return self._drawled_word(text)
        if not 2 <= len(words) <= LONGEST_WORDS:
            return None
        best: tuple[float, str] | None = None
        for _, likeness, index in process.extract(
            text.replace(" ", ""), self._letters, scorer=fuzz.ratio, score_cutoff=NEAR - CLEAR, limit=None
        ):
            sentence = self._sentences[index]
            if best is None:
                best = likeness, sentence
            elif best[0] - likeness < CLEAR and self._grammar.meaning(sentence) != self._grammar.meaning(best[1]):
                return None
        if best is None or best[0] < NEAR or not self._can_be(words, best[1].split()):
            return None
        return best[1]

    def _is_repaired(self, sentence: str) -> bool:
        """Not where a value was said: what is only like "four" may be "five". It also keeps the search under 1 ms."""
        meaning = self._grammar.meaning(sentence)
        return 2 <= len(sentence.split()) <= LONGEST_WORDS and meaning is not None and not meaning.slots

    def _can_be(self, heard: list[str], command: list[str]) -> bool:
        """Whether the texts are the same but for one place, and what stands there can have been misheard.

        A word that commands use elsewhere was heard as what it is: then another sentence was said.
        """
        first = Prefix.similarity(heard, command)
        last = Postfix.similarity(heard[first:], command[first:])
        said, meant = heard[first : len(heard) - last], command[first : len(command) - last]
        if any(word in self._known for word in said):
            return False
        one, other = "".join(said), "".join(meant)
        return min(len(one), len(other)) >= SHORTEST and one[0] == other[0] and fuzz.ratio(one, other) >= NEAR_WORDS

    def _drawled_word(self, word: str) -> str | None:
        """ "stopp", "nooo": a single word is repaired in nothing but length, as "top" and "know" are words, too."""
        command = self._drawled.get(_RUN.sub(r"\1", word))
        return command if command is not None and len(word) > len(command) else None
