"""`GET /v1/turns`, without a network."""

from pathlib import Path

import httpx
import pytest

from assistant.config import Config
from assistant.conversation.engines import Engines
from assistant.daemon import Running
from assistant.server.access import access_policy
from assistant.server.tokens import Scope, TokenStore
from assistant.server.web import build_app
from assistant.telemetry.metrics import Metrics
from tests.assistant.conversation.scripted import EndAfter, LoudnessVad, ScriptedModel, ScriptedStt, ScriptedTts
from tests.assistant.telemetry.test_recent_turns import record


def running() -> Running:
    engines = Engines(LoudnessVad(), EndAfter(), ScriptedStt([]), ScriptedModel([]), ScriptedTts())
    return Running(Config(), engines, lambda _: None, Metrics())


async def test_who_converses_sees_their_own_session_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARTHSIDE_HOME", str(tmp_path))
    token = TokenStore().create("phone", [Scope.CONVERSE])
    app = build_app(running(), access_policy(Config().server))
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://127.0.0.1", headers=headers
    ) as http:
        assert (await http.get("/v1/turns")).status_code == 403
        assert (await http.get("/v1/session/turns", params={"session": "a"})).status_code == 200


async def test_the_last_turns_are_shown_of_all_sessions_or_of_one() -> None:
    daemon = running()
    app = build_app(daemon, access_policy(Config().server))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as http:
        for number, session in enumerate("aab"):
            daemon.recent.follow().observe(record(number, session))
        response = await http.get("/v1/turns")
        shown = response.json()
        assert response.headers["cache-control"] == "no-store"
        assert [(turn["session_id"], turn["turn_id"]) for turn in shown["data"]] == [("a", 0), ("a", 1), ("b", 2)]
        assert shown["kept"] == 50
        assert {"user_text", "latency_ms", "speech_end_s", "first_audio_out_s", "why", "ended_at"} <= set(
            shown["data"][0]
        )
        only = (await http.get("/v1/session/turns", params={"session": "b"})).json()["data"]
        assert [turn["turn_id"] for turn in only] == [2]
        assert (await http.get("/v1/session/turns", params={"session": "../c"})).json()["data"] == []
        assert (await http.get("/v1/session/turns")).json()["data"] == []
