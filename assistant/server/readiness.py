"""What whoever watches over the service is told: that the process lives, and whether it can be used.

No word of why: these paths are open to all who can reach the server. The log tells more.
"""

from collections.abc import Mapping
from enum import Enum

from audio.engines import EngineHealth

ALIVE = {"status": "ok"}
"""The document of `/healthz`."""

ENGINES = ("speech-to-text", "voice", "language model")


class Stage(Enum):
    """Where the daemon is in its life."""

    STARTING = "starting"
    UP = "up"
    STOPPING = "stopping"


def readiness(stage: Stage, engines: Mapping[str, EngineHealth]) -> tuple[int, dict[str, object]]:
    """The status and the document of `/readyz`: 200 where whatever is asked can be answered now, else 503."""
    if stage is Stage.STARTING:
        return 503, {"status": "starting", "not_ready": list(ENGINES)}
    if stage is Stage.STOPPING:
        return 503, {"status": "stopping", "not_ready": []}
    broken = [name for name, health in engines.items() if health.trouble or health.stuck]
    return (503, {"status": "degraded", "not_ready": broken}) if broken else (200, {"status": "ready", "not_ready": []})
