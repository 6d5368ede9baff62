"""The small part of every episode's vector, in memory: 100,000 of them are 10 MB."""

import threading
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.memory.recall import EVERYONE
from assistant.memory.retrieval import words
from assistant.memory.retrieval.compact import CODE_NUMBERS, Code
from assistant.memory.store.sqlite import Connection

Positions = NDArray[np.int64]
COLUMNS = "number, session, speaker, owner, at_us, kind, length, signs"
NOBODY = -1


@dataclass(slots=True)
class Names:
    """Numbers for names."""

    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, name: str) -> int:
        """The name's number, a new one for a new name."""
        return self.numbers.setdefault(name, len(self.numbers))


@dataclass(frozen=True, slots=True, eq=False)
class Signs:
    """Every episode that has a vector, in the order of their numbers. Never changed, so that many may read it."""

    forgotten: int
    """Another number once anything was forgotten."""
    number: Positions
    session: Positions
    speaker: Positions
    owner: Positions
    at_us: Positions
    kind: Positions
    length: Positions
    codes: Code
    """Shape (6, episodes): one behind the other in memory are the same signs of all of them."""
    before: Positions
    """The position of what was said before it in the session, or NOBODY."""
    after: Positions
    speakers: dict[str, int]
    owners: dict[str, int]

    def __len__(self) -> int:
        return len(self.number)

    def allowed(self, owner: str) -> NDArray[np.bool_]:
        """What somebody may be told: see Recall."""
        if owner == EVERYONE:
            return np.ones(len(self), bool)
        is_allowed = np.array([name in {"", owner} for name in self.owners], bool)
        allowed: NDArray[np.bool_] = is_allowed[self.owner]
        return allowed

    def named(self, question: str, owner: str) -> frozenset[int]:
        """The speakers that a question names, or means by "I"."""
        said = set(words.words(question))
        found = {number for name, number in self.speakers.items() if said & set(words.words(name))}
        if said & words.FIRST_PERSON and owner in self.speakers:
            found.add(self.speakers[owner])
        return frozenset(found)

    def at(self, numbers: Positions) -> Positions:
        """The positions of those of these episodes that are here."""
        places = np.searchsorted(self.number, numbers)
        inside = places < len(self)
        places = places[inside]
        here: Positions = places[self.number[places] == numbers[inside]]
        return here


class SignsInMemory:
    """Holds them, and brings them up to date with what other threads and processes wrote."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._signs: Signs | None = None
        self._sessions, self._speakers, self._owners = Names(), Names(), Names()
        self._last: dict[int, int] = {}
        """Of each session the position of what was said last."""

    def current(self, connection: Connection) -> Signs:
        """As they are in the file now. Reads what was added; everything, 0.5 s for 100,000, when something was
        forgotten, as on the first call."""
        with self._lock:
            forgotten = int(connection.execute("SELECT forgotten FROM vectors_state").fetchone()[0])
            signs = self._signs
            if signs is None or signs.forgotten != forgotten:
                self._sessions, self._speakers, self._owners, self._last = Names(), Names(), Names(), {}
                signs = self._joined(None, connection, forgotten)
            else:
                signs = self._joined(signs, connection, forgotten)
            self._signs = signs
            return signs

    def _joined(self, signs: Signs | None, connection: Connection, forgotten: int) -> Signs:
        last = int(signs.number[-1]) if signs is not None and len(signs) else -1
        rows = connection.execute(
            f"SELECT {COLUMNS} FROM vectors_signs WHERE number > ? ORDER BY number", (last,)
        ).fetchall()
        if signs is not None and not rows:
            return signs
        fresh = self._columns(rows)
        if signs is not None:
            old = (signs.number, signs.session, signs.speaker, signs.owner, signs.at_us, signs.kind, signs.length)
            fresh = [np.concatenate(pair, axis=-1) for pair in zip((*old, signs.codes), fresh, strict=True)]
        number, session, speaker, owner, at_us, kind, length, codes = fresh
        before, after = self._neighbours(signs, session)
        return Signs(
            forgotten, number, session, speaker, owner, at_us, kind, length, codes, before, after,
            dict(self._speakers.numbers), dict(self._owners.numbers),
        )  # fmt: skip

    def _neighbours(self, signs: Signs | None, session: Positions) -> tuple[Positions, Positions]:
        """What was said before and after, where only what is new need be looked at."""
        old = 0 if signs is None else len(signs)
        before, after = np.full(len(session), NOBODY), np.full(len(session), NOBODY)
        if signs is not None:
            before[:old], after[:old] = signs.before, signs.after
        for position, one in enumerate(session[old:].tolist(), old):
            last = self._last.get(one, NOBODY)
            before[position] = last
            if last != NOBODY:
                after[last] = position
            self._last[one] = position
        return before, after

    def _columns(self, rows: list[Any]) -> list[Any]:
        columns: list[Any] = list(zip(*rows, strict=True)) or [()] * 8
        for place, names in ((1, self._sessions), (2, self._speakers), (3, self._owners)):
            columns[place] = [names.number(name) for name in columns[place]]
        codes = np.frombuffer(b"".join(columns[7]), np.uint64).reshape(len(rows), CODE_NUMBERS)
        return [np.array(column, np.int64) for column in columns[:7]] + [np.ascontiguousarray(codes.T)]
