"""Pipecat, as a program of its own: see `pipecat_bot`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from scripts.peers import environment
from scripts.peers.conversation import Call, Heard, Models, played_to
from scripts.peers.line import called
from scripts.peers.program import Program, running

START_WITHIN_S = 180.0
SMART_TURN = "lib/python*/site-packages/pipecat/audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx"


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be tuned for speed. Its own defaults: 0.2, 3.0, 5."""

    stop_s: float = 0.1
    """Silence after which Silero's voice activity has ended."""
    smart_turn_wait_s: float = 1.0
    """Silence after which a turn is over that smart-turn calls incomplete; 0: without smart-turn."""
    beam_size: int = 1
    min_words: int = 0
    """Words that it takes to interrupt the bot; 0: any voice does, as by default."""

    def __str__(self) -> str:
        end = f"smart-turn v3.2 waiting {self.smart_turn_wait_s:g} s" if self.smart_turn_wait_s else "no smart-turn"
        words = f", {self.min_words} words interrupt" if self.min_words else ""
        return f"Silero stop {self.stop_s:g} s, {end}, {self.beam_size} beam{words}"


class Pipecat:
    """The bot stays up; its context is emptied after every clip."""

    def __init__(self, program: Program, rate_hz: int, settings: Settings) -> None:
        self.name = program.name
        self.settings = str(settings)
        self._program = program
        self._rate_hz = rate_hz

    def call(self) -> AbstractAsyncContextManager[Call]:
        return called(self._program, self._rate_hz)

    async def converse(self, clip: Path) -> Heard:
        """Raises ProgramFailed."""
        return await played_to(self, clip)


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
    }
    name = f"pipecat, {settings.min_words} words" if settings.min_words else "pipecat"
    log = logs / f"pipecat-{settings.min_words}.log"
    async with running(name, command, environment.variables(), log) as program:
        ready = await program.ask(given, START_WITHIN_S)
        yield Pipecat(program, ready["rate_hz"], settings), program
