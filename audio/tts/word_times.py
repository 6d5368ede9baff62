"""When each word of a text is heard, from the lengths of its phonemes. Pure.

A voice tells how long each phoneme lasts, but not which word it belongs to: the phonemizer joins words ("of the"
becomes one) and splits them ("GPT" becomes three). So every word is also phonemized alone, and the sounds of these
are aligned with the sounds that are heard.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from audio.tts.protocol import WordTime

_WORD = re.compile(r"\S*[^\W_]\S*")
STRESS = frozenset("ˈˌ")
"""Belongs to the sound that follows."""
LENGTH = frozenset("ːˑ")
"""Belongs to the sound before."""
NO_SOUND = frozenset(" ^$_.,;:!?-—…'\"()[]«»¡¿") | STRESS | LENGTH


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """Characters [start_char, end_char) are heard as the sounds [start, end) of a sentence, possibly as none."""

    start_char: int
    end_char: int
    start: int
    end: int


def assign(
    text: str, sentences: Sequence[Sequence[str]], phonemize: Callable[[str], Iterable[str]]
) -> list[list[SpokenWord]]:
    """For each sentence of phonemes, the words of `text` that are heard in it, in order; every word once."""
    words = list(_WORD.finditer(text))
    spoken: list[list[SpokenWord]] = [[] for _ in sentences]
    heard = [sound for sentence in sentences for sound in _sounds(sentence)]
    if not words or not heard:
        return spoken
    edges = _edges([_sounds(phonemize(word[0])) for word in words], heard)
    last = len(heard)
    begin = 0
    for sentence, inside in zip(sentences, spoken, strict=True):
        end = begin + len(_sounds(sentence))
        for word, (first, after) in zip(words, pairwise(edges), strict=True):
            # A word at the very end that has lost all its sounds belongs to the last sentence that has any.
            if begin <= first < end or begin < end == last == first:
                inside.append(SpokenWord(*word.span(), first - begin, min(after, end) - begin))
        begin = end
    return spoken


def times(words: Iterable[SpokenWord], phonemes: Iterable[tuple[str, float]]) -> list[WordTime]:
    """The words' times, in seconds from the first phoneme of the sentence, whose phonemes last so many seconds."""
    starts: list[float] = []
    ends: list[float] = []
    now_s = sound_began_s = 0.0
    for phoneme, length_s in phonemes:
        if phoneme not in STRESS:
            if phoneme in LENGTH and ends:
                ends[-1] = now_s + length_s
            elif phoneme not in NO_SOUND:
                starts.append(sound_began_s)
                ends.append(now_s + length_s)
            sound_began_s = now_s + length_s
        now_s += length_s
    starts.append(ends[-1] if ends else 0.0)
    return [
        WordTime(
            word.start_char,
            word.end_char,
            starts[word.start],
            ends[word.end - 1] if word.start < word.end else starts[word.start],
        )
        for word in words
    ]


def _sounds(phonemes: Iterable[str]) -> list[str]:
    return [phoneme for phoneme in phonemes if phoneme not in NO_SOUND]


def _edges(alone: Sequence[Sequence[str]], heard: Sequence[str]) -> list[int]:
    """Where in `heard` each word begins, and at last where the last one ends; never falling.

    `alone` are the sounds of each word. A sound that is heard and in no word goes to the word before it.
    """
    expected = [sound for sounds in alone for sound in sounds]
    position = [len(heard)] * (len(expected) + 1)
    for step in Levenshtein.opcodes(expected, heard):
        for offset in range(step.src_end - step.src_start):
            position[step.src_start + offset] = min(step.dest_start + offset, step.dest_end)
    edges = [0]
    begin = 0
    for sounds in alone[:-1]:
        begin += len(sounds)
        edges.append(position[begin])
    return [*edges, len(heard)]
