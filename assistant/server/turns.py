"""The last turns of this daemon, with their times and why they went as they did: `GET /v1/turns` shows all of them,
`GET /v1/session/turns?session=ID` those of one session to whoever knows its id, which cannot be guessed."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from assistant.daemon import Running
from assistant.telemetry.recent_turns import RecentTurn


class Turns:
    """Read-only; what is shown is in memory and nowhere else."""

    def __init__(self, running: Running) -> None:
        self._running = running

    async def all(self, request: Request) -> Response:
        """For who may see what others have said."""
        return self._answer(self._running.recent.of())

    async def of_session(self, request: Request) -> Response:
        """For who converses."""
        return self._answer(self._running.recent.of(request.query_params.get("session", "")))

    def _answer(self, turns: Sequence[RecentTurn]) -> Response:
        kept = self._running.config.telemetry.recent_turns
        document = {"object": "list", "kept": kept, "data": [_shown(turn) for turn in turns]}
        return JSONResponse(document, headers={"Cache-Control": "no-store"})


def _shown(turn: RecentTurn) -> dict[str, Any]:
    return {
        **asdict(turn.record),
        "ended_at": turn.ended_at.isoformat(timespec="milliseconds"),
        "why": list(turn.why),
    }
