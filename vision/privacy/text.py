"""All secrets in one text."""

import re
from itertools import pairwise

from vision.privacy.accounts import find_accounts
from vision.privacy.blocks import find_blocks
from vision.privacy.cards import find_cards
from vision.privacy.finding import Finding, Kind, merged
from vision.privacy.formats import find_keys
from vision.privacy.identity import find_identities
from vision.privacy.layout import find_by_layout
from vision.privacy.lookalikes import mended, visible
from vision.privacy.misread import find_misread_numbers
from vision.privacy.randomness import SHORTEST, looks_random, odd, of_password, scattered
from vision.privacy.run_together import find_run_together
from vision.privacy.seeds import find_seeds
from vision.privacy.written_beside import find_written_beside

_WORTH_A_LOOK = re.compile(r"[0-9@<]|PR.VATE|\S{16}|(?:\S+\s+){11}\S")
"""What every secret has: a digit, a sign, a long word or many words. Most labels have none."""
_FINDERS = (
    *(find_cards, find_accounts, find_blocks, find_keys, find_identities),
    *(find_written_beside, find_seeds, find_misread_numbers),
)
_WORD = re.compile(r"\S+")
_GAP = 3
"""Characters between two pieces of one word."""
_SURE = 10.0
"""What the pieces of a key must weigh together: more than one word, as any two may come together."""


def find_secrets(text: str, read: bool = False) -> list[Finding]:
    """The secrets in a text, in order and apart from each other; places are the text's own.

    What was `read` in a picture may have digits lost and gaps where none are, so there less is asked of a number.
    """
    seen, places = visible(text)
    if not _WORTH_A_LOOK.search(seen):
        return []
    found = _found_in(seen, read)
    if read and (better := mended(seen)) != seen:
        found += _found_in(better, read)
    return merged(Finding(places[f.start], places[f.end - 1] + 1, f.kind) for f in found)


def _found_in(text: str, read: bool) -> list[Finding]:
    found = [finding for find in _FINDERS for finding in find(text)]
    if read:
        found += [*find_by_layout(text), *find_run_together(text)]
    return found + _random(text, read)


def _random(text: str, read: bool) -> list[Finding]:
    """Words drawn by chance, also in pieces: a space in the middle of a key makes two words of one."""
    words = list(_WORD.finditer(text))
    found = []
    for place, word in enumerate(words):
        if looks_random(word.group(), read) or (read and _of_broken_password(words[max(0, place - 1) : place + 2])):
            first, last = _extended(words, place)
            found.append(Finding(words[first].start(), words[last].end(), Kind.RANDOM))
    run: list[re.Match[str]] = []
    for word in words:
        joins = run and word.start() - run[-1].end() <= _GAP
        if not _may_be_piece(word.group()):
            found += _of_run(run)
            run = []
        elif joins:
            run.append(word)
        else:
            found += _of_run(run)
            run = [word]
    return found + _of_run(run)


def _of_broken_password(words: list[re.Match[str]]) -> bool:
    """Whether two of these neighbours are pieces of one password: a symbol at which it was read in two has a gap."""
    return any(
        of_password(one.group()) and of_password(other.group()) and other.start() - one.end() <= _GAP
        for one, other in pairwise(words)
    )


def _extended(words: list[re.Match[str]], place: int) -> tuple[int, int]:
    """From the first to the last piece of what a random word is a piece of."""
    ends = []
    for step in (-1, 1):
        at = end = place
        while 0 <= at + step < len(words) and abs(at + step - place) <= 3:
            one, other = sorted((words[at], words[at + step]), key=re.Match.start)
            text = words[at + step].group()
            piece = odd(text) or _number_of_key(text)
            if other.start() - one.end() > _GAP or not (piece or not any(map(str.isalnum, text))):
                break
            at += step
            end = at if piece else end
        ends.append(end)
    return ends[0], ends[1]


def _number_of_key(word: str) -> bool:
    """Whether a word is so many digits as stand between the hyphens of some keys."""
    digits = word.strip("-_.")
    return digits.isdigit() and len(digits) >= 8


def _may_be_piece(word: str) -> bool:
    """Whether a word may be a piece of a key: no word of a language, or too short to be told."""
    return len(word) <= 2 or odd(word) or not any(map(str.isalpha, word))


def _of_run(run: list[re.Match[str]]) -> list[Finding]:
    """The key that the words are together, if they are one; pieces at the ends that may be none are left out."""
    while run and not odd(run[0].group()):
        run = run[1:]
    while run and not odd(run[-1].group()):
        run = run[:-1]
    strong = sum(len(word.group()) for word in run if odd(word.group()))
    whole = "".join(char for word in run for char in word.group() if char.isalnum())
    if len(run) < 2 or len(whole) < SHORTEST or 4 * strong < 3 * len(whole) or not scattered(whole, _SURE):
        return []
    return [Finding(run[0].start(), run[-1].end(), Kind.RANDOM)]
