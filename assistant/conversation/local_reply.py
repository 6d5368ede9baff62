"""What is understood without the language model, and what to do then."""

from dataclasses import dataclass
from typing import TypeAlias

from assistant.conversation.pace import USUAL, Pace
from assistant.conversation.volume import Volume
from assistant.conversation.wording import asks

GO_ON = "go_on"
"""The intent whose reply is the rest of an answer that was interrupted."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What a short command can refer to."""

    volume: Volume
    """How loud it speaks now."""
    pace: Pace = USUAL
    """How fast."""
    last_answer: str = ""
    """What the assistant said last, as displayed; "" before its first answer."""
    unheard: str = ""
    """The rest of the answer that was interrupted last; "" where none was, or it has been heard since."""

    @property
    def is_asking(self) -> bool:
        """The assistant's last answer ended in a question: a "yes" belongs to that."""
        return asks(self.last_answer)


@dataclass(frozen=True, slots=True)
class BeSilent:
    """Stop whatever is being said."""


@dataclass(frozen=True, slots=True)
class SetVolume:
    """Speak at this volume from now on, the reply included. It names a level, so doing it twice does no harm."""

    volume: Volume


@dataclass(frozen=True, slots=True)
class SetPace:
    """Speak at this pace from the next clause on. It names a pace, so doing it twice does no harm."""

    pace: Pace


Action: TypeAlias = BeSilent | SetVolume | SetPace


@dataclass(frozen=True, slots=True)
class LocalReply:
    """The whole answer to a short command."""

    intent: str
    """Its name in the language's data: `stop`, `time`, `volume_up`, ..."""
    text: str
    """What to say; "" for silence."""
    action: Action | None = None
    """Carried out once the turn is committed, before the reply is heard; never before."""
