"""A protocol under test, each of whose events is checked for its form and its place."""

import itertools
import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import numpy as np

from assistant.server.realtime.protocol import Offer, RealtimeProtocol
from assistant.server.realtime.work import Work
from tests.assistant.server.realtime.order import Order
from tests.assistant.server.realtime.public_events import check

OFFER = Offer("local", ("amy", "alloy"), "Be brief.")


class Wired:
    """Talks with a protocol as a client does."""

    def __init__(self) -> None:
        numbers: Iterator[int] = itertools.count(1)
        self.protocol = RealtimeProtocol(OFFER, new_id=lambda prefix: f"{prefix}_{next(numbers)}")
        self.order = Order()
        self.work: list[Work] = []
        self.opening = self.take()

    def send(self, type: str, **fields: Any) -> list[dict[str, Any]]:
        """Send an event; what the server sends then."""
        return self.send_text(json.dumps({"type": type, **fields}))

    def send_text(self, text: str) -> list[dict[str, Any]]:
        self.protocol.receive(text)
        return self.take()

    def take(self) -> list[dict[str, Any]]:
        """What the server has sent since."""
        self.work = self.protocol.work_to_do()
        events = [json.loads(text) for text in self.protocol.events_to_send()]
        for event in events:
            check(event)
            self.order.feed(event)
        return events

    def refused(self, type: str, **fields: Any) -> dict[str, Any]:
        """Send an event that has no effect; why it has none."""
        events = self.send(type, **fields)
        assert [event["type"] for event in events] == ["error"]
        assert not self.work
        error: dict[str, Any] = events[0]["error"]
        return error

    def update(self, **session: Any) -> list[dict[str, Any]]:
        return self.send("session.update", session={"type": "realtime", **session})

    def push_to_talk(self) -> None:
        self.update(audio={"input": {"turn_detection": None, "transcription": {}}})


def types(events: list[dict[str, Any]]) -> list[str]:
    return [event["type"] for event in events]


def silence(seconds: float) -> str:
    """At 24 kHz, as a client sends it."""
    return b64encode(np.zeros(round(24_000 * seconds), "<i2").tobytes()).decode()


def text_item(text: str, **fields: Any) -> dict[str, Any]:
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}], **fields}
