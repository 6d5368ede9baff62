"""Search by words alone: an FTS5 index over what was said, ranked by BM25."""

import json
import math
import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from assistant.memory.episodes import Episode
from assistant.memory.recall import EVERYONE, Found, Recalled
from assistant.memory.retrieval.words import is_empty
from assistant.memory.store import log
from assistant.memory.store.derived import Derived
from assistant.memory.store.sqlite import Connection
from assistant.memory.store.store import Store

WORD = re.compile(r"\w+")
MOST_WORDS = 64
LOOKED_AT = 10
"""So many of those found are asked how much of the question they have."""
ENOUGH = 0.33
"""Of the question's words, each by its rarity: nine in ten of the answerable questions have more in one episode."""
COLUMNS = ", ".join(f"episodes.{column}" for column in log.COLUMNS.split(", "))


class Lexical(Derived):
    """The index. The words are in it, the text is not: it stays in the log."""

    name = "lexical"
    version = "2"

    def rebuild(self, connection: Connection, episodes: Iterable[Episode]) -> None:
        connection.execute("DROP TABLE IF EXISTS lexical")
        connection.execute(
            "CREATE VIRTUAL TABLE lexical USING fts5 "
            "(speaker, text, content=episodes, content_rowid=number, tokenize='porter unicode61 remove_diacritics 2')"
        )
        self.add(connection, list(episodes))

    def add(self, connection: Connection, episodes: Sequence[Episode]) -> None:
        connection.executemany(
            "INSERT INTO lexical (rowid, speaker, text) SELECT number, speaker, text FROM episodes WHERE id = ?",
            [(episode.id,) for episode in episodes],
        )

    def forget(self, connection: Connection, ids: Sequence[str]) -> int:
        deleted = connection.executemany(
            "DELETE FROM lexical WHERE rowid = (SELECT number FROM episodes WHERE id = ?)", [(one,) for one in ids]
        ).rowcount
        return int(deleted)

    def tidy(self, connection: Connection) -> None:
        """Take the words themselves out: a deletion only adds marks that cancel them.

        FTS5's secure-delete leaves words in the index of its pages (in 5 of 12 trials), and its optimize leaves some
        of the marks, with their words, once there were several (14 words of 24). So the index is filled anew, with
        what it holds: it may still be being built.
        """
        connection.execute("CREATE TEMP TABLE lexical_kept AS SELECT id FROM lexical_docsize")
        connection.execute("INSERT INTO lexical (lexical) VALUES ('delete-all')")
        connection.execute(
            "INSERT INTO lexical (rowid, speaker, text) "
            "SELECT number, speaker, text FROM episodes WHERE number IN (SELECT id FROM temp.lexical_kept)"
        )
        connection.execute("DROP TABLE temp.lexical_kept")


class LexicalRecall:
    """Searches the index."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def search(self, query: str, *, owner: str = "", limit: int, now: datetime) -> Sequence[Recalled]:
        """See Recall. Any of the words will do; more and rarer ones are better."""
        return (await self.find(query, owner=owner, limit=limit, now=now)).recalled

    async def find(self, query: str, *, owner: str = "", limit: int, now: datetime) -> Found:
        """See Recall. It is known where one of the first has ENOUGH of the question's words; whether it says so of who
        was asked about, words alone do not tell."""
        words = list(dict.fromkeys(WORD.findall(query)))[:MOST_WORDS]
        if not words:
            return Found((), False, ())
        return await self._store.read(lambda connection: self.look_up(connection, words, owner, limit))

    def look_up(self, connection: Connection, words: Sequence[str], owner: str, limit: int) -> Found:
        """The search itself, on the calling thread."""
        found = _search(connection, " OR ".join(f'"{word}"' for word in words), owner, max(limit, LOOKED_AT))
        numbers = [number for number, _ in found[:LOOKED_AT]]
        is_known = bool(found) and covered(connection, words, numbers) >= ENOUGH
        recalled = [recalled for _, recalled in found[:limit]]
        return Found(recalled, is_known, recalled)


def covered(connection: Connection, words: Sequence[str], numbers: Sequence[int]) -> float:
    """How much of the words that say something is in the one of the episodes that has most of them, each by its
    rarity: between 0 and 1. 1 where no word says anything."""
    telling = [word for word in words if not is_empty(word.casefold())]
    if not telling:
        return 1.0
    (episodes,) = connection.execute("SELECT count(*) FROM episodes").fetchone()
    shares = dict.fromkeys(numbers, 0.0)
    total = 0.0
    chosen = json.dumps(list(numbers))
    for word in telling:
        match = f'"{word}"'
        (having,) = connection.execute("SELECT count(*) FROM lexical WHERE lexical MATCH ?", (match,)).fetchone()
        rarity = math.log1p(episodes / (having + 0.5))
        total += rarity
        rows = connection.execute(
            "SELECT rowid FROM lexical WHERE lexical MATCH ? AND rowid IN (SELECT value FROM json_each(?))",
            (match, chosen),
        ).fetchall()
        for (number,) in rows:
            shares[number] += rarity
    return max(shares.values(), default=0.0) / total


def _search(connection: Connection, match: str, owner: str, limit: int) -> list[tuple[int, Recalled]]:
    rows = connection.execute(
        f"""
        SELECT {COLUMNS}, -bm25(lexical), number FROM lexical JOIN episodes ON number = lexical.rowid
        WHERE lexical MATCH ?1 AND (?2 = ?3 OR owner IN ('', ?2)) ORDER BY bm25(lexical) LIMIT ?4
        """,
        (match, owner, EVERYONE, limit),
    ).fetchall()
    return [(int(row[-1]), Recalled(log.episode(row[:-2]), float(row[-2]), "episode")) for row in rows]
