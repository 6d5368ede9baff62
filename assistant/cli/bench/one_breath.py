"""What is understood of a question that is said in one breath with the wake word."""

from collections.abc import Sequence
from dataclasses import dataclass

from audio.frames import MIC_RATE_HZ, Pcm16, to_float
from audio.stt.protocol import Lead, SpeechToText, Transcript
from audio.stt.word_errors import word_errors
from audio.wake.lead import LEAD_S, lead
from audio.wake.protocol import WakeWord

EVERY_S = 0.2
"""Distance of the passes, as in a conversation on a machine that is not too busy."""


@dataclass(slots=True)
class Understood:
    """Words wrong of those that were said: led by the wake word's sound, as in a conversation, and without it."""

    questions: int = 0
    words: int = 0
    wrong: int = 0
    wrong_without: int = 0

    async def add(self, stt: SpeechToText, sound: Pcm16, called: WakeWord, question: str) -> None:
        """Have the question transcribed that follows a wake word; `sound` is 16 kHz audio from the time 0 on."""
        before, after = round((called.end_s - LEAD_S) * MIC_RATE_HZ), round(called.end_s * MIC_RATE_HZ)
        led = lead(sound[max(0, before) : after], called.phrase)
        errors, words = word_errors(question, await _rolled(stt, sound[after:], called.end_s, led))
        self.questions += 1
        self.words += words
        self.wrong += errors
        self.wrong_without += word_errors(question, await _rolled(stt, sound[after:], called.end_s, None))[0]

    def __str__(self) -> str:
        led, without = (100 * wrong / max(1, self.words) for wrong in (self.wrong, self.wrong_without))
        return (
            f"questions in one breath with it: {led:.1f} % of the words wrong; {without:.1f} % if cut off after it "
            f"(n={self.questions}, {self.words} words)"
        )


async def _rolled(stt: SpeechToText, samples: Pcm16, start_s: float, before: Lead | None) -> str:
    transcript: Transcript | None = None
    for end in _ends(len(samples)):
        transcript = await stt.revise(to_float(samples[:end]), start_s=start_s, earlier=transcript, lead=before)
    return transcript.text if transcript else ""


def _ends(length: int) -> Sequence[int]:
    step = round(EVERY_S * MIC_RATE_HZ)
    return [*range(2 * step, length, step), length]
