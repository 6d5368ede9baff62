"""A daemon to which other agents come, on a conversation that is only pressed buttons."""

from dataclasses import replace
from typing import Any

from assistant.config import Config
from assistant.conversation.engines import Engines
from assistant.daemon import Running
from assistant.telemetry.metrics import Metrics
from tests.assistant.conversation.scripted import EndAfter, LoudnessVad, ScriptedModel, ScriptedStt, ScriptedTts
from tests.assistant.server.pressed import PressedControls


def running(controls: PressedControls | None = None, **mcp: Any) -> Running:
    """With `mcp` in the configuration."""
    engines = Engines(LoudnessVad(), EndAfter(), ScriptedStt([]), ScriptedModel([["Hm."]]), ScriptedTts())
    made = Running(Config.model_validate({"mcp": mcp}), engines, lambda _: None, Metrics())
    return replace(made, controls=controls)
