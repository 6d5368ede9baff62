"""What is asked of memory, and what comes back: the seam behind which ways of searching are exchanged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from assistant.memory.episodes import Episode

EVERYONE = "*"
"""In the place of an owner: everybody's. For the person at the machine, who owns the file; never for a voice."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """One thing that was found."""

    episode: Episode
    score: float
    """The higher the better; comparable within one search only."""
    kind: str
    """As what it was found: `episode`, `fact`, ..."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a question found, best first, and whether it is likely to answer it: if not, say so."""

    recalled: Sequence[Recalled]
    is_known: bool
    likely: Sequence[Recalled]
    """The first of them, without what is far less likely than they are."""


class Recall(Protocol):
    """A way of searching."""

    async def search(self, query: str, *, owner: str = "", limit: int, now: datetime) -> Sequence[Recalled]:
        """At most `limit` things, best first; none where nothing is relevant.

        Of somebody, by their name, what is theirs and what is nobody's is searched; of "", what is nobody's. `now` is
        the clock of whoever asks ("last week"). Raises StoreError.
        """
        ...

    async def find(self, query: str, *, owner: str = "", limit: int, now: datetime) -> Found:
        """The same, what of it is likely, and whether it is known. Raises StoreError."""
        ...
