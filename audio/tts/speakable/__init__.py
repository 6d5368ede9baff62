"""Speech-ready text: what to say for a text that was written to be read, and how the two lie along each other.

`speakable("**Mt. Everest** is 8,849 m tall")` says "Mount Everest is eight thousand eight hundred forty-nine meters
tall". The speech holds letters, apostrophes and hyphens inside words, single spaces and the marks `, . ; : ! ?`:
no digit, no sign, no markup, whatever the display holds. Numbers and units are read in American English.
"""

from audio.tts.speakable.alignment import Piece, SpeakableText
from audio.tts.speakable.assembly import assemble
from audio.tts.speakable.markup import visible
from audio.tts.speakable.text import tokens

__all__ = ["Piece", "SpeakableText", "speakable"]


def speakable(display: str) -> SpeakableText:
    """Turn a text, whole or a clause of one, into speech-ready text. Never raises.

    Takes well under a millisecond for a clause, and time in proportion to the text's length.
    """
    seen = visible(display)
    return assemble(display, seen, tokens(seen))
