"""What the conversation needs from the rest of the daemon, and nothing more of it."""

from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Protocol

from assistant.conversation.local_reply import LocalReply, Situation
from assistant.conversation.messages import Message, ModelEvent, ToolSpec


class ModelError(Exception):
    """The language model gave no (whole) answer. One line: what happened and what to do."""


class LanguageModel(Protocol):
    """Messages in, a stream of text and tool calls out."""

    def stream(self, messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> AsyncGenerator[ModelEvent, None]:
        """Stream the answer. Closing the iterator stops the server's work. Raises ModelError."""
        ...

    async def warm(self, messages: Sequence[Message]) -> float | None:
        """Bring the model up and evaluate this prompt prefix, so that a turn finds it in the cache.

        Also asked for with a question that is still being said; returns then how likely it ends there (see
        `EndExpected`), None where the model does not tell. Cancelling it ends the server's work.
        """
        ...

    async def close(self) -> None: ...


class LocalIntents(Protocol):
    """Short commands that need no language model. Both are without effects and take well under 2 ms."""

    def recognise(self, text: str, situation: Situation) -> LocalReply | None:
        """The whole answer to a transcript that is a short command; None leaves it to the language model."""
        ...

    def could_continue(self, text: str) -> bool:
        """Whether a longer command begins so and means something else."""
        ...


class StopSwitch(Protocol):
    """What the user stops everything with, and resumes."""

    @property
    def is_stopped(self) -> bool: ...

    def stop(self, cause: str) -> None: ...

    def resume(self, cause: str) -> None: ...

    def listen(self, listener: Callable[[bool, str], None]) -> None:
        """From now on `listener` hears, on the running event loop, whether everything is stopped, and by what."""
        ...
