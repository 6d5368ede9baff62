"""The daemon can always be stopped, and leaves nothing behind."""

import asyncio
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from audio.frames import Pcm16
from tests.journeys.conftest import write_wav
from tests.journeys.daemon_process import LISTENING, daemon

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_stops_it_within_two_seconds_and_leaves_no_child(tmp_path: Path, number: signal.Signals) -> None:
    mic = write_wav(tmp_path / "in.wav", 60.0)
    async with daemon(tmp_path, "--mic", str(mic), "--speaker", str(tmp_path / "out.wav")) as running:
        await running.said(LISTENING)
        children = running.children()
        assert children
        began_s = time.monotonic()
        running.process.send_signal(number)
        assert await running.end(within_s=5) == 0
        assert time.monotonic() - began_s < 2.0
        assert await gone(children, within_s=0.5)


async def test_it_stops_as_fast_in_the_middle_of_a_turn(tmp_path: Path, say: Callable[[str], Pcm16]) -> None:
    mic = write_wav(tmp_path / "in.wav", 0.3, say("Tell me a long story about the sea."), 60.0)
    options = ("--mic", str(mic), "--speaker", str(tmp_path / "out.wav"))
    async with daemon(tmp_path, *options) as running:
        await running.said("answering, sounding")
        children = running.children()
        began_s = time.monotonic()
        running.process.send_signal(signal.SIGTERM)
        assert await running.end(within_s=5) == 0
        assert time.monotonic() - began_s < 2.0
        assert await gone(children, within_s=0.5)


async def test_it_can_be_stopped_while_it_starts(tmp_path: Path) -> None:
    mic = write_wav(tmp_path / "in.wav", 60.0)
    options = ("--mic", str(mic), "--speaker", str(tmp_path / "out.wav"))
    async with daemon(tmp_path, *options) as running:
        await running.said("starting")
        running.process.send_signal(signal.SIGTERM)
        assert await running.end(within_s=5) == 0


async def test_its_children_end_with_it_even_when_it_is_killed(tmp_path: Path) -> None:
    mic = write_wav(tmp_path / "in.wav", 60.0)
    async with daemon(tmp_path, "--mic", str(mic), "--speaker", str(tmp_path / "out.wav")) as running:
        await running.said(LISTENING)
        children = running.children()
        assert len(children) >= 2
        running.process.kill()
        await running.end()
        assert await gone(children, within_s=3)


async def gone(processes: list[psutil.Process], *, within_s: float) -> bool:
    """Whether these processes have all ended by then."""
    _, alive = await asyncio.to_thread(psutil.wait_procs, processes, timeout=within_s)
    return not alive
