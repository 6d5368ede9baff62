#!/usr/bin/env python3
"""Measures the embedded language model, as a voice turn uses it, in each runtime that can run it.

In every round each runtime is started alone and asked with the product's own system prompt and a history of two
turns. Printed are medians and the value that 95 % stay under: how long the first token and the eighth (a first clause)
take after a question of so many new tokens, tokens per second, what the evaluation of a transcript costs that grows by
a word at a time, and of its final form, and how long after an answer was dropped the first token of the next one comes.

usage: python scripts/bench_llm.py [--rounds N] [--threads N] [--beside N] [--runtime onnx|llama.cpp]...
"""

import argparse
import asyncio
import multiprocessing
import random
import time
from collections import defaultdict
from contextlib import aclosing
from pathlib import Path

import numpy as np

from assistant.brain.embedded import EmbeddedModel, Runtime, model_file
from assistant.brain.llama_server import LlamaServer
from assistant.brain.onnx_runtime import OnnxRuntime
from assistant.brain.prepared import prepared_folder
from assistant.config import Config, LlmConfig
from assistant.conversation.history import Exchange, History
from assistant.conversation.messages import Message, TextDelta, Usage
from assistant.models.verify import verified_folder

WORDS = (
    "river",
    "table",
    "green",
    "music",
    "window",
    "garden",
    "bread",
    "silver",
    "mountain",
    "paper",
    "winter",
    "dog",
)
SPOKEN = (
    "please",
    "tell",
    "me",
    "in",
    "a",
    "few",
    "words",
    "how",
    "a",
    "boat",
    "can",
    "sail",
    "against",
    "the",
    "wind",
)
QUESTION_WORDS = (1, 4, 8, 16)
TRIES = 8
CLAUSE_TOKENS = 8
LONGEST_ANSWER = 24

Figures = dict[str, list[float]]


def burn() -> None:
    """Keep a core and its caches as busy as an encoder of speech does."""
    left, right = np.ones((512, 512), np.float32), np.ones((512, 512), np.float32)
    while True:
        left @ right


async def runtime(name: str, config: LlmConfig, model: Path) -> Runtime:
    if name == "llama.cpp":
        return LlamaServer(config, model)
    folder = await prepared_folder(model)
    if folder is None:
        raise SystemExit(f"{model.name} runs in llama.cpp alone")
    return OnnxRuntime(config, folder)


async def answer(model: EmbeddedModel, prompt: list[Message], figures: Figures, name: str) -> None:
    """Ask, and note when the tokens came."""
    asked_s, came_s = time.perf_counter(), []
    async with aclosing(model.stream(prompt)) as events:
        async for event in events:
            if isinstance(event, TextDelta):
                came_s.append(time.perf_counter() - asked_s)
            elif isinstance(event, Usage):
                figures[f"{name}: tokens evaluated"].append(event.prompt_tokens - (event.cached_tokens or 0))
    figures[f"{name}: first token, ms"].append(1000 * came_s[0])
    if len(came_s) >= CLAUSE_TOKENS:
        figures[f"{name}: token {CLAUSE_TOKENS}, ms"].append(1000 * came_s[CLAUSE_TOKENS - 1])
        figures["tokens per second"].append((len(came_s) - 1) / (came_s[-1] - came_s[0]))


async def measure(model: EmbeddedModel, history: History, figures: Figures) -> None:
    await model.warm(history.prefix())
    for count in QUESTION_WORDS:
        for _ in range(TRIES):
            question = "Tell me of " + " ".join(random.choices(WORDS, k=count))
            await answer(model, history.messages(question), figures, f"{count + 3:2} new words")
    for _ in range(TRIES // 2):
        spoken = [*SPOKEN, random.choice(WORDS)]
        for words in range(1, len(spoken) + 1):
            asked_s = time.perf_counter()
            await model.warm(history.messages(" ".join(spoken[:words])))
            figures["a transcript one word longer, ms"].append(1000 * (time.perf_counter() - asked_s))
        spoken[-1] = random.choice(WORDS)
        await answer(model, history.messages(" ".join(spoken)), figures, "committed, its last word changed")
    for _ in range(TRIES):
        async with aclosing(model.stream(history.messages(f"A story of {random.choice(WORDS)}."))) as events:
            heard = 0
            async for _ in events:
                heard += 1
                if heard == CLAUSE_TOKENS // 2:
                    break
        await answer(model, history.messages(f"A poem of {random.choice(WORDS)}."), figures, "after a dropped answer")


async def main(arguments: argparse.Namespace) -> None:
    config = Config()
    llm = config.llm.model_copy(update={"temperature": 0, "max_tokens": LONGEST_ANSWER, "threads": arguments.threads})
    history = History(config.conversation.system_prompt, max_turns=12, budget_tokens=1900)
    history.append(Exchange("What is the capital of France?", "The capital of France is Paris."))
    history.append(Exchange("Is it large?", "Yes, it is the largest city of France."))
    file = model_file(verified_folder(llm.model))
    figures: dict[str, Figures] = {name: defaultdict(list) for name in arguments.runtime}
    for number in range(arguments.rounds):
        for name in arguments.runtime:
            random.seed(number)
            async with EmbeddedModel(await runtime(name, llm, file)) as model:
                await measure(model, history, figures[name])
    for name, found in figures.items():
        print(f"{name}, {arguments.threads} threads, {arguments.beside} busy processes beside it")
        for what, values in found.items():
            print(f"  {what:<55} {np.median(values):6.0f}  95 %: {np.quantile(values, 0.95):6.0f}  n = {len(values)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--beside", type=int, default=0, help="processes that keep a core busy meanwhile")
    parser.add_argument("--runtime", action="append", choices=("onnx", "llama.cpp"), help="may be given twice")
    chosen = parser.parse_args()
    chosen.runtime = chosen.runtime or ["onnx", "llama.cpp"]
    busy = [multiprocessing.Process(target=burn, daemon=True) for _ in range(chosen.beside)]
    for process in busy:
        process.start()
    asyncio.run(main(chosen))
    for process in busy:
        process.kill()
