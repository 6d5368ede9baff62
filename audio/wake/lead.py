"""A wake word as what leads the question that is said in one breath with it."""

from audio.frames import Pcm16, to_float
from audio.stt.protocol import Lead

LEAD_S = 1.2
"""Of the sound before the question: the wake word, whole. With 1.0 and 1.5 s as many words were understood."""


def lead(before: Pcm16, phrase: str) -> Lead:
    """For speech-to-text, of the LEAD_S of 16 kHz audio that end where the question begins.

    The comma goes on: after a full stop Whisper at times wrote the question twice.
    """
    return Lead(to_float(before), f"{phrase},")
