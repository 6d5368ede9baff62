"""A text that is there as a whole, clause by clause, without holding up the event loop."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from assistant.conversation.clauses import Clause, ClauseSplitter
from audio.tts.protocol import SpeechChunk, TextToSpeech

PIECE_CHARS = 100
"""A longer text is looked at piece by piece: making so many speakable takes up to 4 ms, where they are figures."""


async def clauses_in(text: str, splitter: ClauseSplitter) -> AsyncGenerator[Clause, None]:
    """The clauses that this piece of an answer completes; `splitter` knows the pieces before it."""
    for at in range(0, len(text), PIECE_CHARS):
        await asyncio.sleep(0)
        for clause in splitter.push(text[at : at + PIECE_CHARS]):
            yield clause


async def read_aloud(text: str, tts: TextToSpeech) -> AsyncGenerator[SpeechChunk, None]:
    """The whole text as sound, a clause after the other. Raises SynthesisError."""
    async with aclosing(all_clauses(text)) as clauses:
        async for clause in clauses:
            if clause.speech.spoken.strip():
                async with aclosing(tts.synthesize(clause.speech.spoken)) as chunks:
                    async for chunk in chunks:
                        yield chunk


async def all_clauses(text: str) -> AsyncGenerator[Clause, None]:
    """The clauses of the whole text."""
    splitter = ClauseSplitter()
    async with aclosing(clauses_in(text, splitter)) as clauses:
        async for clause in clauses:
            yield clause
    for clause in splitter.finish():
        yield clause
