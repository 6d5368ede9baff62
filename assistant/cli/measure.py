"""`hearthside doctor --measure`: which models and threads suit this machine, and how soon it will answer."""

import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from assistant.brain.build import open_language_model
from assistant.config import Config, LlmConfig, SttConfig, TtsConfig
from assistant.conversation.history import History
from assistant.conversation.messages import Message, TextDelta
from assistant.conversation.protocols import LanguageModel
from assistant.conversation.rolling import SLOW_PASS_S
from assistant.models.manifest import ManifestError
from assistant.models.verify import ModelFileError, verified_folder
from assistant.opening import build_engine
from assistant.policies import history_of, turn_policy
from audio.engines import EngineError
from audio.frames import PcmFloat, to_float
from audio.stt.protocol import SpeechToText
from audio.tts.protocol import TextToSpeech
from audio.tts.spoken import spoken

SAID = "Turn on the light in the kitchen."
FIRST_CLAUSE = "The capital of France is Paris."
FIRST_CLAUSE_TOKENS = 8
QUESTIONS = ("What is the capital of France?", "How far is the moon?", "Who wrote Hamlet?")
RUNS = 5
STT_MODELS = ("whisper-tiny.en", "whisper-base")
MOST_THREADS = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to run one engine, and how long its part of an answer takes."""

    part: str
    settings: dict[str, str | int]
    takes_s: float
    """Median."""

    def line(self) -> str:
        how = ", ".join(f"{key} = {value}" for key, value in self.settings.items())
        return f"{self.part}: {how}: {1000 * self.takes_s:.0f} ms"


async def measured(config: Config, say: Callable[[str], None]) -> list[Choice]:
    """Measure every choice there is on this machine, telling each; returns the best for each part, in a fixed order."""
    threads = sorted({count for count in (1, 2, MOST_THREADS) if count <= (os.cpu_count() or 1)})
    voices = [_told(say, choice) async for choice in _voice(config.tts, threads)]
    speech = await _spoken(config.tts)
    ears = [_told(say, choice) async for choice in _ears(config.stt, threads, speech)]
    minds = [_told(say, choice) async for choice in _mind(config, threads)]
    best = [min(choices, key=lambda choice: choice.takes_s) for choices in (minds, voices) if choices]
    # The better model, where it keeps up with speech; the quickest way to run it.
    keeping_up = [choice for choice in ears if choice.takes_s <= SLOW_PASS_S / 2] or ears
    better = keeping_up[-1].settings["model"]
    return [min((one for one in keeping_up if one.settings["model"] == better), key=lambda one: one.takes_s), *best]


def expectation(best: Sequence[Choice], config: Config) -> str:
    """What latency to expect of these choices, in words.

    When the end of speech comes, a transcription is half done on average; one more covers the last word, then the
    first clause is written and its first sound made. The wait for the end of the turn runs beside all of it.
    """
    ready_s = best[0].takes_s * 1.5 + sum(choice.takes_s for choice in best[1:])
    patience = turn_policy(config).patience
    sure_s, unsure_s = patience.wait_s(1.0), patience.wait_s(0.0)
    return (
        f"expect the answer {1000 * max(ready_s, sure_s):.0f} ms after a sentence that is surely over, and up to "
        f"{1000 * max(ready_s, unsure_s):.0f} ms where it may go on (the answer itself takes {1000 * ready_s:.0f} ms)"
    )


def as_toml(best: Sequence[Choice]) -> str:
    """The choices as lines of a configuration file."""
    return "\n".join(
        f"[{choice.part}]\n"
        + "\n".join(f"{key} = {value!r}".replace("'", '"') for key, value in choice.settings.items())
        for choice in best
    )


def _told(say: Callable[[str], None], choice: Choice) -> Choice:
    say(choice.line())
    return choice


async def _median_s(work: Callable[[], Awaitable[None]], runs: int = RUNS) -> float:
    times_s = []
    for _ in range(runs):
        began_s = time.monotonic()
        await work()
        times_s.append(time.monotonic() - began_s)
    return statistics.median(times_s)


async def _voice(config: TtsConfig, threads: Sequence[int]) -> AsyncIterator[Choice]:
    for count in threads:
        tts: TextToSpeech = await asyncio.to_thread(build_engine, "tts", config.model_copy(update={"threads": count}))
        try:
            await tts.warm()

            async def first_sound(tts: TextToSpeech = tts) -> None:
                async with aclosing(tts.synthesize(FIRST_CLAUSE)) as chunks:
                    async for _ in chunks:
                        return

            yield Choice("tts", {"threads": count}, await _median_s(first_sound))
        finally:
            await tts.close()


async def _spoken(config: TtsConfig) -> PcmFloat:
    """A question in the configured voice, at 16 kHz."""
    tts: TextToSpeech = await asyncio.to_thread(build_engine, "tts", config)
    try:
        return to_float(await spoken(SAID, tts))
    finally:
        await tts.close()


async def _ears(config: SttConfig, threads: Sequence[int], speech: PcmFloat) -> AsyncIterator[Choice]:
    for model in dict.fromkeys((*STT_MODELS, config.model)):
        for count in threads:
            try:
                section = config.model_copy(update={"model": model, "threads": count})
                stt: SpeechToText = await asyncio.to_thread(build_engine, "stt", section)
            except (EngineError, ManifestError, ModelFileError):
                break  # not fetched, or not for this language
            try:
                await stt.warm()

                async def one_pass(stt: SpeechToText = stt) -> None:
                    await stt.revise(speech, start_s=0.0, earlier=None)

                yield Choice("stt", {"model": model, "threads": count}, await _median_s(one_pass))
            finally:
                await stt.close()


async def _mind(config: Config, threads: Sequence[int]) -> AsyncIterator[Choice]:
    """With an endpoint of the user's own there is one choice: it."""
    counts = threads if not config.llm.base_url else [config.llm.threads]
    for count in counts:
        section: LlmConfig = config.llm.model_copy(update={"threads": count})
        async with open_language_model(section, verified_folder) as llm:
            history = history_of(config)
            await llm.warm(history.prefix())
            await _first_tokens(llm, history.messages(SAID))
            yield Choice("llm", {"threads": count}, await _first_clause_s(llm, history))


async def _first_clause_s(llm: LanguageModel, history: History) -> float:
    questions = iter(QUESTIONS)
    return await _median_s(lambda: _first_tokens(llm, history.messages(next(questions))), len(QUESTIONS))


async def _first_tokens(llm: LanguageModel, messages: list[Message]) -> None:
    pieces = 0
    async with aclosing(llm.stream(messages)) as events:
        async for event in events:
            pieces += isinstance(event, TextDelta)
            if pieces >= FIRST_CLAUSE_TOKENS:
                return
