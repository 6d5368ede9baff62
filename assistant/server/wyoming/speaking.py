"""The role tts: text in, whole or as it is written, and its sound out."""

from collections.abc import Awaitable, Callable
from contextlib import aclosing

from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.event import Event

from assistant.conversation.clauses import Clause, ClauseSplitter
from assistant.conversation.reading_aloud import clauses_in
from assistant.server.wyoming.refusal import Refused
from audio.resample import resampled
from audio.tts.protocol import TextToSpeech

LONGEST_TEXT_CHARS = 10_000
"""Of one reply: eleven minutes of speech."""


class SpokenReply:
    """One reply on its way to a client: clause by clause, in one stream of one format."""

    def __init__(self, tts: TextToSpeech, send: Callable[[Event], Awaitable[None]]) -> None:
        """`tts` makes its sound whether or not the client takes it: 13 s at most are kept."""
        self._tts = tts
        self._send = send
        self._splitter = ClauseSplitter()
        self._format = {"rate": tts.rate_hz, "width": 2, "channels": 1}
        self._chars = 0
        self._has_begun = False

    async def feed(self, text: str) -> None:
        """More of the text: what it completes is spoken. Raises Refused, SynthesisError, and what `send` does."""
        self._chars += len(text)
        if self._chars > LONGEST_TEXT_CHARS:
            raise Refused(f"a text of more than {LONGEST_TEXT_CHARS} characters is not spoken", "too-long")
        async with aclosing(clauses_in(text, self._splitter)) as clauses:
            async for clause in clauses:
                await self._speak(clause)

    async def finish(self) -> None:
        """The text is complete: the rest is spoken, and the sound ends. Raises as `feed`."""
        for clause in self._splitter.finish():
            await self._speak(clause)
        await self._begin()
        await self._send(AudioStop().event())

    async def _speak(self, clause: Clause) -> None:
        if not clause.speech.spoken.strip():
            return
        async with aclosing(self._tts.synthesize(clause.speech.spoken)) as chunks:
            async for chunk in chunks:
                await self._begin()
                samples = resampled(chunk.samples, chunk.rate_hz, self._format["rate"])
                await self._send(AudioChunk(**self._format, audio=samples.astype("<i2").tobytes()).event())

    async def _begin(self) -> None:
        if not self._has_begun:
            self._has_begun = True
            await self._send(AudioStart(**self._format).event())
