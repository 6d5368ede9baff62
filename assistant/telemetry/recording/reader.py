"""A recording, read back."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from assistant.conversation.facts import ClockReached
from assistant.telemetry.recording.codec import Step, decision_of, fact_of
from assistant.telemetry.recording.journal import EVENTS, MICROPHONE

log = logging.getLogger(__name__)

Event: TypeAlias = dict[str, Any]


class RecordingError(Exception):
    """It is no recording, or cannot be read. One line: what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One session. Times are seconds on its sample clock."""

    folder: Path
    events: dict[str, list[Event]]
    """By kind, in the order in which they were written."""
    steps: list[Step] = field(default_factory=list)
    """What turn-taking was told and what it decided, in that order."""

    @property
    def start(self) -> Event:
        """By what the session ran: its configuration, and the sounds made beforehand."""
        return self.events["start"][0]

    def of(self, kind: str) -> list[Event]:
        return self.events.get(kind, [])

    @property
    def sound(self) -> Path:
        """What the microphone heard, without echo."""
        return self.folder / MICROPHONE


def find_recording(folder: Path) -> Path:
    """The folder itself, if it is a recording, or the last one of those in it. Raises RecordingError."""
    if (folder / EVENTS).is_file():
        return folder
    inside = sorted(one.parent for one in folder.glob(f"*/{EVENTS}"))
    if not inside:
        raise RecordingError(f"{folder}: holds no recording; telemetry.recording names the folder that gets them")
    return inside[-1]


def read_recording(folder: Path) -> Recording:
    """Read a recording, also one that breaks off. Raises RecordingError."""
    recording = Recording(folder, {})
    for event in _events(folder / EVENTS):
        recording.events.setdefault(str(event.get("kind")), []).append(event)
        if (step := _step(event)) is not None:
            recording.steps.append(step)
    if not recording.of("start"):
        raise RecordingError(f"{folder}: the session ended before it listened; nothing was recorded")
    if recording.of("lost"):
        log.warning("%s: has holes, the disk was too slow", folder)
    return recording


def _events(file: Path) -> Iterator[Event]:
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                try:
                    yield json.loads(line)
                except ValueError:  # half a line, at the end of what a killed daemon wrote
                    return
    except OSError as error:
        raise RecordingError(f"{file}: cannot be read: {error.strerror}") from None


def _step(event: Event) -> Step | None:
    fact = ClockReached(*event["clock"]) if "clock" in event else fact_of(event.get("fact", {}))
    if fact is None:
        return None
    decisions = [decision_of(one) for one in event.get("decisions", ())]
    return Step(fact, tuple(one for one in decisions if one is not None))
