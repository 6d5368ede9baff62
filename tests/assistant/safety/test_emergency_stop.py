"""Everything stops, whoever says so and whatever the event loop is doing."""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.safety.effects import Effects, EverythingStopped
from assistant.safety.emergency_stop import EmergencyStop, open_emergency_stop
from audio.stop.latch import Latch
from audio.stop.sockets import Sender

WITHIN_S = 5.0


@pytest.fixture
def emergency() -> Iterator[EmergencyStop]:
    with open_emergency_stop() as switch:
        yield switch


def test_effects_are_called_off_the_latest_first_and_one_that_fails_holds_up_no_other(
    emergency: EmergencyStop, caplog: pytest.LogCaptureFixture
) -> None:
    called_off: list[str] = []

    def broken() -> None:
        raise RuntimeError("the lamp does not answer")

    effects = emergency.effects
    with (
        effects.running("lamp", lambda: called_off.append("lamp")),
        effects.running("broken", broken),
        effects.running("door", lambda: called_off.append("door")),
    ):
        with effects.running("over", lambda: called_off.append("over")):
            pass
        emergency.stop("test")
        emergency.stop("test")
    assert called_off == ["door", "lamp"]
    assert "broken cannot be called off" in caplog.text


def test_nothing_begins_until_the_user_resumes(emergency: EmergencyStop) -> None:
    emergency.stop("test")
    with pytest.raises(EverythingStopped, match="resume"), emergency.effects.running("lamp", lambda: None):
        pass
    emergency.resume("test")
    with emergency.effects.running("lamp", lambda: None):
        assert not emergency.is_stopped


async def test_a_word_from_another_process_calls_effects_off_while_the_loop_is_blocked(
    emergency: EmergencyStop,
) -> None:
    heard: asyncio.Queue[tuple[bool, str]] = asyncio.Queue()
    emergency.listen(lambda is_stopped, cause: heard.put_nowait((is_stopped, cause)))
    called_off = threading.Event()
    with emergency.effects.running("lamp", called_off.set):
        Sender(emergency.news).send(b"stop emergency stop")
        assert called_off.wait(WITHIN_S), "on this thread, which is the loop's, nothing else can run meanwhile"
    assert heard.empty()
    Sender(emergency.news).send(b"resume resume")
    async with asyncio.timeout(WITHIN_S):
        assert await heard.get() == (True, '"emergency stop"')
        assert await heard.get() == (False, '"resume"')


def test_another_process_sets_the_latch_and_this_one_sees_it(emergency: EmergencyStop) -> None:
    code = "import sys, pathlib; from audio.stop.latch import Latch; Latch(pathlib.Path(sys.argv[1])).stop()"
    before_s = time.monotonic()
    subprocess.run([sys.executable, "-c", code, str(emergency.latch.file)], check=True, cwd=Path(__file__).parents[3])
    assert emergency.is_stopped
    assert before_s < emergency.latch.stopped_at_s < time.monotonic()


def test_the_first_instant_counts_until_it_is_released(emergency: EmergencyStop) -> None:
    latch: Latch = emergency.latch
    assert not latch.resume()
    assert latch.stop()
    first_s = latch.stopped_at_s
    assert not latch.stop()
    assert latch.stopped_at_s == first_s
    assert latch.resume()
    assert not latch.is_stopped and latch.resumed_at_s >= first_s
    assert latch.stop() and latch.stopped_at_s > first_s


def test_its_files_go_with_it() -> None:
    with open_emergency_stop() as switch:
        folder = switch.news.parent
        assert folder.is_dir()
    assert not folder.exists()


def test_effects_can_be_called_off_while_they_begin_and_end_on_other_threads() -> None:
    effects, rounds, called_off = Effects(lambda: False), 200, []

    def work() -> None:
        for _ in range(rounds):
            with effects.running("work", lambda: called_off.append(1)):
                pass

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    while any(worker.is_alive() for worker in workers):
        effects.cancel_all()
    assert effects.cancel_all() == []
    assert len(called_off) <= 4 * rounds
