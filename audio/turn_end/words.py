"""How finished an utterance sounds by its words alone: a small recurrent network over the partial transcript."""

import functools
import re
from importlib.resources import files
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Vector: TypeAlias = NDArray[np.float32]

WEIGHTS = "words.npz"
LAST_WORDS = 24
"""Words that the network sees; a longer utterance is judged by its last ones."""
SUFFIX_BUCKETS = 512
"""An unknown word is known by its ending ("-ing", "-tion", "-ly")."""
START = "<start>"
NUMBER = "#"

_NUMBERS = frozenset(
    [
        *("zero", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
        *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty"),
        *("forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "thousand", "million"),
    ]
)
"""Without "one", which is a pronoun as often ("the red one")."""
_WORD = re.compile(r"[a-z]+|[0-9][0-9.,:]*(?:st|nd|rd|th)?")


HESITATIONS = frozenset({"um", "uh", "er", "erm", "hm", "hmm"})
"""Who says these has not finished. Corpora of written commands do not teach it."""


def normalise(text: str) -> list[str]:
    """The words of a transcript as the network knows them: small letters, no punctuation, numbers as one sign.

    Whisper writes "7:30" where another writes "seven thirty": a run of number words or digits is one NUMBER.
    """
    plain = text.lower().replace("\u2019", "'").replace("'", "")
    words: list[str] = []
    for word in _WORD.findall(plain):
        if word[0].isdigit() or word in _NUMBERS:
            if not words or words[-1] != NUMBER:
                words.append(NUMBER)
        else:
            words.append(word)
    return words


def suffix_bucket(word: str) -> int:
    """Which of SUFFIX_BUCKETS an unknown word belongs to: the same on every machine."""
    bucket = 0
    for letter in word[-3:]:
        bucket = (bucket * 31 + ord(letter)) % SUFFIX_BUCKETS
    return bucket


def ending(text: str) -> str:
    """The mark that the transcript ends with: one of ENDINGS. Whisper's marks are evidence of their own."""
    shown = text.rstrip()
    if shown.endswith(("...", "\u2026", "-", "\u2014")):
        return "..."
    return shown[-1] if shown and shown[-1] in ".?!," else ""


ENDINGS = ("", ".", "?", "!", ",", "...")


class WordsModel:
    """A gated recurrent network (Cho et al., 2014) that reads the words and says how likely the last one ends it.

    Trained by scripts/train_turn_end.py. A call takes about 0.5 ms for a sentence and may be made on the event loop.
    """

    def __init__(self, weights: dict[str, NDArray[np.generic]]) -> None:
        names = bytes(weights["vocabulary"]).decode().split("\n")
        self._number_of = {word: number for number, word in enumerate(names)}
        self._table = weights["table"]
        self._scale = weights["scale"]
        self._into = _floats(weights["into"])
        self._into_bias = _floats(weights["into_bias"])
        self._again = _floats(weights["again"])
        self._again_bias = _floats(weights["again_bias"])
        self._end = _floats(weights["end"])
        self._end_bias = float(weights["end_bias"])
        self._start = self._read(np.zeros(len(self._again), np.float32), [START])

    def log_odds(self, words: list[str]) -> float:
        """Log-odds that an utterance of these normalised words is finished, as in the corpora; words must be given."""
        state = self._read(self._start, words[-LAST_WORDS:])
        return float(state @ self._end) + self._end_bias

    def _read(self, state: Vector, words: list[str]) -> Vector:
        unknown = len(self._number_of)
        rows = [self._number_of.get(word, unknown + suffix_bucket(word)) for word in words]
        vectors = self._table[rows].astype(np.float32) * self._scale[rows, None].astype(np.float32)
        size = len(state)
        for given in vectors @ self._into + self._into_bias:
            recalled = state @ self._again + self._again_bias
            reset, update = np.split(_sigmoid(given[: 2 * size] + recalled[: 2 * size]), 2)
            fresh = np.tanh(given[2 * size :] + reset * recalled[2 * size :])
            state = np.asarray(fresh + update * (state - fresh), np.float32)
        return state


def _floats(stored: NDArray[np.generic]) -> Vector:
    return stored.astype(np.float32)


def _sigmoid(values: Vector) -> Vector:
    half = np.float32(0.5)
    return np.asarray(half + half * np.tanh(half * values), np.float32)


@functools.cache
def words_model() -> WordsModel:
    """The model that comes with the package, loaded once (0.1 s)."""
    with (files(__package__) / WEIGHTS).open("rb") as file, np.load(file, allow_pickle=False) as stored:
        return WordsModel(dict(stored))
