"""Controls that remember what was done to them."""

import asyncio
from dataclasses import dataclass, field

from assistant.conversation.attention import Mode
from assistant.conversation.controls import ControlError, Said, Status


@dataclass
class PressedControls:
    """Stands in for a conversation."""

    done: list[str] = field(default_factory=list)
    is_muted: bool = False
    mode: Mode = Mode.ALWAYS
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def has_done(self, *done: str) -> None:
        """Wait until exactly this was done."""
        async with asyncio.timeout(10):
            while self.done != list(done):
                self._news.clear()
                await self._news.wait()

    def status(self) -> Status:
        return Status("idle", False, True, self.is_muted, self.mode)

    def mute(self, *, is_muted: bool) -> None:
        self.is_muted = is_muted
        self._did("mute" if is_muted else "unmute")

    def call(self) -> None:
        self._did("call")

    def press(self) -> None:
        self._did("press")

    def release(self) -> None:
        self._did("release")

    def stop(self) -> None:
        self._did("stop")

    def resume(self) -> None:
        self._did("resume")

    async def say(self, text: str, *, within_s: float) -> Said:
        """Interrupted after the second word."""
        self._did(f"say {text}")
        return Said(text, " ".join(text.split()[:2]), is_interrupted=len(text.split()) > 2)

    async def listen(self, *, within_s: float) -> str | None:
        """Nobody speaks, and on a muted microphone nobody can."""
        self._did("listen")
        if self.is_muted:
            raise ControlError("the microphone is muted")
        return None

    def set_mode(self, mode: Mode) -> None:
        if mode is Mode.WAKE_WORD:
            raise ControlError("there are no wake words to listen for")
        self.mode = mode
        self._did(mode.value)

    def _did(self, what: str) -> None:
        self.done.append(what)
        self._news.set()
