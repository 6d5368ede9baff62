"""The language model and the voice that the peers share, as servers on loopback."""

import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx

from assistant.brain.embedded import model_file
from assistant.config import Config
from assistant.models.verify import verified_folder
from scripts.peers.conversation import Models
from scripts.peers.program import Program, running

SERVER_WITHIN_S = 60.0
PROBE = {"messages": [{"role": "user", "content": "Tell me about the sea."}], "max_tokens": 24}
PROBES = 7


@asynccontextmanager
async def servers(
    config: Config, logs: Path, *, system_prompt: str, max_tokens: int, llm_threads: int, slots: int = 2
) -> AsyncIterator[tuple[Models, list[Program]]]:
    """Both, up and running; `llm_threads` 0 takes what is faster here, `slots` conversations have each a cache of their
    own. Raises ProgramFailed or ModelFileError."""
    model = model_file(verified_folder(config.llm.model))

    def language_server(threads: int) -> AbstractAsyncContextManager[Program]:
        numbers = [str(threads), str(max_tokens), str(config.llm.temperature), str(slots)]
        command = [sys.executable, "-m", "scripts.peers.language_server", str(model), *numbers]
        return running("the language model's server", command, os.environ, logs / "llm.log")

    threads = llm_threads or await _faster(language_server)
    async with language_server(threads) as llm:
        at = await llm.hear(SERVER_WITHIN_S)
        async with _beside(config, logs, at, llm_threads=threads, max_tokens=max_tokens, prompt=system_prompt) as both:
            models, voice = both
            yield models, [llm, voice]


@asynccontextmanager
async def reading_out(
    config: Config, logs: Path, text: str, *, always: bool
) -> AsyncIterator[tuple[Models, list[Program]]]:
    """The same with `reading_server` in the place of the language model. Raises ProgramFailed or ModelFileError."""
    command = [sys.executable, "-m", "scripts.peers.reading_server", *(["--always"] if always else [])]
    async with running("the reading server", command, os.environ, logs / "reader.log") as reader:
        at = await reader.ask({"text": text}, SERVER_WITHIN_S)
        prompt, tokens = config.conversation.system_prompt, config.llm.max_tokens
        async with _beside(config, logs, at, llm_threads=0, max_tokens=tokens, prompt=prompt) as (models, voice):
            yield models, [reader, voice]


@asynccontextmanager
async def _beside(
    config: Config, logs: Path, llm_at: dict[str, str], *, llm_threads: int, max_tokens: int, prompt: str
) -> AsyncIterator[tuple[Models, Program]]:
    """The voice, up and running beside a language model's server."""
    voice = next(verified_folder(config.tts.voice).glob("*.onnx"))
    voice_command = [sys.executable, "-m", "scripts.peers.speech_endpoint", str(voice)]
    async with running("the speech endpoint", voice_command, os.environ, logs / "voice.log") as speech:
        voice_at = await speech.hear(SERVER_WITHIN_S)
        yield (
            Models(
                whisper=verified_folder(config.stt.model),
                compute_type=config.stt.compute_type,
                llm_url=llm_at["base_url"],
                llm_key=llm_at["api_key"],
                llm_threads=llm_threads,
                voice=voice,
                speech_url=voice_at["base_url"],
                speech_rate_hz=voice_at["rate_hz"],
                system_prompt=prompt,
                max_tokens=max_tokens,
            ),
            speech,
        )


async def _faster(language_server: Callable[[int], AbstractAsyncContextManager[Program]]) -> int:
    """How many threads serve the peers best here: 1, or as many as there are cores. Raises ProgramFailed.

    The worst of some answers decides: with all cores it wins on a free machine, and collapses beside a busy program.
    """
    worst_s: dict[int, float] = {}
    for threads in (1, os.cpu_count() or 1):
        async with language_server(threads) as server:
            at = await server.hear(SERVER_WITHIN_S)
            headers = {"Authorization": f"Bearer {at['api_key']}"}
            async with httpx.AsyncClient(base_url=at["base_url"], headers=headers, timeout=SERVER_WITHIN_S) as client:
                taken_s = []
                for _ in range(PROBES):
                    began_s = time.monotonic()
                    await client.post("/chat/completions", json=PROBE)
                    taken_s.append(time.monotonic() - began_s)
            worst_s[threads] = max(taken_s[1:])
    return min(worst_s, key=lambda threads: worst_s[threads])
