"""The tables of vectors, and what was said in them without its words."""

from sqlcipher3 import dbapi2

from assistant.memory.retrieval.vectors import TABLES
from assistant.memory.store.sqlite import Connection


def tables(forgotten: int = 0) -> Connection:
    connection: Connection = dbapi2.connect(":memory:", isolation_level=None)
    for statement in TABLES.split(";"):
        connection.execute(statement)
    connection.execute("INSERT INTO vectors_state VALUES (?)", (forgotten,))
    return connection


def say(
    connection: Connection, number: int, session: str, speaker: str = "Ann", owner: str = "", length: int = 5
) -> None:
    row = (number, session, speaker, owner, number, 0, length, bytes(48))
    connection.execute("INSERT INTO vectors_signs VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
