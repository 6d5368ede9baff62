"""Programs beside the benchmark: what they say, that they end, and what they compute."""

import os
import sys
from pathlib import Path

import pytest

from scripts.peers.program import ProgramFailed, quiet, running

ECHO = "import sys\nprint('hello')\nfor line in sys.stdin: print('{\"heard\": ' + line.strip() + '}', flush=True)"
WITHIN_S = 20.0


async def test_a_program_is_asked_and_what_is_no_json_is_passed_over(tmp_path: Path) -> None:
    async with running("echo", [sys.executable, "-c", ECHO], os.environ, tmp_path / "log") as program:
        assert await program.ask({"a": 1}, WITHIN_S) == {"heard": {"a": 1}}
        assert program.is_running()
    assert not program.is_running()


async def test_a_program_that_dies_is_named_with_its_log(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('no such model')"]
    async with running("the peer", command, os.environ, tmp_path / "log") as program:
        with pytest.raises(ProgramFailed, match=r"the peer has gone away; see .*log"):
            await program.hear(WITHIN_S)
    assert "no such model" in (tmp_path / "log").read_text()


async def test_a_silent_program_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    async with running("the peer", [sys.executable, "-c", "input()"], os.environ, tmp_path / "log") as program:
        with pytest.raises(ProgramFailed, match="said nothing"):
            await program.hear(0.05)


async def test_quiet_waits_until_a_program_has_finished_computing(tmp_path: Path) -> None:
    busy_then_idle = "import time\nend = time.process_time() + 0.8\nwhile time.process_time() < end: pass\ninput()"
    async with running("busy", [sys.executable, "-c", busy_then_idle], os.environ, tmp_path / "log") as program:
        share = await quiet([program], within_s=WITHIN_S)
        assert program.cpu_s() >= 0.7  # of 0.8 s, counted in ticks of 10 ms
    assert 0 <= share <= 1
