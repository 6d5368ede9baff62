"""The part of every vector that is held in memory."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.memory.recall import EVERYONE
from assistant.memory.retrieval.signs import NOBODY, SignsInMemory
from assistant.memory.store.sqlite import Connection
from tests.assistant.memory.retrieval.tables import say, tables

SESSIONS = st.lists(st.lists(st.sampled_from("abc"), max_size=8), max_size=4)


@pytest.fixture
def connection() -> Iterator[Connection]:
    connection = tables()
    yield connection
    connection.close()


@given(SESSIONS)
def test_neighbours_are_those_of_the_session_however_it_came(batches: list[list[str]]) -> None:
    connection, held, spoken = tables(), SignsInMemory(), list[str]()
    for batch in batches:
        for session in batch:
            spoken.append(session)
            say(connection, 10 * len(spoken), session)
        signs = held.current(connection)
    connection.close()
    for place, session in enumerate(spoken):
        earlier = [other for other in range(place) if spoken[other] == session]
        later = [other for other in range(place + 1, len(spoken)) if spoken[other] == session]
        assert signs.before[place] == (earlier[-1] if earlier else NOBODY)
        assert signs.after[place] == (later[0] if later else NOBODY)


def test_what_others_forgot_is_not_held_any_more(connection: Connection) -> None:
    held = SignsInMemory()
    for number in (1, 2, 3):
        say(connection, number, "s")
    assert held.current(connection).number.tolist() == [1, 2, 3]
    connection.execute("DELETE FROM vectors_signs WHERE number = 2")
    connection.execute("UPDATE vectors_state SET forgotten = forgotten + 1")
    signs = held.current(connection)
    assert (signs.number.tolist(), signs.after.tolist()) == ([1, 3], [1, NOBODY])


def test_another_file_in_the_place_of_the_one_before_is_read(connection: Connection) -> None:
    held, other = SignsInMemory(), tables(forgotten=7)
    say(connection, 5, "s")
    say(other, 1, "s")
    assert held.current(connection).number.tolist() == [5]
    assert held.current(other).number.tolist() == [1]
    other.close()


def test_whom_a_question_names_and_whose_it_is(connection: Connection) -> None:
    for number, (speaker, owner) in enumerate([("Ann Lee", "Ann Lee"), ("Bob", ""), ("", "Cleo")]):
        say(connection, number, "s", speaker, owner)
    signs = SignsInMemory().current(connection)
    assert signs.named("What does ann's friend Bob like?", "") == {signs.speakers["Ann Lee"], signs.speakers["Bob"]}
    assert signs.named("What do I like?", "Ann Lee") == {signs.speakers["Ann Lee"]}
    assert signs.named("What do I like?", EVERYONE) == frozenset()
    allowed = {owner: signs.allowed(owner).tolist() for owner in ("", "Ann Lee", "Dan", EVERYONE)}
    assert allowed == {
        "": [False, True, False], "Ann Lee": [True, True, False], "Dan": [False, True, False], EVERYONE: [True] * 3
    }  # fmt: skip


def test_only_what_is_here_is_placed(connection: Connection) -> None:
    for number in (2, 4, 9):
        say(connection, number, "s")
    assert SignsInMemory().current(connection).at(np.array([1, 4, 9, 12])).tolist() == [1, 2]
