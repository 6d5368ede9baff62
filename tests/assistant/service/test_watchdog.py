"""Signs of life, as timelines: given while the daemon lives, and not by a mere timer."""

import asyncio
from collections.abc import Callable, Mapping
from itertools import pairwise

import pytest

from assistant.conversation.notices import MicrophoneLevel, Woken
from assistant.service.notify import ServiceManager
from assistant.service.watchdog import DEAF_AFTER_S, Pulse, fault, give_signs
from audio.engines import EngineHealth
from tests.virtual_time import run_in_virtual_time

WELL = {"voice": EngineHealth(), "language model": EngineHealth("its server is away", restarts=7)}


class Manager(ServiceManager):
    """Notes when it heard a sign of life."""

    def __init__(self, watchdog_s: float) -> None:
        super().__init__({})
        self.watchdog_s = watchdog_s
        self.heard_at_s: list[float] = []

    def alive(self) -> None:
        self.heard_at_s.append(asyncio.get_running_loop().time())


def signs(seconds: float, listening_until_s: float, engines: Callable[[], Mapping[str, EngineHealth]]) -> list[float]:
    """When signs were given, with a microphone that is listened to until then."""

    async def scene() -> list[float]:
        loop = asyncio.get_running_loop()
        manager, pulse = Manager(6.0), Pulse(loop.time)
        giving = asyncio.create_task(give_signs(manager, pulse, engines))
        while loop.time() < seconds:
            if loop.time() < listening_until_s:
                pulse.observe(MicrophoneLevel(-60.0))
            await asyncio.sleep(0.1)
        giving.cancel()
        return manager.heard_at_s

    return run_in_virtual_time(scene())


def test_while_all_is_well_there_are_three_signs_in_the_time_that_is_waited_for_one() -> None:
    given = signs(60.0, 60.0, lambda: WELL)
    assert len(given) == pytest.approx(30, abs=1)
    assert max(b - a for a, b in pairwise(given)) == pytest.approx(2.0)


def test_a_microphone_that_nobody_listens_to_any_more_ends_them() -> None:
    given = signs(60.0, 20.0, lambda: WELL)
    assert 20.0 <= given[-1] <= 20.0 + DEAF_AFTER_S + 0.1


def test_so_does_an_engine_that_will_not_recover_by_itself() -> None:
    assert signs(60.0, 60.0, lambda: {"speech-to-text": EngineHealth(stuck="it hangs")}) == []


def test_a_daemon_without_a_microphone_lives_without_one() -> None:
    pulse = Pulse(lambda: 1000.0)
    pulse.observe(Woken("Hey Lamp"))
    assert fault(pulse, WELL) == ""
