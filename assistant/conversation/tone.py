"""In which tone something is said: an estimate from the sound alone, with how sure it is. Pure.

A whisper is told by its lack of a voice. All else is relative to how the same speaker spoke before: faster, higher,
brighter, with fewer pauses. What it means is a guess: delight raises a voice as anger does.
"""

import math
from dataclasses import dataclass

from audio.voice.prosody import Prosody

VOICED_HALF, VOICED_WIDTH = 0.30, 0.04
"""Voiced share at which a whisper is as likely as not, and how sharply: speech of people has 0.37 to 0.95 of it, their
whispers 0.0 to 0.3."""
TILT_HALF_DB, TILT_WIDTH_DB = 4.0, 2.0
"""The same for the tilt, which keeps a voice in noise from passing for a whisper."""
SHORTEST_S = 0.5
"""Less speech has no tone."""
SURE_AFTER_S = 2.0
"""Speech after which length is no reason for doubt any more."""
KNOWN_AFTER = 3
"""Utterances after which it is known how somebody usually speaks."""
REMEMBERED = 20
"""Utterances that usual means at most, so that it follows a speaker who has a cold."""
CLEARLY = 1.25
"""Faster or slower than usual by this factor is worth a word."""
OCTAVES, TILT_DB = 0.35, 6.0
"""A voice that is so much higher, or so much brighter, than usual is as likely tense as not..."""
TENSE_WIDTH = 0.25
"""... and how sharply, in these units."""
RATE_OCTAVES, RATE_WIDTH = 0.32, 0.08
"""The same for a hurry: a quarter faster."""
LIKELY = 0.5


@dataclass(frozen=True, slots=True)
class Usual:
    """How somebody usually speaks: means over what was heard of them. Kept in memory, never stored."""

    utterances: int = 0
    pitch_octaves: float = 0.0
    tilt_db: float = 0.0
    rate_octaves: float = 0.0
    pause_share: float = 0.0

    def with_one_more(self, heard: Prosody) -> "Usual":
        """What is usual after another utterance; one that cannot be compared changes nothing."""
        if not _is_comparable(heard):
            return self
        count = min(self.utterances + 1, REMEMBERED)

        def mean(before: float, now: float) -> float:
            return before + (now - before) / count

        return Usual(
            count,
            mean(self.pitch_octaves, math.log2(heard.pitch_hz)),
            mean(self.tilt_db, heard.tilt_db),
            mean(self.rate_octaves, math.log2(heard.syllables_per_s)),
            mean(self.pause_share, heard.pause_share),
        )


@dataclass(frozen=True, slots=True)
class Feeling:
    """How the speaker may feel, 0 to 1 each; `confidence` is how far to trust that, and is never high."""

    calm: float
    tense: float
    hurried: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Tone:
    """The tone of one utterance."""

    whispering: float
    """Probability that it is whispered."""
    syllables_per_s: float
    confidence: float
    """How far to trust both: from 0 for a short word to 1."""
    faster: float = 1.0
    """Rate by the speaker's usual one; 1.0 while that is not known."""
    feeling: Feeling | None = None
    """None unless it is asked for and it is known how the speaker usually speaks."""

    @property
    def is_whispered(self) -> bool:
        """Whether to answer quietly."""
        return self.whispering >= LIKELY and self.confidence > 0

    @property
    def note(self) -> str:
        """What the language model is told; "" for nothing out of the ordinary."""
        said = []
        if self.is_whispered:
            said.append("The speaker whispers: be brief.")
        elif self.faster >= CLEARLY:
            said.append("The speaker talks faster than usual: be brief.")
        elif self.faster <= 1 / CLEARLY:
            said.append("The speaker talks slower than usual.")
        if self.feeling is not None and self.feeling.confidence * self.feeling.tense >= LIKELY:
            said.append("The speaker may be tense, by the sound of the voice; this is a guess.")
        return " ".join(said)


def whispering(heard: Prosody) -> float:
    """Probability that it is whispered: hardly anything voiced, and the energy high up."""
    voiceless = _logistic((VOICED_HALF - heard.voiced_share) / VOICED_WIDTH)
    return voiceless * _logistic((TILT_HALF_DB - heard.tilt_db) / TILT_WIDTH_DB)


def tone(heard: Prosody, usual: Usual, *, feelings: bool) -> Tone:
    """The tone of an utterance of somebody who usually speaks so. `feelings`: whether to guess at them."""
    is_whisper = whispering(heard)
    confidence = 0.0 if heard.speech_s < SHORTEST_S else min(1.0, heard.speech_s / SURE_AFTER_S)
    if usual.utterances < KNOWN_AFTER or not _is_comparable(heard):
        return Tone(is_whisper, heard.syllables_per_s, confidence)
    faster = math.log2(heard.syllables_per_s) - usual.rate_octaves
    if not feelings:
        return Tone(is_whisper, heard.syllables_per_s, confidence, 2**faster)
    higher = math.log2(heard.pitch_hz) - usual.pitch_octaves
    brighter = usual.tilt_db - heard.tilt_db
    tense = _logistic((0.5 * (higher / OCTAVES + brighter / TILT_DB) - 1) / TENSE_WIDTH)
    hurried = _logistic((faster + usual.pause_share - heard.pause_share - RATE_OCTAVES) / RATE_WIDTH)
    known = usual.utterances / (usual.utterances + KNOWN_AFTER)
    feeling = Feeling((1 - tense) * (1 - hurried), tense, hurried, confidence * known)
    return Tone(is_whisper, heard.syllables_per_s, confidence, 2**faster, feeling)


def _is_comparable(heard: Prosody) -> bool:
    """Whether it is no whisper and no short word."""
    return (
        heard.speech_s >= SHORTEST_S and heard.pitch_hz > 0 and heard.syllables_per_s > 0 and whispering(heard) < LIKELY
    )


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, value))))
