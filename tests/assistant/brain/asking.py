"""Questions to the embedded model, and what a test wants to know of its children."""

from contextlib import aclosing

import psutil

from assistant.config import ConversationConfig, LlmConfig
from assistant.conversation.messages import Message, TextDelta, Usage
from assistant.conversation.protocols import LanguageModel

CONFIG = LlmConfig(threads=1, temperature=0.0)
SYSTEM = Message("system", ConversationConfig().system_prompt)
STORY = (SYSTEM, Message("user", "Tell me a long story about a ship and its captain."))
CAPITAL = (SYSTEM, Message("user", "What is the capital of France?"))


async def ask(model: LanguageModel, *messages: Message) -> tuple[str, Usage]:
    async with aclosing(model.stream(messages)) as events:
        heard = [event async for event in events]
    text = "".join(event.text for event in heard if isinstance(event, TextDelta))
    usage = heard[-1]
    assert isinstance(usage, Usage)
    return text, usage


def children(module: str) -> list[psutil.Process]:
    """The children of this process that run a module."""
    return [child for child in psutil.Process().children(recursive=True) if module in child.cmdline()]
