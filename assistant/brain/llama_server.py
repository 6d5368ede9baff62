"""Models that llama.cpp runs, in its own server."""

from collections.abc import Callable
from pathlib import Path

from assistant.brain.embedded import NAME
from assistant.brain.openai_chat import OpenAIChat
from assistant.config import LlmConfig
from assistant.conversation.protocols import LanguageModel
from audio.child import Child, Header


class LlamaServer:
    """The runtime of any GGUF model; slower than `OnnxRuntime`, which takes few kinds."""

    module = "assistant.brain.llama_child"

    def __init__(self, config: LlmConfig, model: Path) -> None:
        """`model` is a GGUF file."""
        self._config = config
        self.arguments = [str(model), str(config.context_tokens), str(config.threads)]

    async def serve(self, child: Child, ready: Header, on_ready: Callable[[LanguageModel], None]) -> None:
        """See `Runtime`."""
        endpoint = {
            "base_url": ready["base_url"],
            "api_key": ready["api_key"],
            "retries": 0,  # a child that does not answer is dead; its successor is asked instead
        }
        async with OpenAIChat(self._config.model_copy(update=endpoint), name=NAME) as chat:
            on_ready(chat)
            while True:
                await child.receive()
