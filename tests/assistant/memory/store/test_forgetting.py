"""What is forgotten is gone: from the log, from what is derived, and from every byte of every file."""

import asyncio
import hashlib
import secrets
import threading
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from assistant.memory.episodes import Episode, Origin
from assistant.memory.store import log
from assistant.memory.store.derived import Derived
from assistant.memory.store.forgetting import Selection
from assistant.memory.store.lexical import Lexical, LexicalRecall
from assistant.memory.store.sqlite import Connection
from assistant.memory.store.store import Store
from tests.assistant.memory.said import NOON, holding, opened, said, texts


def filler(number: int) -> Episode:
    return said(" ".join(secrets.token_hex(3) for _ in range(number % 25 + 3)), minutes=number)


async def test_a_hundred_planted_facts_leave_no_byte(tmp_path: Path) -> None:
    planted = [said(f"the canary{number}bird is {secrets.token_hex(9)}", f"planted{number}") for number in range(100)]
    others = [filler(number) for number in range(900)]
    mixed = [episode for number, one in enumerate(planted) for episode in (*others[9 * number : 9 * number + 9], one)]
    async with opened(tmp_path, encrypted=False, derived=[Lexical()]) as store:
        for first in range(0, 1000, 50):
            await store.append(mixed[first : first + 50])
        assert holding(tmp_path, b"canary"), "the search would find nothing anyway"
        for first in range(0, 100, 10):
            report = await store.forget(Selection(ids=[episode.id for episode in planted[first : first + 10]]))
            assert len(report.ids) == 10
            assert report.is_overwritten
        assert holding(tmp_path, b"canary") == []
        assert holding(tmp_path, b"planted") == []
        assert len(await texts(store)) == 900
    assert holding(tmp_path, b"canary") == []


async def test_what_is_forgotten_is_not_found(tmp_path: Path) -> None:
    async with opened(tmp_path, derived=[Lexical()]) as store:
        await store.append([said("the safe is behind the mirror", "a"), said("the mirror is old", "b")])
        report = await store.forget(Selection(ids=["a", "never was"]))
        assert (report.ids, report.derived) == (["a"], {"lexical": 1})
        found = await LexicalRecall(store).search("mirror safe", limit=9, now=NOON)
        assert [one.episode.id for one in found] == ["b"]


async def test_no_import_brings_it_back_unless_that_is_wanted(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        episode = said("I sing in the shower", "a")
        await store.append([episode])
        await store.forget(Selection(ids=["a"]))
    async with opened(tmp_path) as store:
        appended = await store.append([episode, said("other", "b")])
        assert (appended.forgotten, await texts(store)) == (1, ["other"])
        await store.append([episode], also_forgotten=True)
        assert await texts(store) == ["other", "I sing in the shower"]
        assert (await store.append([episode])).known == 1


@pytest.mark.parametrize("topic", ["Zoë", "zoe", " ZOE "])
async def test_everything_about_somebody(tmp_path: Path, topic: str) -> None:
    async with opened(tmp_path) as store:
        await store.append(
            [
                said("what is Zoe's address?", "question", minutes=1),
                said("12 Elm Street.", "answer", minutes=2, origin=Origin.ASSISTANT),
                said("and the weather?", "weather", minutes=3),
                said("It rains.", "rain", minutes=4, origin=Origin.ASSISTANT),
                said("we go to the zoetrope", "zoetrope", minutes=5),
                said("Yes.", "elsewhere", minutes=6, origin=Origin.ASSISTANT, session="s2"),
                said("hello", "her", minutes=7, speaker="Zoë", session="s3"),
            ]
        )
        report = await store.forget(Selection(about=topic))
        assert sorted(report.ids) == ["answer", "her", "question"]


async def test_by_person_and_by_time(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.append(
            [
                said("a", "old", minutes=-90),
                said("b", "bobs", minutes=-30, speaker="Bob"),
                said("c", "to bob", minutes=-20, speaker="", origin=Origin.ASSISTANT, owner="Bob"),
                said("d", "anns", minutes=-10, owner="Ann"),
            ]
        )
        hour = NOON - timedelta(hours=1)
        meant = await store.select(Selection(person="bob", since=hour))
        assert [episode.id for episode in meant] == ["bobs", "to bob"]
        meant = await store.select(Selection(since=hour, until=NOON, within="Bob"))
        assert [episode.id for episode in meant] == ["bobs", "to bob"]
        meant = await store.select(Selection(ids=["anns", "old"], within="Bob"))
        assert [episode.id for episode in meant] == ["old"]
        meant = await store.select(Selection(everything=True))
        assert [episode.id for episode in meant] == ["old", "bobs", "to bob", "anns"]
        assert await store.select(Selection()) == ()
        await store.forget(Selection(since=hour))
        assert await texts(store) == ["a"]


async def test_copies_of_ours_go_too(tmp_path: Path) -> None:
    async with opened(tmp_path, encrypted=False) as store:
        await store.append([said("a canary", "a"), said("other", "b")])
        for copy in ("before-upgrade.db", "damaged-1.db", "damaged-1.db-wal"):
            (tmp_path / copy).write_bytes(b"a canary")
        assert (await store.forget(Selection(ids=["no such"]))).files == ()
        assert len(holding(tmp_path, b"canary")) > 2
        report = await store.forget(Selection(ids=["a"]))
        assert report.files == ["before-upgrade.db", "damaged-1.db", "damaged-1.db-wal"]
        assert "before-upgrade.db" in str(report)
        assert holding(tmp_path, b"canary") == []


async def test_whoever_does_not_wait_is_told_when_nothing_can_be_found_and_the_rest_is_done_behind(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path, encrypted=False, derived=[Lexical()]) as store:
        await store.append([said("a canary", "a")])
        report = await store.forget(Selection(ids=["a"]), waits=False)
        assert (report.ids, report.is_overwritten) == (["a"], False)
        assert await texts(store) == []
        await store.caught_up()  # what waited before it is done by now
        assert holding(tmp_path, b"canary") == []


async def test_the_rest_is_done_before_it_closes(tmp_path: Path) -> None:
    store = opened(tmp_path, encrypted=False, derived=[Lexical()])
    words = [f"canary{number}" for number in range(100)]
    for word in words:
        await store.append([said(f"{word} is the word", word)])
    before = [asyncio.create_task(store.append([said(f"number {number}")])) for number in range(50)]
    forgetting = asyncio.create_task(store.forget(Selection(ids=words), waits=False))
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*before, forgetting)
    assert holding(tmp_path, b"canary") == []


async def test_while_another_reads_it_is_overwritten_as_soon_as_that_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.memory.store.store.READERS_END_S", 0.2)
    reading, enough = threading.Event(), threading.Event()

    def read(connection: Connection) -> None:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM episodes").fetchone()
        reading.set()
        enough.wait(20)
        connection.execute("COMMIT")

    async with opened(tmp_path, encrypted=False) as store:
        await store.append([said("a canary", "a")])
        async with opened(tmp_path, encrypted=False) as other:
            long = asyncio.create_task(other.read(read))
            await asyncio.to_thread(reading.wait, 20)
            report = await store.forget(Selection(ids=["a"]))
            assert not report.is_overwritten
            assert "overwritten soon" in str(report)
            assert holding(tmp_path, b"canary")
            enough.set()
            await long
        await store.append([said("next")])
        assert holding(tmp_path, b"canary") == []


class Topics(Derived):
    """Knows what "he" is about."""

    name = "topics"
    version = "1"

    def rebuild(self, connection: Connection, episodes: Iterable[Episode]) -> None:
        connection.execute("DROP TABLE IF EXISTS topics_known")
        connection.execute("CREATE TABLE topics_known (id TEXT PRIMARY KEY, topic TEXT)")
        self.add(connection, list(episodes))

    def add(self, connection: Connection, episodes: Sequence[Episode]) -> None:
        rows = [(episode.id, "Tom") for episode in episodes if episode.text.startswith("he ")]
        connection.executemany("INSERT INTO topics_known VALUES (?, ?)", rows)

    def forget(self, connection: Connection, ids: Sequence[str]) -> int:
        return connection.executemany("DELETE FROM topics_known WHERE id = ?", [(one,) for one in ids]).rowcount

    def about(self, connection: Connection, topic: str) -> Iterable[str]:
        return [row[0] for row in connection.execute("SELECT id FROM topics_known WHERE topic = ?", (topic,))]


async def test_what_is_derived_says_what_else_is_about_it(tmp_path: Path) -> None:
    async with opened(tmp_path, derived=[Topics()]) as store:
        await store.append([said("he is late", "a"), said("she is not", "b")])
        report = await store.forget(Selection(about="Tom"))
        assert (report.ids, report.derived) == (["a"], {"topics": 1})


async def test_what_is_derived_and_not_installed_here_is_dropped_and_built_again_without_it(tmp_path: Path) -> None:
    async with opened(tmp_path, encrypted=False, derived=[Topics(), Lexical()]) as store:
        await store.append([said("he hears a canary", "a"), said("he sleeps", "b")])
    async with opened(tmp_path, encrypted=False) as bare:
        report = await bare.forget(Selection(ids=["a"]))
        assert set(report.derived) == {"topics", "lexical"}
        assert holding(tmp_path, b"canary") == []
    async with opened(tmp_path, encrypted=False, derived=[Topics(), Lexical()]) as store:
        await store.caught_up()
        known = await store.read(lambda connection: connection.execute("SELECT id FROM topics_known").fetchall())
        assert known == [("b",)]
        assert len(await LexicalRecall(store).search("sleeps", limit=9, now=NOON)) == 1


async def test_a_forgetting_that_fails_forgets_nothing(tmp_path: Path) -> None:
    class Stubborn(Topics):
        def forget(self, connection: Connection, ids: Sequence[str]) -> int:
            raise RuntimeError("no")

    async with opened(tmp_path, derived=[Lexical(), Stubborn()]) as store:
        await store.append([said("he is late", "a")])
        with pytest.raises(RuntimeError):
            await store.forget(Selection(ids=["a"]))
        assert await count_of(store) == (1, 1)


async def count_of(store: Store) -> tuple[int, int]:
    """Episodes in the log and found by the index."""
    found = await LexicalRecall(store).search("he is late", limit=9, now=NOON)
    return await store.read(log.count), len(found)


async def test_what_is_derived_by_another_version_is_not_asked_to_forget_and_forgets(tmp_path: Path) -> None:
    class Later(Topics):
        version = "2"

        def forget(self, connection: Connection, ids: Sequence[str]) -> int:
            raise AssertionError("the tables are of the first version")

        def rebuild(self, connection: Connection, episodes: Iterable[Episode]) -> None:
            raise RuntimeError("not now")

    async with opened(tmp_path, encrypted=False, derived=[Topics()]) as store:
        await store.append([said("he hears a canary", "canary1"), said("he sleeps", "b")])
    async with opened(tmp_path, encrypted=False, derived=[Later()]) as store:
        await store.forget(Selection(ids=["canary1"]))
        assert holding(tmp_path, b"canary") == []
    async with opened(tmp_path, encrypted=False, derived=[Topics()]) as store:
        known = await store.read(lambda connection: connection.execute("SELECT id FROM topics_known").fetchall())
        assert known == [("b",)]


async def test_however_often_something_is_forgotten_no_word_is_left_in_the_index(tmp_path: Path) -> None:
    """Each begins with other letters: the index keeps of a word only what its neighbour does not begin with."""
    words = [hashlib.sha256(bytes([number])).hexdigest()[:12] for number in range(100)]
    old, new = words[:50], words[50:]
    async with opened(tmp_path, encrypted=False, derived=[Lexical()]) as store:
        await store.append([said(f"the code of the day is {word} or so", word) for word in old])
        for word in new:
            await store.append([said(f"the code of the day is {word} or so", word)])
        gone = old[:25]
        await store.forget(Selection(ids=gone))
        for word in new[:25]:
            gone.append(word)
            await store.forget(Selection(ids=[word]), waits=False)
        await store.caught_up()  # what waited before it is done by now
        assert [word for word in gone if holding(tmp_path, word.encode())] == []
        assert len(await LexicalRecall(store).search("code", limit=99, now=NOON)) == 50
