"""What is looked at closely."""

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlcipher3 import dbapi2

from assistant.memory.retrieval.candidates import matched_words, searched_words
from assistant.memory.retrieval.signs import SignsInMemory
from assistant.memory.retrieval.vectors import TABLES
from assistant.memory.store.sqlite import Connection

WORDS = ["".join(letters) for letters in itertools.product("bdg", "aeo", "bdg")]
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9, unique=True), min_size=3, max_size=20)


@pytest.fixture
def connection() -> Iterator[Connection]:
    connection: Connection = dbapi2.connect(":memory:", isolation_level=None)
    yield connection
    connection.close()


def hold(connection: Connection, texts: list[str]) -> None:
    for name in ("lexical", "vectors_signs", "vectors_pieces", "vectors_known", "vectors_state"):
        connection.execute(f"DROP TABLE IF EXISTS {name}")
    for statement in TABLES.split(";"):
        connection.execute(statement)
    connection.execute("INSERT INTO vectors_state VALUES (0)")
    connection.execute("CREATE VIRTUAL TABLE lexical USING fts5 (speaker, text, tokenize='porter unicode61')")
    for number, text in enumerate(texts):
        connection.execute("INSERT INTO lexical (rowid, speaker, text) VALUES (?, '', ?)", (number, text))
        # The length in letters is the length in words here, as FTS5 has it.
        row = (number, "s", "", "", number, 0, len(text.split()), bytes(48))
        connection.execute("INSERT INTO vectors_signs VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)


@given(TEXTS, st.lists(st.sampled_from(WORDS), min_size=1, max_size=6, unique=True))
def test_where_no_word_is_said_twice_it_is_fts5s_bm25(texts: list[list[str]], asked: list[str]) -> None:
    connection: Connection = dbapi2.connect(":memory:", isolation_level=None)
    hold(connection, [" ".join(text) for text in texts])
    scores = matched_words(connection, SignsInMemory().current(connection), asked)
    rows = connection.execute(
        "SELECT rowid, -rank FROM lexical WHERE lexical MATCH ?", (" OR ".join(f'text : "{word}"' for word in asked),)
    ).fetchall()
    connection.close()
    expected = np.zeros(len(texts))
    expected[[row[0] for row in rows]] = [row[1] for row in rows]
    saturation = 1 + 1.2  # FTS5 multiplies by it, which makes no difference between episodes
    assert scores * saturation == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_a_word_counts_once_however_often_it_is_said(connection: Connection) -> None:
    hold(connection, ["cat dog", "cat cat", *["owl owl"] * 8])
    scores = matched_words(connection, SignsInMemory().current(connection), ["cats"])
    assert scores[0] == scores[1] > 0
    assert not scores[2:].any()


def test_common_words_are_searched_for_only_where_there_is_no_rarer_one() -> None:
    shares = {"dog": 0.5, "otter": 0.01}
    assert searched_words("Was the dog an otter?", shares, 100) == ["otter"]
    assert searched_words("Was the dog big?", {"dog": 0.5, "big": 0.4}, 100) == ["dog", "big"]
    assert searched_words("Was the otter?", shares, 1_000_000) == ["otter"]
