"""A recorded order to stop everything is given again when it was given."""

import asyncio

import pytest

from assistant.conversation.facts import EmergencyStopped, Resumed, SpeechStarted
from assistant.telemetry.recording.codec import Step, fact_of, to_json
from assistant.telemetry.recording.stops import RecordedEmergencyStop
from tests.virtual_time import run_in_virtual_time


def test_every_order_is_given_again_when_it_was_given() -> None:
    facts = [SpeechStarted(0.5, 0.4), EmergencyStopped(1.0, '"emergency stop"'), Resumed(4.0)]
    steps = [Step(fact) for fact in (fact_of(to_json(fact)) for fact in facts) if fact is not None]
    heard: list[tuple[float, bool, str]] = []

    async def listen() -> None:
        loop = asyncio.get_running_loop()
        RecordedEmergencyStop(steps).listen(lambda is_stopped, cause: heard.append((loop.time(), is_stopped, cause)))
        await asyncio.sleep(10)

    run_in_virtual_time(listen())
    assert heard == [(pytest.approx(1.0), True, '"emergency stop"'), (pytest.approx(4.0), False, "")]
