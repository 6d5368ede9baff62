"""The daemon's engines as one of those sees them who share them: every call waits for its turn.

A turn is a transcription, an answer, or a clause. It ends when the engine has done its work, whoever takes what came
of it, and however slowly.
"""

import asyncio
from collections.abc import AsyncGenerator, Hashable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass

from assistant.conversation.messages import Message, ModelEvent, ToolSpec
from assistant.conversation.protocols import LanguageModel, ModelError
from assistant.conversation.spoken_cache import CachedSpeech
from assistant.conversation.urgency import Urgency, current_urgency
from assistant.sharing.ahead import ahead
from assistant.sharing.turns import Busy, Turn, Turns
from audio.frames import PcmFloat
from audio.stt.protocol import Lead, SpeechToText, Transcript, TranscriptionError
from audio.tts.protocol import SpeechChunk, SynthesisError, TextToSpeech


class BusyModel(ModelError):
    """The model would answer too late."""


class BusyEars(TranscriptionError):
    """Speech-to-text would take too long."""


class BusyVoice(SynthesisError):
    """The voice would speak too late."""


@dataclass(slots=True)
class Seat:
    """One party's place at an engine. Nobody is refused in the middle: only the first turn may be."""

    turns: Turns
    party: Hashable
    longest_wait_s: float | None = None
    """None: never refused."""

    def turn(self) -> AbstractAsyncContextManager[Turn]:
        """Wait for the engine, and have it. Raises Busy."""
        return self.turns.turn(self.party, current_urgency(), longest_wait_s=self.longest_wait_s)


class SharedEars:
    """Speech-to-text in turns."""

    def __init__(self, stt: SpeechToText, seat: Seat) -> None:
        self._stt = stt
        self._seat = seat

    async def transcribe(self, samples: PcmFloat, *, start_s: float) -> Transcript:
        """See `SpeechToText`. Raises BusyEars."""
        try:
            async with self._seat.turn():
                return await self._stt.transcribe(samples, start_s=start_s)
        except Busy as busy:
            raise BusyEars(str(busy)) from busy

    async def revise(
        self, samples: PcmFloat, *, start_s: float, earlier: Transcript | None, lead: Lead | None = None
    ) -> Transcript:
        """See `SpeechToText`. Raises BusyEars."""
        try:
            async with self._seat.turn():
                return await self._stt.revise(samples, start_s=start_s, earlier=earlier, lead=lead)
        except Busy as busy:
            raise BusyEars(str(busy)) from busy

    async def warm(self) -> None:
        """It was, when the daemon started."""

    async def close(self) -> None:
        """It belongs to the daemon."""


class SharedModel:
    """The language model in turns."""

    def __init__(self, llm: LanguageModel, seat: Seat) -> None:
        self._llm = llm
        self._seat = seat

    async def stream(
        self, messages: Sequence[Message], tools: Sequence[ToolSpec] = ()
    ) -> AsyncGenerator[ModelEvent, None]:
        """See `LanguageModel`. Raises BusyModel."""
        try:
            async with aclosing(ahead(self._in_turn(messages, tools))) as events:
                async for event in events:
                    yield event
        except Busy as busy:
            raise BusyModel(str(busy)) from busy

    async def _in_turn(
        self, messages: Sequence[Message], tools: Sequence[ToolSpec]
    ) -> AsyncGenerator[ModelEvent, None]:
        async with self._seat.turn(), aclosing(self._llm.stream(messages, tools)) as events:
            async for event in events:
                yield event

    async def warm(self, messages: Sequence[Message]) -> float | None:
        """See `LanguageModel`; what is read ahead is given up as soon as anybody else needs the model."""
        async with self._seat.turns.turn(self._seat.party, Urgency()) as turn:
            reading = asyncio.ensure_future(self._llm.warm(messages))
            turn.give_way = reading.cancel
            try:
                await asyncio.wait([reading])
                return reading.result() if not reading.cancelled() else None
            finally:
                reading.cancel()

    async def close(self) -> None:
        """It belongs to the daemon."""


class SharedVoice:
    """The voice in turns; what was spoken before needs none."""

    def __init__(self, tts: TextToSpeech, seat: Seat) -> None:
        self._tts = tts
        self._seat = seat

    @property
    def rate_hz(self) -> int:
        return self._tts.rate_hz

    async def synthesize(self, text: str, *, pace: float = 1.0) -> AsyncGenerator[SpeechChunk, None]:
        """See `TextToSpeech`. Raises BusyVoice, of the first clause only."""
        needs_turn = not (isinstance(self._tts, CachedSpeech) and self._tts.knows(text, pace))
        chunks = ahead(self._in_turn(text, pace)) if needs_turn else self._tts.synthesize(text, pace=pace)
        try:
            async with aclosing(chunks):
                async for chunk in chunks:
                    yield chunk
        except Busy as busy:
            raise BusyVoice(str(busy)) from busy

    async def _in_turn(self, text: str, pace: float) -> AsyncGenerator[SpeechChunk, None]:
        async with self._seat.turn(), aclosing(self._tts.synthesize(text, pace=pace)) as chunks:
            self._seat.longest_wait_s = None
            async for chunk in chunks:
                yield chunk

    async def warm(self) -> None:
        """It was, when the daemon started."""

    async def close(self) -> None:
        """It belongs to the daemon."""
