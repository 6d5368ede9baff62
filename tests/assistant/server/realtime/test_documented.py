"""The documentation says of every public event what becomes of it."""

from pathlib import Path
from typing import get_args

import pytest
from openai.types.realtime import RealtimeClientEvent, RealtimeServerEvent

DOCUMENT = (Path(__file__).parents[4] / "docs" / "realtime.md").read_text()


def names(union: object) -> set[str]:
    events = get_args(union)
    events = get_args(events[0]) or events
    return {name for event in events for name in get_args(event.model_fields["type"].annotation)}


@pytest.mark.parametrize("event", sorted(names(RealtimeClientEvent)))
def test_every_event_that_a_client_may_send_has_its_line(event: str) -> None:
    assert f"| `{event}` |" in DOCUMENT


@pytest.mark.parametrize("event", sorted(names(RealtimeServerEvent)))
def test_every_event_that_a_server_may_send_is_told_of(event: str) -> None:
    family, _, last = event.rpartition(".")
    is_short = any(f"`{family}{other}" in DOCUMENT for other in (".", "_", "*")) and f"`.{last}`" in DOCUMENT
    whole_family = any(f"`{event[:end]}*`" in DOCUMENT or f"`{event[:end]}.*`" in DOCUMENT for end in range(len(event)))
    assert f"`{event}`" in DOCUMENT or is_short or whole_family
