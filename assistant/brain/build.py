"""Choosing the language model that the configuration names."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from assistant.brain.embedded import EmbeddedModel, model_file
from assistant.brain.openai_chat import OpenAIChat
from assistant.config import LlmConfig
from assistant.conversation.protocols import LanguageModel


@asynccontextmanager
async def open_language_model(
    config: LlmConfig, model_folder: Callable[[str], Path]
) -> AsyncGenerator[LanguageModel, None]:
    """The endpoint at `llm.base_url`, or the embedded model where that is empty, for as long as the context lasts.

    It is not waited for: `warm` does that. `model_folder` gives the folder of a model of the manifest, its files
    verified, and raises for an unknown or damaged one. Raises ModelError when the configuration is no use.
    """
    if config.base_url:
        async with OpenAIChat(config) as chat:
            yield chat
    else:
        folder = await asyncio.to_thread(model_folder, config.model)  # it reads the whole file to check its hash
        async with EmbeddedModel(config, model_file(folder)) as model:
            yield model
