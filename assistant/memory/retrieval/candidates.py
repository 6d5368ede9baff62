"""What is looked at closely: found by words, by meaning or by time, and what was said beside it."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.memory.retrieval import words
from assistant.memory.retrieval.compact import STEPS, code, unlike
from assistant.memory.retrieval.embedder import Embedded, Vectors
from assistant.memory.retrieval.period import Period
from assistant.memory.retrieval.signs import NOBODY, Positions, Signs
from assistant.memory.store.sqlite import Connection

BY_WORDS = 120
BY_SIGNS = 250
"""So many are compared by their whole vectors, of which BY_MEANING stay. 400 and 150 (and 150 BY_WORDS) find 0.4 points
more within 1,500 tokens and take 9 ms more at the 95th of 100 searches among 100,000."""
BY_MEANING = 100
BY_TIME = 50
MOST_WORDS = 24
COMMON = 0.1
COMMON_EPISODES = 3000
"""A word in a larger share of the episodes, or in more of them, is not searched for beside rarer ones: it costs most
and tells least. Among 100,000 this takes a third off the time of the search by words."""
SATURATION, BY_LENGTH = 1.2, 0.75
"""BM25's k1 and b, as Robertson and Zaragoza have them (The Probabilistic Relevance Framework, 2009)."""
LEAST_RARITY = 1e-6
"""Of a word that more than half of the episodes have."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Positions in Signs, in ascending order, and how well each matched."""

    positions: Positions
    by_words: Vectors
    """BM25 as a share of the best; 0 where the words did not find it."""
    among: int
    """So many were looked through."""


def find(
    connection: Connection,
    signs: Signs,
    embedded: Embedded,
    rare: Sequence[str],
    owner: str,
    period: Period | None,
) -> Candidates:
    """`rare` are the words to search for."""
    allowed = signs.allowed(owner)
    by_words = matched_words(connection, signs, rare)
    by_words[~allowed] = 0
    distance = unlike(signs.codes, code(embedded.whole))
    distance[~allowed] = len(embedded.whole)
    found = [_best(by_words, BY_WORDS), _by_meaning(connection, signs, embedded, distance, allowed)]
    if period is not None:
        within = (signs.at_us >= period.begin_us) & (signs.at_us < period.end_us) & allowed
        found.append(_nearest(np.where(within, distance, len(embedded.whole)), BY_TIME, within))
    seeds = np.unique(np.concatenate(found))
    around = np.concatenate([seeds, signs.before[seeds], signs.after[seeds]])
    positions = np.unique(around[around != NOBODY])
    positions = positions[allowed[positions]]
    return Candidates(positions, by_words[positions] / max(by_words.max(), LEAST_RARITY), int(allowed.sum()))


def searched_words(question: str, share: Mapping[str, float], episodes: int) -> Sequence[str]:
    """The words of a question to search for; `share` says in what part of the episodes each is."""
    telling = [word for word in dict.fromkeys(words.words(question)) if not words.is_empty(word)][:MOST_WORDS]
    most = min(COMMON, COMMON_EPISODES / max(1, episodes))
    return [word for word in telling if share.get(word, 0.0) <= most] or telling


def matched_words(connection: Connection, signs: Signs, rare: Sequence[str]) -> Vectors:
    """For each episode its BM25, in which a word counts once however often it is said there.

    FTS5 has a BM25, too, and looks up the length of every episode for it, several times as slow.
    """
    scores = np.zeros(len(signs), np.float32)
    for word in rare:
        (numbers,) = connection.execute(
            "SELECT json_group_array(rowid) FROM lexical WHERE lexical MATCH ?", (f'text : "{word}"',)
        ).fetchone()
        having = signs.at(np.array(json.loads(numbers), np.int64))
        scores[having] += max(math.log((len(signs) - len(having) + 0.5) / (len(having) + 0.5)), LEAST_RARITY)
    found = np.flatnonzero(scores)
    lengths = signs.length[found] / signs.length.mean()
    scores[found] /= 1 + SATURATION * (1 - BY_LENGTH + BY_LENGTH * lengths)
    return scores


def _best(scores: Vectors, count: int) -> Positions:
    """The positions of the highest that are above 0."""
    above = np.flatnonzero(scores)
    return above[np.argsort(-scores[above], kind="stable")[:count]]


def _by_meaning(
    connection: Connection, signs: Signs, embedded: Embedded, distance: NDArray[np.int32], allowed: NDArray[np.bool_]
) -> Positions:
    nearest = _nearest(distance, BY_SIGNS, allowed)
    if len(nearest) <= BY_MEANING:
        return nearest
    rows = connection.execute(
        "SELECT number, whole FROM vectors_pieces WHERE number IN (SELECT value FROM json_each(?))",
        (json.dumps(signs.number[nearest].tolist()),),
    ).fetchall()
    if not rows:
        return nearest[:0]
    wholes = np.frombuffer(b"".join(row[1] for row in rows), np.int8).reshape(len(rows), -1)
    likeness = wholes.astype(np.float32) @ (embedded.whole / np.float32(STEPS))
    best = np.argsort(-likeness)[:BY_MEANING]
    return signs.at(np.array(sorted(rows[index][0] for index in best), np.int64))


def _nearest(distance: NDArray[np.int32], count: int, allowed: NDArray[np.bool_]) -> Positions:
    nearest = np.argpartition(distance, count)[:count] if len(distance) > count else np.arange(len(distance))
    return np.sort(nearest[allowed[nearest]])
