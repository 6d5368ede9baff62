"""What other programs want of a conversation: to have something said, or to hear what the user says next. Pure.

They take turns, in the order in which they asked, and none of them begins before it has been quiet for a moment. Only
one hears the user at a time; what is to be said need not wait for that.
"""

from collections import deque
from dataclasses import dataclass, field

from assistant.conversation.policy import lasted

QUIET_FOR_S = 0.7
"""So long must nobody have had the floor: who pauses after an answer is often about to go on."""


@dataclass(frozen=True, slots=True)
class Errand:
    """One of them."""

    number: int
    clauses: int | None = None
    """Length of what is to be said; None: it is the user that is to be heard."""


@dataclass(slots=True)
class Errands:
    """Told what is wanted and who has the floor; asked what is to begin now that nobody has it."""

    listener: int | None = None
    """Number of the errand that hears what the user says next, instead of the assistant."""
    _waiting: deque[Errand] = field(default_factory=deque)
    _quiet_since_s: float | None = None

    def want(self, errand: Errand) -> None:
        """It waits from now on."""
        self._waiting.append(errand)

    def call_off(self, number: int) -> bool:
        """It is not wanted any more. Whether it was the one that hears the user."""
        self._waiting = deque(errand for errand in self._waiting if errand.number != number)
        if self.listener != number:
            return False
        self.listener = None
        return True

    def stop(self) -> None:
        """Nothing of all that is wanted any more."""
        self._waiting.clear()
        self.listener = None

    def unheard(self) -> None:
        """The microphone is switched off: nobody is to hear the user."""
        self._waiting = deque(errand for errand in self._waiting if errand.clauses is not None)
        self.listener = None

    def floor_taken(self) -> None:
        """Somebody has it."""
        self._quiet_since_s = None

    def due(self, at_s: float) -> Errand | None:
        """Nobody has the floor: what begins now; it waits no longer."""
        if self._quiet_since_s is None:
            self._quiet_since_s = at_s
        if not lasted(self._quiet_since_s, at_s, QUIET_FOR_S):
            return None
        for errand in self._waiting:
            if errand.clauses is not None or self.listener is None:
                self._waiting.remove(errand)
                if errand.clauses is None:
                    self.listener = errand.number
                return errand
        return None
