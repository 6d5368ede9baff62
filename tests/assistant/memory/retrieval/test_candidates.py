"""What is looked at closely."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.memory.retrieval.candidates import matched_words, searched_words
from assistant.memory.retrieval.signs import SignsInMemory
from assistant.memory.store.sqlite import Connection
from tests.assistant.memory.retrieval.tables import say, tables

WORDS = ["".join(letters) for letters in itertools.product("bdg", "aeo", "bdg")]
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9, unique=True), min_size=3, max_size=20)


def holding(texts: list[str]) -> Connection:
    connection = tables()
    connection.execute("CREATE VIRTUAL TABLE lexical USING fts5 (speaker, text, tokenize='porter unicode61')")
    for number, text in enumerate(texts):
        connection.execute("INSERT INTO lexical (rowid, speaker, text) VALUES (?, '', ?)", (number, text))
        # The length in letters is the length in words here, as FTS5 has it.
        say(connection, number, "s", length=len(text.split()))
    return connection


@given(TEXTS, st.lists(st.sampled_from(WORDS), min_size=1, max_size=6, unique=True))
def test_where_no_word_is_said_twice_it_is_fts5s_bm25(texts: list[list[str]], asked: list[str]) -> None:
    connection = holding([" ".join(text) for text in texts])
    scores = matched_words(connection, SignsInMemory().current(connection), asked)
    rows = connection.execute(
        "SELECT rowid, -rank FROM lexical WHERE lexical MATCH ?", (" OR ".join(f'text : "{word}"' for word in asked),)
    ).fetchall()
    connection.close()
    expected = np.zeros(len(texts))
    expected[[row[0] for row in rows]] = [row[1] for row in rows]
    saturation = 1 + 1.2  # FTS5 multiplies by it, which makes no difference between episodes
    assert scores * saturation == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_a_word_counts_once_however_often_it_is_said() -> None:
    connection = holding(["cat dog", "cat cat", *["owl owl"] * 8])
    scores = matched_words(connection, SignsInMemory().current(connection), ["cats"])
    connection.close()
    assert scores[0] == scores[1] > 0
    assert not scores[2:].any()


def test_common_words_are_searched_for_only_where_there_is_no_rarer_one() -> None:
    shares = {"dog": 0.5, "otter": 0.01}
    assert searched_words("Was the dog an otter?", shares, 100) == ["otter"]
    assert searched_words("Was the dog big?", {"dog": 0.5, "big": 0.4}, 100) == ["dog", "big"]
    assert searched_words("Was the otter?", shares, 1_000_000) == ["otter"]
