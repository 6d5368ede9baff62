"""The role asr: sound in, its words out, the first of them while the rest is still said."""

import time
from collections.abc import AsyncGenerator, Callable, Sequence

import numpy as np
from wyoming.asr import Transcribe, Transcript, TranscriptChunk, TranscriptStart, TranscriptStop
from wyoming.audio import AudioChunk, AudioFormat
from wyoming.event import Event

from assistant.server.wyoming.refusal import Refused
from audio.frames import MIC_RATE_HZ, Pcm16, PcmFloat, to_float
from audio.stt.protocol import SpeechToText
from audio.stt.protocol import Transcript as Heard
from audio.wyoming.sound import IncomingSound
from audio.wyoming.wire import base_language

PASS_EVERY_S = 0.5
"""Between two passes over an utterance that goes on: each word is looked at thrice before it is final (1.5 s)."""


class Transcription:
    """One utterance of one client.

    While its sound comes at the pace of speech, and nobody else needs the engine, it is transcribed as it grows, and
    words that will not change any more are sent. The chunks, one after the other, are the transcript. Where none was
    sent, as with short commands and recordings, the whole is transcribed with more care.
    """

    def __init__(
        self,
        wanted: Transcribe,
        stt: SpeechToText,
        is_free: Callable[[], bool],
        *,
        languages: Sequence[str],
        longest_s: float,
    ) -> None:
        """`is_free`: whether nobody else needs `stt` now. Raises Refused for a language that is not one of
        `languages`."""
        check_language(wanted.language, languages)
        self._stt = stt
        self._is_free = is_free
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
        if time.monotonic() - self._revised_at_s < PASS_EVERY_S or not self._is_free():
            return
        revision = await self._stt.revise(self._utterance(), start_s=0.0, earlier=self._revision)
        self._revision = revision
        self._revised_at_s = time.monotonic()
        stable = " ".join(word.text for word in revision.words[: revision.stable_words])
        for event in self._until(stable, revision.language):
            yield event

    async def finish(self) -> AsyncGenerator[Event, None]:
        """The sound has ended: the rest. Raises TranscriptionError, also where too many wait."""
        self._add(self._sound.finish())
        utterance = self._utterance()
        if self._sent:
            heard = await self._stt.revise(utterance, start_s=0.0, earlier=self._revision)
        else:
            heard = await self._stt.transcribe(utterance, start_s=0.0)
        for event in self._until(heard.text, heard.language):
            yield event
        if not self._sent:
            yield TranscriptStart(language=heard.language).event()
        yield Transcript(text=heard.text, language=heard.language).event()
        yield TranscriptStop().event()

    def _until(self, text: str, language: str) -> list[Event]:
        """What is to be sent so that the chunks make up `text`. Nothing where that does not begin with what was sent,
        because it turned out to be in another language: then the transcript alone is right."""
        more = text[len(self._sent) :] if text.startswith(self._sent) else ""
        if not more:
            return []
        begin = [] if self._sent else [TranscriptStart(language=language).event()]
        self._sent = text
        return [*begin, TranscriptChunk(more).event()]

    def _add(self, samples: Pcm16) -> None:
        self._pieces.append(samples)
        self._samples += len(samples)

    def _utterance(self) -> PcmFloat:
        whole = np.concatenate([np.zeros(0, np.int16), *self._pieces])
        self._pieces = [whole]
        return to_float(whole)


def check_language(wanted: object, languages: Sequence[str]) -> None:
    """Whether the language that a client asks for is transcribed: "en" does for "en-US". Raises Refused."""
    if isinstance(wanted, str) and wanted not in ("", "auto") and base_language(wanted) not in languages:
        known = ", ".join(languages)
        raise Refused(f"{wanted[:40]} is not understood here, but {known} (stt.language)", "unsupported-language")
