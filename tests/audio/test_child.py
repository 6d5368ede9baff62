"""Child processes: real ones, that die, hang, babble and flood."""

import asyncio
import itertools
import logging
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from audio import child as child_module
from audio.child import Child, ChildGone, ChildRefused, keep_alive
from audio.child_messages import Header
from tests.virtual_time import run_in_virtual_time

ROOT = Path(__file__).parents[2]
MODULE = "tests.audio.obedient_child"
ENV = {"PYTHONPATH": str(ROOT)}


async def spawn(behaviour: str, *, ready_within_s: float = 20.0) -> tuple[Child, Header]:
    return await Child.spawn("obedient", MODULE, [behaviour], env=ENV, ready_within_s=ready_within_s)


@asynccontextmanager
async def running(behaviour: str) -> AsyncIterator[Child]:
    child, _ = await spawn(behaviour)
    try:
        async with asyncio.timeout(20):
            yield child
    finally:
        await child.stop(grace_s=0)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_messages_go_both_ways_in_order() -> None:
    async with running("echo") as child:
        for number in range(100):
            child.post({"type": "n", "number": number}, bytes([number]) * number * 1000)
        for number in range(100):
            header, payload = await child.receive()
            assert header == {"type": "n", "number": number}
            assert payload == bytes([number]) * number * 1000


async def test_a_large_message_passes() -> None:
    payload = os.urandom(20 << 20)
    async with running("echo") as child:
        await child.send({"type": "large"}, payload)
        assert (await child.receive())[1] == payload


async def test_a_child_that_refuses_gives_its_reason() -> None:
    with pytest.raises(ChildRefused, match=r"^there is no sound card$"):
        await spawn("refuse")


async def test_a_module_that_does_not_exist_is_reported_with_the_last_words() -> None:
    with pytest.raises(ChildGone, match=r"^nobody ended with status 1, last words: .*No module named .*no_such_module"):
        await Child.spawn("nobody", "no_such_module")


async def test_a_child_that_does_not_get_ready_is_killed() -> None:
    with pytest.raises(ChildGone, match="obedient: not ready within 0 s"):
        await spawn("mute", ready_within_s=0.3)
    assert not [process for process in psutil.Process().children() if "mute" in process.cmdline()]


async def test_a_death_is_reported_with_its_kind_and_the_last_words() -> None:
    async with running("echo") as child:
        child.post({"type": "die"})
        with pytest.raises(ChildGone, match=r"^obedient ended with status 3, last words: I cannot go on$"):
            await child.receive()
        with pytest.raises(ChildGone):
            child.post({"type": "n"})
    async with running("echo") as child:
        os.kill(child.pid, signal.SIGKILL)
        with pytest.raises(ChildGone, match=r"^obedient ended by signal 9"):
            await child.receive()


async def test_a_wait_for_a_message_that_is_given_up_half_way_tears_no_message() -> None:
    async with running("tear") as child:
        child.post({"type": "first half"})
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await child.receive()
        child.post({"type": "second half"})
        assert await child.receive() == ({"type": "torn"}, b"payload")


@pytest.mark.parametrize("behaviour", ["babble", "list"])
async def test_a_child_that_does_not_keep_to_the_format_is_killed(behaviour: str) -> None:
    async with running(behaviour) as child:
        with pytest.raises(ChildGone, match="broke its message format; it was killed"):
            await child.receive()
        with pytest.raises(ChildGone):
            await child.receive()
        await child.stop(grace_s=10)
        assert not is_running(child.pid)


async def test_stopping_ends_a_child_that_listens_at_once_and_kills_one_that_does_not() -> None:
    for behaviour, grace_s, at_most_s in (("echo", 5.0, 1.0), ("hang", 0.3, 1.5)):
        async with running(behaviour) as child:
            began_s = time.monotonic()
            await child.stop(grace_s)
            assert time.monotonic() - began_s < at_most_s
            assert not is_running(child.pid)
            assert not child.is_alive
            await child.stop()


async def test_a_child_that_does_not_read_is_killed_before_it_fills_the_memory() -> None:
    async with running("hang") as child:
        megabyte = bytes(1 << 20)
        with pytest.raises(ChildGone, match="does not read what it is sent; it was killed"):
            for _ in range(20):
                child.post({"type": "audio"}, megabyte)
        with pytest.raises(ChildGone):
            await child.receive()
        assert not is_running(child.pid)


async def test_a_service_managers_signal_to_stop_is_left_to_the_daemon() -> None:
    async with running("echo") as child:
        os.kill(child.pid, signal.SIGTERM)
        await child.send({"type": "still here"})
        assert (await child.receive())[0] == {"type": "still here"}
        assert os.getsid(child.pid) != os.getsid(0)  # and Ctrl-C does not reach it


class Lines(logging.Handler):
    """What a child printed, as it is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.seconds_full = asyncio.Semaphore(0)

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())
        if "lines not shown" in self.texts[-1]:
            self.seconds_full.release()


async def test_a_flood_of_printing_costs_little_and_does_not_hold_up_messages() -> None:
    lines = Lines()
    logger = logging.getLogger(child_module.__name__)
    logger.addHandler(lines)
    level = logger.level
    logger.setLevel(logging.DEBUG)
    try:
        async with running("flood") as child:
            await lines.seconds_full.acquire()
            began_s, cpu_s = time.monotonic(), time.process_time()
            for _ in range(2):
                child.post({"type": "n"})
                assert (await child.receive())[0] == {"type": "n"}
                await lines.seconds_full.acquire()
            assert time.monotonic() - began_s > 1.5
            assert time.process_time() - cpu_s < 0.3
        assert len(lines.texts) < 6 * (child_module.STDERR_LINES_PER_S + 2)
    finally:
        logger.removeHandler(lines)
        logger.setLevel(level)


PARENT = """
import asyncio, sys
from audio.child import Child
async def main():
    child, _ = await Child.spawn("grandchild", "tests.audio.obedient_child", [sys.argv[1]])
    print(child.pid, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux ends a child that hangs")
@pytest.mark.parametrize("behaviour", ["echo", "hang"])
def test_a_killed_daemon_takes_its_children_with_it(behaviour: str) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, behaviour], stdout=subprocess.PIPE, env={**os.environ, **ENV}
    )
    assert parent.stdout is not None
    child = os.pidfd_open(int(parent.stdout.readline()))
    try:
        assert not select.select([child], [], [], 0)[0]
        parent.kill()
        assert select.select([child], [], [], 5)[0], "the child outlives its parent"
    finally:
        parent.wait()
        parent.stdout.close()
        os.close(child)


async def test_a_child_that_dies_is_replaced_and_the_last_one_stopped() -> None:
    lives: list[Child] = []
    losses: list[str] = []
    third = asyncio.Event()

    async def begin() -> Child:
        return (await spawn("echo"))[0]

    async def serve(child: Child) -> None:
        lives.append(child)
        await child.send({"type": "n"})
        await child.receive()
        if len(lives) == 3:
            third.set()
        else:
            os.kill(child.pid, signal.SIGKILL)
        await child.receive()

    supervisor = asyncio.create_task(
        keep_alive("obedient", begin, serve, on_loss=lambda loss: losses.append(str(loss)))
    )
    async with asyncio.timeout(20):
        await third.wait()
    assert [is_running(child.pid) for child in lives] == [False, False, True]
    assert [loss.startswith("obedient ended by signal 9") for loss in losses] == [True, True]
    supervisor.cancel()
    with pytest.raises(asyncio.CancelledError):
        await supervisor
    assert not is_running(lives[2].pid)


@pytest.mark.parametrize("longest_s", [5.0, 1.5])
def test_a_child_that_cannot_be_started_is_tried_ever_more_seldom_and_logged_once(
    caplog: pytest.LogCaptureFixture, longest_s: float
) -> None:
    async def watch() -> list[float]:
        tried_at_s: list[float] = []

        async def begin() -> Child:
            tried_at_s.append(asyncio.get_running_loop().time())
            raise ChildGone("no sound server")

        async def serve(child: Child) -> None:
            raise AssertionError("there is none")

        with pytest.raises(TimeoutError):
            async with asyncio.timeout(60):
                await keep_alive("sound card", begin, serve, longest_delay_s=longest_s)
        return tried_at_s

    tried_at_s = run_in_virtual_time(watch())
    pauses = [later - earlier for earlier, later in itertools.pairwise(tried_at_s)]
    expected = [min(one, longest_s) for one in (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0)]
    assert pauses[:8] == pytest.approx(expected)
    assert all(pause == pytest.approx(longest_s) for pause in pauses[7:])
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == [
        "no sound server; starting it again"
    ]
