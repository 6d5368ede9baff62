"""Pipecat, as a program of its own that converses with recordings: see `pipecat_bot`."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import soundfile

from scripts.peers import environment
from scripts.peers.conversation import GIVE_UP_S, LISTEN_S, Heard, Models
from scripts.peers.program import Program, running

START_WITHIN_S = 180.0
CONVERSE_WITHIN_S = 120.0
SMART_TURN = "lib/python*/site-packages/pipecat/audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx"


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be tuned for speed. Its own defaults: 0.2, 3.0, 5."""

    stop_s: float = 0.1
    """Silence after which Silero's voice activity has ended."""
    smart_turn_wait_s: float = 1.0
    """Silence after which a turn is over that smart-turn calls incomplete; 0: without smart-turn."""
    beam_size: int = 1

    def __str__(self) -> str:
        end = f"smart-turn v3.2 waiting {self.smart_turn_wait_s:g} s" if self.smart_turn_wait_s else "no smart-turn"
        return f"Silero stop {self.stop_s:g} s, {end}, {self.beam_size} beam"


class Pipecat:
    """The bot stays up; its context is emptied after every clip."""

    name = "pipecat"

    def __init__(self, program: Program, settings: Settings) -> None:
        self._program = program
        self.settings = str(settings)

    async def converse(self, clip: Path) -> Heard:
        """Raises ProgramFailed."""
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder, "out.wav")
            answer = await self._program.ask({"clip": str(clip), "out": str(out)}, CONVERSE_WITHIN_S)
            played, rate_hz = soundfile.read(out, dtype="int16")
        return Heard(played, rate_hz, answer["answers"], answer["text"])


def smart_turn_model(home: Path) -> Path | None:
    """The end-of-turn model inside the peer's environment."""
    return next((home / "pipecat").glob(SMART_TURN), None)


@asynccontextmanager
async def serving(models: Models, home: Path, logs: Path, settings: Settings) -> AsyncIterator[tuple[Pipecat, Program]]:
    """The bot, up and warm. Raises ProgramFailed or EnvironmentFailed."""
    interpreter = await asyncio.to_thread(environment.python, "pipecat", home)
    command = [str(interpreter), "-P", str(Path(__file__).with_name("pipecat_bot.py"))]
    given = {
        **{name: str(value) if isinstance(value, Path) else value for name, value in asdict(models).items()},
        **asdict(settings),
        "give_up_s": GIVE_UP_S,
        "listen_s": LISTEN_S,
    }
    async with running("pipecat", command, environment.variables(), logs / "pipecat.log") as program:
        await program.ask(given, START_WITHIN_S)
        yield Pipecat(program, settings), program
