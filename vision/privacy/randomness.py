"""Whether a string was drawn by chance: a key, a token, a generated password.

What a chance draw is told from, all of it ordinary on a screen: words run together, names of files and packages, paths,
versions, dates; and hashes and UUIDs, which name things and open nothing, so that strings of hexadecimal digits alone
never count.
"""

import re
from itertools import pairwise

_COMMON_PAIRS = frozenset(
    re.findall(
        r"..",
        "abacadagaiakalamanaparasatauaybeblbrbubycacechciclcoctcudedidoeaecedeeelem"
        "eneresetevexfifofrftgeghgigrhahehihohtiaibicidieifigiliminioirisitivkelale"
        "lilllolymamemimompmsnancndnengnonsntnyocodofogolomonoporosotouovowpapeplpo"
        "prpupyrarcrdrerirkrmrorrrsrtrysaseshsisospssstsutatethtitotrtstwtyubucudum"
        "unurusutveviwawewhwiwoyo",
    )
)
"""The 160 commonest pairs of letters in English documentation: 90 % of the pairs there, 24 % of pairs by chance."""
_PIECES = re.compile(r"[A-Za-z0-9]+")
_HEX = re.compile(r"(0x)?[0-9a-fA-F]+")
_MISREAD_HEX = re.compile(r"[0-9a-fA-FOolISsZgq|]{20,}")
_HEX_DIGIT = re.compile(r"[0-9a-fA-F]")
_NAMED_HASH = re.compile(r"(?i)(sha\d{1,3}|md5|blake2b?)[-:]")
_AMAZON = re.compile(r"(?=.*[0-9])(?=.*[A-Z])(?=.*[a-z])[A-Za-z0-9+/]{40}")
"""The secret keys of Amazon Web Services have no mark but their length."""
_PASSWORD_SYMBOLS = frozenset("!@#$%^&*?~+")
_SHORTEST_PIECE = 5
"""Of a password that was read in two."""
SHORTEST = 20
"""Characters from which on a string of letters and digits counts alone: 100 bits or more."""


_CHANGE, _COMMON, _RARE, _DIGITS = 1.4, -2.2, 1.2, -1.0
"""What two neighbours weigh: letters and digits, or capitals and others, by turns; a common pair of letters; another;
two digits. Each is the logarithm of how much likelier it is by chance (62 %, 8 %, 27 %, 3 % of pairs of letters and
digits) than in names and words (15 %, 70 %, 8 %, 7 %)."""
_ENOUGH = 5.0
"""How much likelier by chance, as a logarithm: chance strings of 20 characters reach it in 99 of 100 cases."""

_SHORT_ENOUGH = 9.0
"""What shorter ones must reach, from 16 characters on."""
_LONG, _LONG_ENOUGH = 24, 2.0
_LESS = 2.5
"""So much less is enough for what was read in a picture: two turns that the reading took away."""
_TURNING, _TURNS = 14, 4
"""So long and with so many turns from letters to digits or back, no name is left: `x86`, `deb12u3`, `2x4k60` are
shorter."""


def looks_random(word: str, read: bool = False) -> bool:
    """Whether a word (no spaces in it) is a key or a password by its looks alone.

    Of what was `read` in a picture less is asked: capitals were read as small letters, digits as letters.
    """
    word = word.strip("\"'`,;:.()[]{}<>|")
    if len(word) < 10 or _NAMED_HASH.match(word):
        return False
    if _AMAZON.fullmatch(word) and scattered("".join(_PIECES.findall(word)), _ENOUGH / 4):
        return True
    less = _LESS if read else 0.0
    return _is_password(word) or any(scattered(piece, _enough(len(piece)) - less) for piece in _long_pieces(word))


def _enough(length: int) -> float:
    """What a piece must weigh: less, the longer it is. No name is so long, and misread digits have made it lighter."""
    return _SHORT_ENOUGH if length < SHORTEST else _ENOUGH if length < _LONG else _LONG_ENOUGH


def _long_pieces(word: str) -> list[str]:
    """The parts of a word to be looked at: what stands between hyphens, dots and slashes; and, as these occur in keys,
    too, the whole if hardly any of it is words or hashes."""
    pieces = _PIECES.findall(word)
    long = [piece for piece in pieces if len(piece) >= SHORTEST - 4 or _by_turns(piece)]
    pieces = [piece for piece in pieces if not _HEX.fullmatch(piece) or len(piece) < 6]
    whole = "".join(pieces)
    named = sum(len(piece) for piece in pieces if _is_word(piece) or _HEX.fullmatch(piece))
    if len(pieces) > 1 and len(whole) >= max(SHORTEST, 4 * len(pieces)) and 4 * named < len(whole):
        long.append(whole)
    return long


def scattered(piece: str, enough: float = _ENOUGH) -> bool:
    """Whether letters and digits change as they do by chance."""
    return not _is_hash(piece) and (chance(piece) >= enough or _by_turns(piece))


def _by_turns(piece: str) -> bool:
    """Whether letters and digits take turns more often than in any name."""
    changes = sum(one.isdigit() != other.isdigit() for one, other in pairwise(piece))
    return len(piece) >= _TURNING and changes >= max(_TURNS, len(piece) / 4)


def _is_hash(piece: str) -> bool:
    """Whether all are hexadecimal digits; of many, one in ten may be a letter that looks like one."""
    if _HEX.fullmatch(piece):
        return True
    return bool(_MISREAD_HEX.fullmatch(piece)) and 10 * len(_HEX_DIGIT.findall(piece)) >= 9 * len(piece)


def chance(piece: str) -> float:
    """How much likelier letters and digits follow each other so by chance than in a name, as a logarithm."""
    total = 0.0
    for one, other in pairwise(piece):
        if one.isdigit() and other.isdigit():
            total += _DIGITS
        elif one.isdigit() or other.isdigit() or one.isupper() != other.isupper():
            total += _CHANGE
        else:
            total += _COMMON if (one + other).lower() in _COMMON_PAIRS else _RARE
    return total


def odd(word: str) -> bool:
    """Whether a short word is none of a language: letters and digits, or capitals in the middle."""
    pieces = _PIECES.findall(word)
    letters = "".join(pieces)
    if not letters or 4 * sum(map(len, filter(_is_word, pieces))) >= len(letters):
        return False
    if _HEX.fullmatch(letters) and len(letters) > 8:
        return False
    return _mixed(letters) and not letters.isdigit() and chance(letters) > 0


def of_password(piece: str) -> bool:
    """Whether it may be a piece of a generated password: it has all four kinds of characters, as no word has."""
    symbols = sum(char in _PASSWORD_SYMBOLS for char in piece)
    others = sum(not char.isalnum() for char in piece) - symbols
    kinds = any(map(str.islower, piece)), any(map(str.isupper, piece)), any(map(str.isdigit, piece))
    return len(piece) >= _SHORTEST_PIECE and symbols > 0 and not others and all(kinds)


def _is_word(piece: str) -> bool:
    return piece.isalpha() and len(piece) > 3 and not _mixed(piece)


def _mixed(piece: str) -> bool:
    return not (piece.islower() or piece.isupper() or piece.istitle()) or (
        any(map(str.isdigit, piece)) and any(map(str.isalpha, piece))
    )


def _is_password(word: str) -> bool:
    """A generated password: letters, digits and several symbols all through each other."""
    others = sum(not char.isalnum() and char not in _PASSWORD_SYMBOLS and char not in "-_=" for char in word)
    if len(word) > 40 or others > 1:
        return False
    symbols = sum(char in _PASSWORD_SYMBOLS for char in word)
    kinds = [0 if c.islower() else 1 if c.isupper() else 2 if c.isdigit() else 3 for c in word]
    changes = sum(a != b for a, b in pairwise(kinds)) / (len(word) - 1)
    enough = 0.6 if symbols == 2 else 0.5  # a digit that is read as a letter is a change less
    return symbols >= 2 and len(set(kinds)) >= (4 if symbols == 2 else 3) and changes >= enough and kinds.count(2) > 0
