"""Sentences whose sound is made beforehand, so that saying them needs no engine."""

from dataclasses import dataclass

from assistant.conversation.answer import Answer, ClauseSound
from assistant.conversation.clauses import Clause
from audio.tts.protocol import SpeechChunk
from audio.tts.speakable import speakable


@dataclass(frozen=True, slots=True)
class Saying:
    """A sentence and its sound; without chunks it can only be shown."""

    text: str
    chunks: tuple[SpeechChunk, ...]

    def as_answer(self) -> Answer:
        """An answer of one clause that is ready."""
        sound = ClauseSound(
            Clause(0, 0, len(self.text), speakable(self.text)), list(self.chunks), is_whole=True, is_cut=not self.chunks
        )
        answer = Answer(on_sound=lambda clause: None, now=lambda: 0.0)
        answer.text = self.text
        answer.clauses.append(sound)
        return answer


@dataclass(frozen=True, slots=True)
class Apology:
    """What is said when no answer can be had, or not yet."""

    text: str
    chunks: tuple[SpeechChunk, ...]
    reassurance: Saying | None = None
    """What is said before it comes to that, while an answer takes long; None: nothing."""
