"""Several rounds of the same number of clients are one row."""

from typing import Any

from assistant.cli.bench.load_step import Step
from scripts.peers.realtime import Talked, of_talks


def visit(*latencies_ms: float, refusal: str = "") -> dict[str, Any]:
    asked = [{"name": "a", "outcome": "answered", "latency_ms": one} for one in latencies_ms]
    return {"refusal": refusal, "asked": asked, "sent_bytes": 1, "received_bytes": 1, "lasted_s": 1.0}


def talked(system: str, sessions: int, *visits: dict[str, Any]) -> Talked:
    return Talked(
        system, Step(sessions, list(visits), 10.0, {"daemon": 0.5, "the clients": 0.2}, {"daemon": 90.0}), 0.1
    )


def test_rounds_are_put_together() -> None:
    rounds = [
        talked("ours", 2, visit(100.0), visit(200.0)),
        talked("theirs", 2, visit(900.0), visit(refusal="full")),
        talked("ours", 2, visit(300.0), visit()),
    ]
    ours, theirs = of_talks(rounds, {}, {"measured": "realtime"})["summaries"]
    assert (ours["system"], ours["n"], ours["median_ms"], ours["let_in"], ours["cores"]) == ("ours", 3, 200.0, 2, 0.5)
    assert (theirs["n"], theirs["let_in"], theirs["pss_mb"]) == (1, 1, 90.0)
