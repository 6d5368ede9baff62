"""Puts words and pauses together into one text, aligned with the display."""

from collections.abc import Iterable
from dataclasses import dataclass

from audio.tts.speakable.alignment import Piece, SpeakableText
from audio.tts.speakable.markup import Visible
from audio.tts.speakable.rules import COMMA, STOP
from audio.tts.speakable.text import Token

_STRENGTH = {mark: strength for strength, mark in enumerate(["", " ", COMMA, STOP, ",", ";", ":", ".", "!", "?"])}
"""Where several pauses meet the last of these wins: what is written comes before what the layout suggests."""

_SPOKEN = {"": "", " ": "", COMMA: ",", STOP: "."}


@dataclass(slots=True)
class _Part:
    """A word, or the gap between two words, with the part of the display that it stands for."""

    spoken: str
    display_end: int


def assemble(display: str, visible: Visible, tokens: Iterable[Token]) -> SpeakableText:
    """The speech for a display text from its tokens.

    Between two words stands one gap: the strongest pause and a space. Marks that are silent go with the word
    that they open or close.
    """
    parts: list[_Part] = []
    pause, gap_start, gap_end = "", 0, 0
    for token in tokens:
        start, end = visible.starts[token.start], visible.ends[token.end - 1]
        if not token.words:
            if token.pause and not pause:
                gap_start = start
            if token.pause:
                gap_end = end
                pause = max(pause, token.pause, key=_STRENGTH.__getitem__)
            continue
        words = token.words
        if parts:
            mark = _SPOKEN.get(pause, pause)
            if pause:
                parts[-1].display_end = gap_start
                parts.append(_Part(f"{mark} ", gap_end))
            else:
                parts[-1].spoken += " "
                parts[-1].display_end = start
            # Engines take a stop before a small letter for an abbreviation's; where the author wrote one, it may be.
            if mark and mark in ".!?" and (pause == STOP or not display[start : start + 1].islower()):
                words = words[0].upper() + words[1:]
        parts.append(_Part(words, end))
        pause = ""
    if parts and (mark := _SPOKEN.get(pause, pause)):
        parts[-1].display_end = gap_start
        parts.append(_Part(mark, len(display)))
    return _aligned(display, parts)


def _aligned(display: str, parts: list[_Part]) -> SpeakableText:
    if not parts:
        return SpeakableText(display, "", (Piece(0, 0, 0, len(display)),) if display else ())
    parts[-1].display_end = len(display)
    pieces: list[Piece] = []
    spoken_start = spoken_end = display_start = 0
    for part in parts:
        spoken_end += len(part.spoken)
        if part.display_end > display_start:
            pieces.append(Piece(spoken_start, spoken_end, display_start, part.display_end))
            spoken_start, display_start = spoken_end, part.display_end
    if spoken_start < spoken_end:
        last = pieces.pop()
        pieces.append(Piece(last.spoken_start, spoken_end, last.display_start, last.display_end))
    return SpeakableText(display, "".join(part.spoken for part in parts), tuple(pieces))
