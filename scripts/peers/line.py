"""A conversation with a program over its standard input and output.

It is told `{"begin": T}`, where T is when sample 0 is, on the machine's monotonic clock; then `{"hear": FRAME}` for
every frame of 20 ms; and `{"end": true}`. It tells `{"at_s": T, "sound": PIECE, "answer": N}` for what it plays, dated
on the same clock and numbered by the answer that it belongs to, `{"understood": TEXT}`, and `{"ended": true}`. Sound is
16-bit mono PCM in base64, frames at 16 kHz, pieces at the rate that the program told at its start (`{"rate_hz": N}`).
"""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np

from audio.frames import Pcm16
from scripts.peers.program import Program, ProgramFailed
from scripts.peers.timeline import Timeline

SILENT_FOR_S = 120.0
"""A program that tells nothing for so long, between two pieces of sound, is none that could be measured."""
ENDS_WITHIN_S = 20.0


class LineCall:
    """One conversation."""

    def __init__(self, program: Program, rate_hz: int) -> None:
        self.began_s = asyncio.get_running_loop().time()
        self.timeline = Timeline(rate_hz)
        self._program = program
        self._answers: set[int] = set()
        self._understood: list[str] = []

    @property
    def answers(self) -> int:
        return len(self._answers)

    @property
    def text(self) -> str:
        return " ".join(self._understood)

    async def hear(self, frame: Pcm16) -> None:
        await self._program.tell({"hear": base64.b64encode(frame.tobytes()).decode()})

    async def follow(self) -> None:
        """Take in what the program tells, until the conversation has ended. Raises ProgramFailed."""
        while not (told := await self._program.hear(SILENT_FOR_S)).get("ended"):
            if "sound" in told:
                samples = np.frombuffer(base64.b64decode(told["sound"]), "<i2").astype(np.int16)
                self.timeline.play(told["at_s"] - self.began_s, samples)
                self._answers.add(told["answer"])
            elif "understood" in told:
                self._understood.append(told["understood"])


@asynccontextmanager
async def called(program: Program, rate_hz: int) -> AsyncIterator[LineCall]:
    """A conversation with the program, while the context lasts. Raises ProgramFailed."""
    call = LineCall(program, rate_hz)
    await program.tell({"begin": call.began_s})
    following = asyncio.create_task(call.follow())
    try:
        yield call
        await program.tell({"end": True})
        async with asyncio.timeout(ENDS_WITHIN_S):
            await following
    except TimeoutError:
        raise ProgramFailed(f"{program.name} does not end a conversation; see {program.log}") from None
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
