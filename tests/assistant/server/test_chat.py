"""The chat door, its model scripted."""

import httpx

from assistant.conversation.protocols import ModelError
from tests.assistant.conversation.scripted import ScriptedModel
from tests.assistant.server.served import served

ASKED = {"messages": [{"role": "user", "content": "Why?"}]}


async def test_a_failure_before_the_answer_keeps_its_status_whatever_the_model_expected() -> None:
    failing = ScriptedModel([[ModelError("the model is away")]], first_s=0.0, expects={"Why?": 0.9})
    async with served(failing) as server, httpx.AsyncClient(base_url=server.url) as client:
        for stream in (False, True):
            reply = await client.post("/v1/chat/completions", json=ASKED | {"stream": stream}, timeout=10)
            assert reply.status_code >= 500
            assert "the model is away" in reply.text
