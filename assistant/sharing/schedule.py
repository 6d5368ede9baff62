"""Who is next at an engine that many ask. Pure.

Committed work goes before speculative work. Within each, those who ask take turns, however much each of them asks; a
newcomer comes last. The one who is `first` (the local microphone) goes before all others, but not twice in a row while
another waits. So nobody waits for more than two turns of each of the others, and a ninth of the turns.
"""

from collections import OrderedDict, deque
from collections.abc import Hashable
from dataclasses import dataclass, field

PATIENCE = 8
"""So many turns of committed work in a row, and one that is speculative has its turn, too."""


@dataclass(slots=True)
class _Ring:
    """Those who wait, in the order in which it is their turn, each with what they ask for."""

    parties: OrderedDict[Hashable, deque[int]] = field(default_factory=OrderedDict)
    last: Hashable = None
    """Who had a turn last."""

    def add(self, party: Hashable, number: int) -> None:
        self.parties.setdefault(party, deque()).append(number)

    def remove(self, party: Hashable, number: int) -> None:
        self.parties[party].remove(number)
        if not self.parties[party]:
            del self.parties[party]

    def take(self, first: Hashable) -> int:
        is_first = first in self.parties and (self.last != first or len(self.parties) == 1)
        party = first if is_first else next(one for one in self.parties if one != first or len(self.parties) == 1)
        asked = self.parties.pop(party)
        number = asked.popleft()
        if asked:
            self.parties[party] = asked  # behind all others
        self.last = party
        return number


class Schedule:
    """What was asked of one engine and waits. Every request has a number of its own."""

    def __init__(self, first: Hashable) -> None:
        self._first = first
        self._committed, self._speculative = _Ring(), _Ring()
        self._asked: dict[int, tuple[Hashable, _Ring]] = {}
        self._passed_over = 0
        """Turns of committed work since a speculative one waits."""

    def __len__(self) -> int:
        return len(self._asked)

    def __contains__(self, number: int) -> bool:
        """Whether that request waits."""
        return number in self._asked

    @property
    def committed(self) -> int:
        """How many requests wait that somebody waits for."""
        return sum(ring is self._committed for _, ring in self._asked.values())

    def ask(self, number: int, party: Hashable, *, is_committed: bool) -> None:
        """A further request waits."""
        ring = self._committed if is_committed else self._speculative
        ring.add(party, number)
        self._asked[number] = party, ring

    def commit(self, number: int) -> None:
        """A request that waits is certain now: it goes with the committed ones, behind those that are there."""
        party, ring = self._asked[number]
        if ring is self._speculative:
            self.withdraw(number)
            self.ask(number, party, is_committed=True)

    def withdraw(self, number: int) -> None:
        """A request that waits is not wanted any more."""
        party, ring = self._asked.pop(number)
        ring.remove(party, number)

    def next(self) -> int | None:
        """The request whose turn it is, which waits no longer; None where none does."""
        if not self._asked:
            return None
        is_speculative_due = bool(self._speculative.parties) and self._passed_over >= PATIENCE
        is_committed = bool(self._committed.parties) and not is_speculative_due
        self._passed_over = self._passed_over + 1 if is_committed and self._speculative.parties else 0
        number = (self._committed if is_committed else self._speculative).take(self._first)
        del self._asked[number]
        return number
