"""What a single character is for the rules: itself, its plain form, a space, or nothing."""

import unicodedata
from functools import lru_cache

from audio.tts.speakable.symbols import KEPT

_ALIKE = {
    **dict.fromkeys("’‘‛ʼ′`´", "'"),
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‐‑", "-"),
    **dict.fromkeys("‒⁃﹣－", "–"),
    **dict.fromkeys("―⸺⸻", "—"),
    **dict.fromkeys("⇒➜➔⟶➡", "→"),
    **dict.fromkeys("∙⋅", "×"),
    "∗": "*",
    **dict.fromkeys("。．", "."),
    **dict.fromkeys("、，", ","),
    "⁄": "/",
    "∼": "~",
    "…": "...",
    "№": "number ",
    "™": "",
    "℃": "°C",
    "℉": "°F",
}
"""Characters that mean another one."""


@lru_cache(maxsize=4096)
def seen_as(char: str) -> str:
    """What stands for `char` in the visible text; emoji and other pictures become a space.

    The result holds ASCII, letters and combining marks of any script, and the characters of `KEPT`, nothing else.
    """
    if (alike := _ALIKE.get(char)) is not None:
        return alike
    if char in KEPT or (char.isascii() and char.isprintable()):
        return char
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category[0] == "N":
        return _numeral(char)
    is_variation_selector = "\ufe00" <= char <= "\ufe0f"
    if category[0] == "L" or (category in ("Mn", "Mc") and not is_variation_selector):
        plain = unicodedata.normalize("NFKC", char)
        return plain if plain.isalpha() else char
    if category in ("Cf", "Me", "Mn"):
        return ""
    plain = unicodedata.normalize("NFKC", char)
    return plain if plain.isascii() and plain.isprintable() and len(plain) == 1 else " "


def _numeral(char: str) -> str:
    """A character that is a number: "½" → " 1/2", "₂" → "2", "Ⅷ" → "VIII"."""
    plain = unicodedata.normalize("NFKC", char).replace("⁄", "/")
    if "/" in plain:
        return f" {plain}"
    if plain.isascii() and plain.isalnum():
        return plain
    value = unicodedata.numeric(char, -1.0)
    return f" {int(value)} " if value == int(value) and value >= 0 else " "
