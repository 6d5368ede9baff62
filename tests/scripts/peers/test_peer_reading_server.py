"""The server in the place of a language model says what was agreed."""

import os
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.brain.openai_chat import OpenAIChat
from assistant.config import LlmConfig
from assistant.conversation.messages import Message, TextDelta
from scripts.peers.program import running
from scripts.peers.reading_server import OTHERWISE, answer

TEXT = "There is a lamp on the desk."


def asked(*questions: str) -> list[dict[str, Any]]:
    return [{"role": "system", "content": "You are."}, *({"role": "user", "content": text} for text in questions)]


@pytest.mark.parametrize(
    ("questions", "always", "said"),
    [(["a"], False, TEXT), (["a", "b"], False, OTHERWISE), (["a", "b"], True, TEXT)],
)
def test_the_first_question_is_answered_by_the_text(questions: list[str], always: bool, said: str) -> None:
    assert answer(asked(*questions), TEXT, always=always) == said


async def test_it_speaks_the_protocol_streamed_and_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scripts.peers.reading_server"]
    async with running("reader", command, os.environ, tmp_path / "log") as program:
        base_url = (await program.ask({"text": TEXT}, 20))["base_url"]
        async with OpenAIChat(LlmConfig(base_url=base_url, model="reader")) as model:
            await model.warm([Message("system", "You are.")])
            events = [event async for event in model.stream([Message("system", "You are."), Message("user", "Hi")])]
        assert "".join(event.text for event in events if isinstance(event, TextDelta)) == TEXT
        async with httpx.AsyncClient() as client:
            reply = await client.post(f"{base_url}/chat/completions", json={"messages": asked("a", "b")})
        assert reply.json()["choices"][0]["message"]["content"] == OTHERWISE
