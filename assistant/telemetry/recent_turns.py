"""The last turns of the conversation, in memory, for whoever asks what was said."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from assistant.conversation.notices import Notice, SaidForProgram
from assistant.conversation.record import TurnRecord

MOST_KEPT = 100


@dataclass(frozen=True, slots=True)
class RecentTurn:
    """One of them. What the user did not hear of it is not in it."""

    ended: datetime
    """With its time zone."""
    user_text: str
    """Empty where the assistant spoke unasked."""
    heard_text: str
    """What was heard of what the assistant said, to the word."""
    is_interrupted: bool
    route: str
    """As in `TurnRecord`; `program`, too, for what was said for another program."""


class RecentTurns:
    """Tell it what the conversation tells (`observe`); the oldest turn goes first."""

    def __init__(self) -> None:
        self._turns: deque[RecentTurn] = deque(maxlen=MOST_KEPT)

    def observe(self, notice: Notice) -> None:
        now = datetime.now().astimezone()
        match notice:
            case TurnRecord():
                turn = RecentTurn(now, notice.user_text, notice.heard_text, notice.interrupted, notice.route)
            case SaidForProgram(said=said):
                turn = RecentTurn(now, "", said.heard_text, said.is_interrupted, "program")
            case _:
                return
        self._turns.append(turn)

    def last(self, count: int) -> list[RecentTurn]:
        """The oldest of them first."""
        return list(self._turns)[-count:] if count else []
