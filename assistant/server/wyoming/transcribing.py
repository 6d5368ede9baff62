"""The role asr: sound in, its words out, the first of them while the rest is still said."""

import time
from collections.abc import AsyncGenerator

import numpy as np
from wyoming.asr import Transcribe, Transcript, TranscriptChunk, TranscriptStart, TranscriptStop
from wyoming.audio import AudioChunk, AudioFormat
from wyoming.event import Event

from assistant.server.wyoming.turns import Refused, Turns
from audio.frames import MIC_RATE_HZ, Pcm16, PcmFloat, to_float
from audio.stt.protocol import SpeechToText
from audio.stt.protocol import Transcript as Heard
from audio.wyoming.sound import IncomingSound

PASS_EVERY_S = 0.5
"""Between two passes over an utterance that goes on: each word is looked at thrice before it is final (1.5 s)."""


class Transcription:
    """One utterance of one client.

    While its sound comes at the pace of speech, and nobody else needs the engine, it is transcribed as it grows, and
    words that will not change any more are sent. The chunks, one after the other, are the transcript. Where none was
    sent, as with short commands and recordings, the whole is transcribed with more care.
    """

    def __init__(self, wanted: Transcribe, stt: SpeechToText, turns: Turns, *, language: str, longest_s: float) -> None:
        """Raises Refused for a language that is not transcribed here."""
        self._language = understood(wanted.language, language)
        self._stt = stt
        self._turns = turns
        self._longest_s = longest_s
        self._sound = IncomingSound(MIC_RATE_HZ)
        self._pieces: list[Pcm16] = []
        self._samples = 0
        self._revision: Heard | None = None
        self._revised_at_s = time.monotonic()
        self._sent = ""

    def begin(self, announced: AudioFormat) -> None:
        """The sound begins. Raises WireError."""
        self._sound.begin(announced)
        self._revised_at_s = time.monotonic()

    async def push(self, chunk: AudioChunk) -> AsyncGenerator[Event, None]:
        """More of the sound: what there is to tell. Raises WireError, Refused, TranscriptionError."""
        self._add(self._sound.push(chunk))
        if self._samples > self._longest_s * MIC_RATE_HZ:
            raise Refused(
                f"more than {self._longest_s:g} s of sound in one utterance are not taken (wyoming.longest_audio_s)",
                "too-long",
            )
        if time.monotonic() - self._revised_at_s < PASS_EVERY_S or not self._turns.is_free:
            return
        async with self._turns.turn():
            revision = await self._stt.revise(self._utterance(), start_s=0.0, earlier=self._revision)
        self._revision = revision
        self._revised_at_s = time.monotonic()
        for event in self._until(" ".join(word.text for word in revision.words[: revision.stable_words])):
            yield event

    async def finish(self) -> AsyncGenerator[Event, None]:
        """The sound has ended: the rest. Raises Refused where too many wait, and TranscriptionError."""
        self._add(self._sound.finish())
        utterance = self._utterance()
        async with self._turns.admitted(), self._turns.turn():
            if self._sent:
                heard = await self._stt.revise(utterance, start_s=0.0, earlier=self._revision)
            else:
                heard = await self._stt.transcribe(utterance, start_s=0.0)
        for event in self._until(heard.text):
            yield event
        if not heard.text:
            yield TranscriptStart(language=self._language).event()
        yield Transcript(text=heard.text, language=self._language).event()
        yield TranscriptStop().event()

    def _until(self, text: str) -> list[Event]:
        """What is to be sent so that the chunks make up `text`, which begins with what was sent."""
        more = text.removeprefix(self._sent)
        if not more:
            return []
        begin = [] if self._sent else [TranscriptStart(language=self._language).event()]
        self._sent = text
        return [*begin, TranscriptChunk(more).event()]

    def _add(self, samples: Pcm16) -> None:
        self._pieces.append(samples)
        self._samples += len(samples)

    def _utterance(self) -> PcmFloat:
        whole = np.concatenate([np.zeros(0, np.int16), *self._pieces])
        self._pieces = [whole]
        return to_float(whole)


def understood(wanted: object, language: str) -> str:
    """The language that is transcribed, if that is the one wanted: "en" does for "en-US". Raises Refused."""
    if isinstance(wanted, str) and wanted not in ("", "auto"):
        base = wanted.replace("_", "-").split("-")[0].lower()
        if base != language.lower():
            raise Refused(f"{wanted} is not understood here, but {language} (stt.language)", "unsupported-language")
    return language
