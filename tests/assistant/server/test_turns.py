"""`GET /v1/turns`, without a network."""

import httpx

from assistant.config import Config
from assistant.conversation.engines import Engines
from assistant.daemon import Running
from assistant.server.access import access_policy
from assistant.server.web import build_app
from assistant.telemetry.metrics import Metrics
from tests.assistant.conversation.scripted import EndAfter, LoudnessVad, ScriptedModel, ScriptedStt, ScriptedTts
from tests.assistant.telemetry.test_recent_turns import record


async def test_the_last_turns_are_shown_of_all_sessions_or_of_one() -> None:
    engines = Engines(LoudnessVad(), EndAfter(), ScriptedStt([]), ScriptedModel([]), ScriptedTts())
    running = Running(Config(), engines, lambda _: None, Metrics())
    app = build_app(running, access_policy(Config().server))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as http:
        for number, session in enumerate("aab"):
            running.recent.follow().observe(record(number, session))
        response = await http.get("/v1/turns")
        shown = response.json()
        assert response.headers["cache-control"] == "no-store"
        assert [(turn["session_id"], turn["turn_id"]) for turn in shown["data"]] == [("a", 0), ("a", 1), ("b", 2)]
        assert shown["kept"] == 50
        assert {"user_text", "latency_ms", "speech_end_s", "first_audio_out_s", "why", "ended_at"} <= set(
            shown["data"][0]
        )
        only = (await http.get("/v1/turns", params={"session": "b"})).json()["data"]
        assert [turn["turn_id"] for turn in only] == [2]
        assert (await http.get("/v1/turns", params={"session": "../c"})).json()["data"] == []
