"""Clients that mean harm, at the real server: nobody else notices."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import websockets

from assistant.server import revocation
from assistant.server.tokens import Scope, TokenStore
from scripts.fuzz_realtime import attack
from tests.assistant.server.served import served

QUESTION = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Which city is it?"}]}


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARTHSIDE_HOME", str(tmp_path))


@pytest.fixture(autouse=True)
def nothing_unhandled(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No exception ends in the log, whatever the clients do."""
    yield
    records = caplog.get_records("call")
    assert not [record.getMessage() for record in records if record.levelname == "ERROR" or record.exc_info]


async def test_garbage_in_some_sessions_changes_nothing_in_another() -> None:
    async with served(messages_per_second=10_000) as server:
        attacks = [asyncio.create_task(attack(server.realtime, 400, seed)) for seed in range(3)]
        async with websockets.connect(server.realtime) as socket:
            await socket.send(
                json.dumps({"type": "session.update", "session": {"type": "realtime", "output_modalities": ["text"]}})
            )
            answers = 0
            while answers < 10 or not all(one.done() for one in attacks):
                await socket.send(json.dumps({"type": "conversation.item.create", "item": QUESTION}))
                await socket.send(json.dumps({"type": "response.create"}))
                event = {"type": ""}
                while event["type"] != "response.done":
                    event = json.loads(await asyncio.wait_for(socket.recv(), 10))
                    assert event["type"] != "error", event
                assert event["response"]["output"][0]["content"][0]["text"] == "It is Paris."
                answers += 1
        assert all(errors > 50 for errors in await asyncio.gather(*attacks))
    mine = [prompt for prompt in server.llm.prompts if "Which city is it?" in str(prompt[-1])]
    assert len(mine) == answers
    said = {str(message.content) for prompt in mine for message in prompt if message.role != "system"}
    assert said == {"Which city is it?", "It is Paris."}, "nothing of what the others said is remembered here"


async def test_a_token_that_is_revoked_ends_its_sessions_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revocation, "LOOK_EVERY_S", 0.0)
    phone, tablet = (TokenStore().create(name, [Scope.CONVERSE]) for name in ("phone", "tablet"))
    async with served() as server, httpx.AsyncClient(base_url=server.url) as http:
        first = await websockets.connect(server.realtime, additional_headers={"Authorization": f"Bearer {phone}"})
        subprotocols = [websockets.Subprotocol(one) for one in ("realtime", f"openai-insecure-api-key.{tablet}")]
        second = await websockets.connect(server.realtime, subprotocols=subprotocols)
        TokenStore().revoke("phone")
        for socket in (first, second):
            await socket.send(json.dumps({"type": "response.cancel"}))
        with pytest.raises(websockets.ConnectionClosed) as closed:
            while True:
                assert json.loads(await first.recv())["type"] != "error", "what is asked without a right is not done"
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1008, "the token was revoked")
        while json.loads(await second.recv())["type"] != "error":
            pass
        assert (await http.get("/v1/models", headers={"Authorization": f"Bearer {phone}"})).status_code == 401
        assert (await http.get("/v1/models", headers={"Authorization": f"Bearer {tablet}"})).status_code == 200
        assert (await http.get("/metrics", headers={"Authorization": f"Bearer {tablet}"})).status_code == 403
        await second.close()
