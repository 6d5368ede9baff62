"""The scope of one revision of one turn: all of its work, and what came of it."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from assistant.conversation.answer import Answer
from assistant.conversation.decisions import Commit
from assistant.conversation.outlet import Outlet


@dataclass(slots=True)
class TurnScope:
    """Work started here ends with the scope; there is no other way to cancel it.

    The tasks belong to the session's task group, so that a defect in one of them surfaces there.
    """

    group: asyncio.TaskGroup
    turn: int
    revision: int
    speculations: int = 0
    """Answers begun for this turn, in all its revisions."""
    answer: Answer | None = None
    commit: Commit | None = None
    outlet: Outlet | None = None
    said: str = ""
    """What the answer came to, as displayed, once the turn has ended in an apology."""
    stt_final_s: float | None = None
    first_audio_out_s: float | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def answer_text(self) -> str:
        """The answer as far as it was written, as displayed; an apology is part of it."""
        return self.said or (self.answer.text if self.answer is not None else "")

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin work that ends with this scope at the latest."""
        task = self.group.create_task(work, name=f"turn {self.turn}.{self.revision}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def leave(self) -> None:
        """End all work of the scope, also the task that calls this: it goes no further than its next await."""
        for task in self._tasks:
            task.cancel()
