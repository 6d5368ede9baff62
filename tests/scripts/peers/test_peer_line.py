"""A conversation with a program: what it plays lies on the conversation's own clock."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from audio.frames import FRAME_SAMPLES
from scripts.peers.line import called
from scripts.peers.program import ProgramFailed, running

PLAYS_BACK = """
import base64, json, sys
for line in sys.stdin:
    told = json.loads(line)
    if "begin" in told:
        began_s, frames = told["begin"], 0
    elif "hear" in told:
        frames += 1
        print(json.dumps({"at_s": began_s + frames, "sound": told["hear"], "answer": frames}))
        print(json.dumps({"understood": f"frame {frames}"}), flush=True)
    else:
        print(json.dumps({"ended": True}), flush=True)
"""


async def test_what_a_program_plays_is_dated_from_the_conversations_beginning(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PLAYS_BACK]
    async with running("parrot", command, os.environ, tmp_path / "log") as program:
        for _ in range(2):  # nothing of the first conversation is in the second
            async with called(program, 16_000) as call:
                await call.hear(np.full(FRAME_SAMPLES, 1, np.int16))
                await call.hear(np.full(FRAME_SAMPLES, 2, np.int16))
            samples = call.timeline.samples()
            assert np.flatnonzero(samples == 1)[0] == 16_000
            assert np.flatnonzero(samples == 2)[0] == 32_000
            assert (call.answers, call.text) == (2, "frame 1 frame 2")


async def test_a_program_that_dies_is_named(tmp_path: Path) -> None:
    async with running("parrot", [sys.executable, "-c", "input()"], os.environ, tmp_path / "log") as program:
        with pytest.raises(ProgramFailed, match="parrot has gone away"):
            async with called(program, 16_000) as call:
                await call.hear(np.zeros(FRAME_SAMPLES, np.int16))
