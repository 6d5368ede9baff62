"""Recall by words, meaning, neighbours, speaker, time and recency at once, in one order."""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from assistant.memory.episodes import Episode
from assistant.memory.recall import Found, Recalled
from assistant.memory.retrieval import candidates, words
from assistant.memory.retrieval.embedder import Embedder, Vectors
from assistant.memory.retrieval.features import RELEVANT, features
from assistant.memory.retrieval.known import LOOKED_AT, evidence, least_score, without_speaker
from assistant.memory.retrieval.period import EPOCH, Period, asked_period
from assistant.memory.retrieval.question import understood
from assistant.memory.retrieval.signs import Positions, Signs, SignsInMemory
from assistant.memory.retrieval.weights import Weights
from assistant.memory.store import log
from assistant.memory.store.sqlite import Connection
from assistant.memory.store.store import Store

FAR_LESS_LIKELY = 4.0
"""In log odds. Of 350 questions of LoCoMo that it took to be known, 99.7 % of what answers and was among the first four
was within that of the first, of 187 of REALTALK all; where little is remembered, little of the rest is."""
IN_PERIOD = 1.0
"""Added to the score, in log odds, of what was said in the period that the question names."""
RECENT = 0.3
RECENT_DAYS = 90.0
"""Added to what was said now, and a third of it to what was said so long ago: between equals the later is meant."""
RECENCY = re.compile(r"\b(latest|most recent(ly)?|last time|current(ly)?|now|nowadays|these days)\b", re.IGNORECASE)
RECENCY_ASKED = 5.0
"""Times as much where the question asks for the latest."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """What was found for a question, before episodes are read."""

    signs: Signs
    positions: Positions
    """Best first."""
    scores: Vectors
    features: Vectors
    among: int
    """So many memories were looked through: all that may be told to whoever asks."""


class HybridRecall:
    """Searches the store, which must have `Lexical` and `VectorIndex` among what it derives.

    A search runs on one of the store's reading threads: embedding (3 ms) and all. The event loop only waits.
    """

    def __init__(self, store: Store, embedder: Embedder, weights: Weights) -> None:
        self._store = store
        self._embedder = embedder
        self._weights = weights
        self._signs = SignsInMemory()

    async def search(self, query: str, *, owner: str = "", limit: int, now: datetime) -> Sequence[Recalled]:
        """See Recall. A score is the log odds that it belongs to the answer, up to a constant of the question."""
        return (await self.find(query, owner=owner, limit=limit, now=now)).recalled

    async def find(self, query: str, *, owner: str = "", limit: int, now: datetime) -> Found:
        """See Recall."""
        return await self._store.read(lambda connection: self.look_up(connection, query, owner, limit, now))

    def look_up(self, connection: Connection, query: str, owner: str, limit: int, now: datetime) -> Found:
        """The search itself, on the calling thread."""
        ranked = self.rank(connection, query, owner, now)
        if ranked is None:
            return Found((), False, ())
        is_known = self.known(ranked) >= self._weights.known_from
        numbers = ranked.signs.number[ranked.positions[:limit]].tolist()
        episodes = _episodes(connection, numbers)
        recalled = [
            Recalled(episodes[number], float(score), "episode")
            for number, score in zip(numbers, ranked.scores[:limit], strict=True)
            if number in episodes
        ]
        likely = [one for one in recalled if one.score >= recalled[0].score - FAR_LESS_LIKELY]
        return Found(recalled, is_known, likely)

    def known(self, ranked: Ranked) -> float:
        """The log odds that what was found answers the question; minus infinity where nothing is likely enough."""
        if ranked.scores[0] < least_score(ranked.among):
            return -math.inf
        return float(self._weights.known(self.evidence(ranked)[None, :])[0])

    def evidence(self, ranked: Ranked) -> Vectors:
        """What that is told by; shape (KNOWN,)."""
        features, scores = ranked.features[:LOOKED_AT], ranked.scores[:LOOKED_AT]
        return evidence(features, scores, self._weights.relevance(without_speaker(features)[:, :RELEVANT]))

    def rank(self, connection: Connection, query: str, owner: str, now: datetime) -> Ranked | None:
        """All that is looked at closely, best first. None where there is nothing to look at."""
        (embedded,) = self._embedder.embed([query])
        signs = self._signs.current(connection)
        if not len(embedded.pieces) or not len(signs):
            return None
        names = frozenset(word for name in signs.speakers for word in words.words(name))
        known = _known(connection, embedded.pieces.tolist())
        question = understood(query, embedded, self._weights, names, known, len(signs))
        period = asked_period(query, now)
        rare = candidates.searched_words(query, question.shares, len(signs))
        found = candidates.find(connection, signs, embedded, rare, owner, period)
        if not len(found.positions):
            return None
        seen = features(connection, signs, found, question, signs.named(query, owner))
        scores = self._weights.relevance(seen[:, :RELEVANT]) + _timely(signs.at_us[found.positions], query, period, now)
        order = np.argsort(-scores, kind="stable")
        return Ranked(signs, found.positions[order], scores[order], seen[order], found.among)


def _timely(at_us: Positions, query: str, period: Period | None, now: datetime) -> Vectors:
    days = np.maximum(0.0, ((now - EPOCH).total_seconds() - at_us / 1e6) / 86_400)
    weight = RECENT * (RECENCY_ASKED if RECENCY.search(query) else 1.0)
    added = weight * np.exp(-days / RECENT_DAYS)
    if period is not None:
        added += IN_PERIOD * ((at_us >= period.begin_us) & (at_us < period.end_us))
    result: Vectors = added.astype(np.float32)
    return result


def _known(connection: Connection, pieces: Sequence[int]) -> dict[int, int]:
    marks = ", ".join("?" * len(pieces))
    return dict(
        connection.execute(
            f"SELECT piece, episodes FROM vectors_known WHERE piece IN ({marks})", list(pieces)
        ).fetchall()
    )


def _episodes(connection: Connection, numbers: Sequence[int]) -> dict[int, Episode]:
    rows = connection.execute(
        f"SELECT number, {log.COLUMNS} FROM episodes WHERE number IN (SELECT value FROM json_each(?))",
        (json.dumps(list(numbers)),),
    ).fetchall()
    return {row[0]: log.episode(row[1:]) for row in rows}
