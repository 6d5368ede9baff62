"""What can be done to a conversation from outside, by a key, a socket or a client, beside speaking."""

from dataclasses import dataclass
from typing import Protocol

from assistant.conversation.attention import Mode


class ControlError(Exception):
    """What was asked for cannot be done. One line: why, and what to do."""


@dataclass(frozen=True, slots=True)
class Status:
    """What the conversation is doing."""

    phase: str
    """Name of the turn-taking phase."""
    is_sounding: bool
    """Whether the assistant can be heard."""
    is_awake: bool
    """Whether speech would be for the assistant."""
    is_muted: bool
    mode: Mode
    is_stopped: bool = False
    """Whether the user has stopped everything."""


@dataclass(frozen=True, slots=True)
class Said:
    """What became of a text that was to be said."""

    text: str
    heard_text: str
    """As much of it as has left the speaker: to the last whole word."""
    is_interrupted: bool
    """Whether the user spoke over it and got the floor, or everything was stopped."""


class Controls(Protocol):
    """Takes effect with the next frame of the microphone. To be called on the event loop."""

    def status(self) -> Status: ...

    def mute(self, *, is_muted: bool) -> None:
        """Switch the microphone off, device and all, or on again. A question that is not finished is dropped."""
        ...

    def call(self) -> None:
        """As if its wake word had been said: it stops speaking and listens to what is said next."""
        ...

    def press(self) -> None:
        """The key to talk is down: all that is said is for the assistant, and no pause ends the turn."""
        ...

    def release(self) -> None:
        """The key is up: the turn is over."""
        ...

    def stop(self) -> None:
        """Stop everything: silence, every effect called off, and nothing new until `resume`. Raises ControlError."""
        ...

    def resume(self) -> None:
        """Go on, after `stop` or after the phrase that does it. Raises ControlError."""
        ...

    async def say(self, text: str, *, within_s: float) -> Said:
        """Say this for another program as soon as nobody has the floor; who speaks over it interrupts it.

        Returns when that is over. Raises ControlError, also where it could not be begun `within_s`. Cancelled, it is
        silent.
        """
        ...

    async def listen(self, *, within_s: float) -> str | None:
        """What the user says next, for another program: the assistant does not answer it, nor remember it.

        They hear that they are listened to, as if they had called. None where nobody has begun to speak `within_s`.
        Raises ControlError.
        """
        ...

    def set_mode(self, mode: Mode) -> None:
        """What makes speech be meant for the assistant, from now on. Raises ControlError."""
        ...
