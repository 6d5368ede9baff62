"""The first line of a recording: by which configuration, and with which sounds, the session ran."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from assistant.conversation.announcements import Announcement
from assistant.conversation.saying import Apology, Saying
from assistant.telemetry.recording.journal import Journal
from assistant.telemetry.recording.taps import chunk_to_json

VERSION = 1


def begin(
    journal: Journal,
    config: BaseModel,
    rate_hz: int,
    apology: Apology,
    announcements: Mapping[Announcement, Saying],
) -> None:
    """Note what the session runs by; `rate_hz` is the speaker's. Secrets of the configuration are left out."""
    journal.event(
        "start",
        version=VERSION,
        began=datetime.now().astimezone().isoformat(),
        rate_hz=rate_hz,
        config=_without_secrets(config),
        apology=_saying(apology),
        reassurance=_saying(apology.reassurance) if apology.reassurance is not None else None,
        announcements={what.value: _saying(saying) for what, saying in announcements.items()},
    )


def _saying(saying: Apology | Saying) -> dict[str, Any]:
    return {"text": saying.text, "chunks": [chunk_to_json(chunk) for chunk in saying.chunks]}


def _without_secrets(section: BaseModel) -> dict[str, Any]:
    """What is not shown (`repr=False`) is not written either."""
    shown = {name for name, field in type(section).model_fields.items() if field.repr}
    values = {name: getattr(section, name) for name in shown}
    return {
        name: _without_secrets(value)
        if isinstance(value, BaseModel)
        else list(value)
        if isinstance(value, tuple)
        else value
        for name, value in sorted(values.items())
    }
