"""What the benchmark of many clients makes of what they found, and what one client finds at a server."""

import asyncio
import json
import os
from base64 import b64decode, b64encode
from typing import Any

import numpy as np
from websockets.asyncio.server import ServerConnection, serve

from assistant.cli.bench.load import summary
from assistant.cli.bench.load_step import Step, line
from assistant.cli.bench.processes import Processes, Usage
from assistant.cli.bench.simulated_client import RATE_HZ, Question, SimulatedClient, Visit
from assistant.config import Config


def visit(*latencies_ms: float, refusal: str = "", **others: int) -> dict[str, Any]:
    asked = [{"name": "a.wav", "outcome": "answered", "latency_ms": one} for one in latencies_ms]
    for outcome, count in others.items():
        asked += [{"name": "a.wav", "outcome": outcome, "latency_ms": None}] * count
    sent, received = (0, 0) if refusal else (650_000, 300_000)
    return {"refusal": refusal, "asked": asked, "sent_bytes": sent, "received_bytes": received, "lasted_s": 10.0}


def step(sessions: int, *visits: dict[str, Any]) -> Step:
    return Step(sessions, list(visits), 10.0, {"daemon": 0.5, "voice": 0.25, "the clients": 0.1}, {"daemon": 900.0})


def test_the_report_tells_how_many_are_answered_in_time_and_what_each_costs() -> None:
    steps = [
        step(1, visit(300.0, 400.0)),
        step(2, visit(500.0), visit(700.0)),
        step(4, visit(900.0), visit(1500.0), visit(800.0, busy=1), visit(refusal="busy: too many")),
    ]
    lines = summary(Config(), steps, Usage({}, {"daemon": 880.0}), 10.0)
    assert lines[-1].endswith("95 % within 1 s: 2")
    assert line(steps[2]).startswith("4 at once (3 let in): last word to first sound: n=3 median 900 ms")
    assert line(steps[2]).endswith("; 1 busy; 0.75 cores")
    assert "PSS 900 MB, +10.0 MB a session; a session sends 65 kB/s and gets 30 kB/s" in "\n".join(lines)
    assert not step(1, visit(300.0, missed=1)).is_in_time
    assert not step(1).is_in_time
    assert "none of these" in summary(Config(), [step(1)], Usage({}, {}), 10.0)[-1]


def test_its_own_process_takes_time_and_memory() -> None:
    usage = Processes({"this": os.getpid()}).usage()
    assert usage.cpu_s["this"] > 0 and usage.pss_mb["this"] > 10


async def visited(answers: list[dict[str, Any]], *, at_s: float) -> Visit:
    """A client that is silent for a second and asks for 0.6 s, at a server that says all this once it has heard `at_s`
    of sound, and hangs up after 2 s of it."""
    heard_s = 0.0

    async def be_server(socket: ServerConnection) -> None:
        nonlocal heard_s
        await socket.send(json.dumps({"type": "session.created"}))
        async for message in socket:
            event = json.loads(message)
            if event["type"] == "input_audio_buffer.append":
                before_s, heard_s = heard_s, heard_s + len(b64decode(event["audio"])) / 2 / RATE_HZ
                if before_s < at_s <= heard_s:
                    for answer in answers:
                        await socket.send(json.dumps(answer))
                if heard_s >= 2.0:
                    return

    question = Question("q", np.full(round(0.7 * RATE_HZ), 8000, np.int16), speech_end_s=0.6)
    async with serve(be_server, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        client = SimulatedClient(f"ws://127.0.0.1:{port}", [question], seed=0, session={}, headers={})
        return await client.run(20.0)


def sound(level: int) -> dict[str, Any]:
    samples = np.concatenate([np.zeros(RATE_HZ // 20, "<i2"), np.full(RATE_HZ // 20, level, "<i2")])
    return {"type": "response.output_audio.delta", "delta": b64encode(samples.tobytes()).decode()}


def done(status: str = "completed", **details: Any) -> dict[str, Any]:
    return {"type": "response.done", "response": {"status": status, "status_details": details or None}}


async def test_what_comes_of_a_question_is_told_apart_and_timed_from_the_last_sound_of_speech() -> None:
    failed = [[done("failed", error={"code": code})] for code in ("server_busy", "engine_failed")]
    said = [sound(0), sound(9000), done()]
    answered, cut, busy, broken = await asyncio.gather(
        visited(said, at_s=1.8), visited(said, at_s=1.1), *(visited(events, at_s=1.8) for events in failed)
    )
    outcomes = [visit.asked[0].outcome for visit in (answered, cut, busy, broken)]
    assert outcomes == ["answered", "cut", "busy", "failed"]
    assert [visit.asked[0].latency_ms is None for visit in (answered, cut, busy, broken)] == [False, True, True, True]
    # 0.2 s after the speech, and 0.15 s of silence before the first sound.
    assert answered.asked[0].latency_ms is not None and 340 <= answered.asked[0].latency_ms < 2000
    assert answered.sent_bytes > 2 * 2 * RATE_HZ and answered.received_bytes > 2 * 2 * RATE_HZ // 10
    assert not answered.refusal


async def test_a_server_that_is_busy_or_away_is_a_refusal() -> None:
    async def refuse(socket: ServerConnection) -> None:
        await socket.send(json.dumps({"type": "error", "error": {"message": "busy: come again"}}))
        await socket.close(1013, "busy")

    async with serve(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        nobody = SimulatedClient(f"ws://127.0.0.1:{port}", [], seed=0, session={}, headers={})
        assert (await nobody.run(5.0)).refusal == "busy: come again"
    nobody = SimulatedClient(f"ws://127.0.0.1:{port}", [], seed=0, session={}, headers={})
    assert "refused" in (await nobody.run(5.0)).refusal.lower()
