"""Finding again what was said."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant.memory.episodes import Episode
from assistant.memory.recall import EVERYONE
from assistant.memory.retrieval.hybrid import HybridRecall
from assistant.memory.retrieval.minilm import MiniLm
from assistant.memory.retrieval.vectors import VectorIndex
from assistant.memory.retrieval.weights import Weights
from assistant.memory.store.forgetting import Selection
from assistant.memory.store.lexical import Lexical
from assistant.memory.store.store import Store
from tests.assistant.memory.said import NOON, opened, said
from tests.recordings import DATA, require_data

LATER = NOON + timedelta(days=3)
CHATTER = [
    "The weather is lovely today, is it not?", "I bought tomatoes and bread at the market.",
    "The meeting went on for ages.", "We should paint the fence before winter.", "My knee hurts when I run.",
    "That film was far too long.", "Did you water the plants?", "I finished the report at last.",
]  # fmt: skip


class Remembering:
    def __init__(self, minilm: MiniLm, weights: Weights) -> None:
        self._minilm, self._weights = minilm, weights

    @asynccontextmanager
    async def __call__(
        self, folder: Path, episodes: Sequence[Episode] = ()
    ) -> AsyncIterator[tuple[Store, HybridRecall]]:
        index = VectorIndex(self._minilm, self._weights)
        async with opened(folder, derived=[Lexical(), index]) as store:
            await store.append(episodes)
            await store.caught_up()
            yield store, HybridRecall(store, self._minilm, self._weights)


@pytest.fixture
def remembering(minilm: MiniLm, weights: Weights) -> Remembering:
    return Remembering(minilm, weights)


def chatter(minutes: float = 30) -> list[Episode]:
    return [said(text, f"c{number}", minutes=minutes + number, session="c") for number, text in enumerate(CHATTER)]


async def found(recall: HybridRecall, query: str, owner: str = EVERYONE, limit: int = 3) -> list[str]:
    return [one.episode.id for one in await recall.search(query, owner=owner, limit=limit, now=LATER)]


async def is_known(recall: HybridRecall, query: str) -> bool:
    return (await recall.find(query, owner=EVERYONE, limit=3, now=LATER)).is_known


async def test_it_is_found_by_its_words_and_by_what_it_means(remembering: Remembering, tmp_path: Path) -> None:
    episodes = [*chatter(), said("My sister moved to Bergen in spring.", "bergen")]
    async with remembering(tmp_path, episodes) as (_, recall):
        assert (await found(recall, "who moved to Bergen"))[0] == "bergen"
        assert (await found(recall, "where does a relative of mine live these days"))[0] == "bergen"


async def test_an_answer_is_found_by_the_question_before_it(remembering: Remembering, tmp_path: Path) -> None:
    asked = said("Which instrument does your daughter play?", "asked", session="x", speaker="Bob")
    answer = said("The cello, since she was six.", "answer", minutes=1, session="x")
    async with remembering(tmp_path, [*chatter(), asked, answer]) as (_, recall):
        assert "answer" in (await found(recall, "instrument of Ann's daughter"))[:2]


async def test_what_is_told_of_a_question_is_what_may_answer_it(remembering: Remembering, tmp_path: Path) -> None:
    car = said("I parked the car behind the station.", "car")
    async with remembering(tmp_path, [*chatter(), car]) as (_, recall):
        question = "Where did I leave the car?"
        told = await recall.find(question, owner=EVERYONE, limit=4, now=LATER)
        assert [one.episode.id for one in told.likely] == ["car"]
        assert len(told.recalled) == 4


async def test_of_two_alike_who_spoke_decides(remembering: Remembering, tmp_path: Path) -> None:
    episodes = [
        *chatter(), said("My favourite colour is green.", "bob", speaker="Bob", session="b"),
        said("My favourite colour is red.", "cleo", speaker="Cleo", session="d"),
    ]  # fmt: skip
    async with remembering(tmp_path, episodes) as (_, recall):
        assert (await found(recall, "What is Bob's favourite colour?"))[0] == "bob"
        assert (await found(recall, "What is Cleo's favourite colour?"))[0] == "cleo"


async def test_of_two_alike_the_one_of_the_time_asked_for_comes_first(remembering: Remembering, tmp_path: Path) -> None:
    old, new = said("I went swimming in the lake.", "old", session="o"), said("I went swimming in the sea.", "new")
    old = Episode(old.id, datetime(2024, 7, 9, tzinfo=UTC), old.session, old.speaker, old.text)
    async with remembering(tmp_path, [*chatter(), old, new]) as (_, recall):
        assert (await found(recall, "where did I go swimming in July 2024"))[0] == "old"
        assert (await found(recall, "where did I go swimming most recently"))[0] == "new"


async def test_each_is_told_their_own_and_what_is_nobodys(remembering: Remembering, tmp_path: Path) -> None:
    episodes = [
        *chatter(),
        said("The code of the safe is 4711.", "ann", owner="Ann"),
        said("The code of the safe is 1234.", "bob", owner="Bob"),
        said("The code of the gate is 99.", "all"),
    ]
    async with remembering(tmp_path, episodes) as (_, recall):
        assert "bob" not in await found(recall, "code of the safe", "Ann", 50)
        assert {"ann", "all"} <= set(await found(recall, "code of the safe", "Ann", 50))
        assert not {"ann", "bob"} & set(await found(recall, "code of the safe", "", 50))
        assert {"ann", "bob"} <= set(await found(recall, "code of the safe", EVERYONE, 50))


async def test_what_is_added_is_found_at_once_and_what_is_forgotten_is_not(
    remembering: Remembering, tmp_path: Path
) -> None:
    async with remembering(tmp_path, chatter()) as (store, recall):
        assert "new" not in await found(recall, "the dentist's telephone number", limit=50)
        await store.append([said("The dentist's telephone number is 55 66 77.", "new")])
        assert (await found(recall, "the dentist's telephone number"))[0] == "new"
        await store.forget(Selection(ids=["new"]))
        assert "new" not in await found(recall, "the dentist's telephone number", limit=50)


async def test_another_process_that_forgets_is_noticed(remembering: Remembering, tmp_path: Path) -> None:
    async with (
        remembering(tmp_path, [*chatter(), said("The dentist is in Elm Street.", "new")]) as (_, recall),
        remembering(tmp_path) as (other, _),
    ):
        assert (await found(recall, "where is the dentist"))[0] == "new"
        await other.forget(Selection(ids=["new"]))
        await other.append([said("The dentist is in Oak Street.", "newer")])
        assert (await found(recall, "where is the dentist"))[0] == "newer"
        assert "new" not in await found(recall, "where is the dentist", limit=50)


async def test_of_what_is_forgotten_no_vector_and_no_count_is_left(remembering: Remembering, tmp_path: Path) -> None:
    def state(connection) -> list:
        tables = ("signs", "pieces", "known")
        return [sorted(connection.execute(f"SELECT * FROM vectors_{table}").fetchall()) for table in tables]

    async with remembering(tmp_path, chatter()) as (store, _):
        before = await store.read(state)
        await store.append([said("Zoë hid the marmalade in the piano.", "new")])
        assert await store.read(state) != before
        await store.forget(Selection(ids=["new"]))
        assert await store.read(state) == before


async def test_built_anew_it_finds_the_same(remembering: Remembering, tmp_path: Path) -> None:
    async with remembering(tmp_path, chatter()) as (store, recall):
        before = await found(recall, "what hurts", limit=8)
        await store.rebuild()
        assert await found(recall, "what hurts", limit=8) == before


@pytest.mark.parametrize("query", ["", "?!", "the of and", '"quoted" NEAR(x) * -', "word " * 3000, "日本", "\x00"])
async def test_any_question_is_searched(remembering: Remembering, tmp_path: Path, query: str) -> None:
    async with remembering(tmp_path, [*chatter(), said("", "empty"), said("...", "dots")]) as (_, recall):
        assert len(await found(recall, query, limit=4)) <= 4


async def test_nothing_is_found_where_nothing_was_said(remembering: Remembering, tmp_path: Path) -> None:
    async with remembering(tmp_path) as (_, recall):
        nothing = await recall.find("anything", owner=EVERYONE, limit=5, now=LATER)
        assert (list(nothing.recalled), nothing.is_known) == ([], False)


async def test_the_event_loop_goes_on_meanwhile(remembering: Remembering, tmp_path: Path) -> None:
    async with remembering(tmp_path, chatter()) as (_, recall):
        search = asyncio.create_task(found(recall, "a long question " * 60))
        used_s, turns = 0.0, 0
        while not search.done():
            began_s = time.thread_time()
            await asyncio.sleep(0)
            used_s, turns = max(used_s, time.thread_time() - began_s), turns + 1
        assert turns > 5 and used_s < 0.005


async def test_of_a_long_conversation_the_evidence_is_found(remembering: Remembering, tmp_path: Path) -> None:
    """conv-30 of LoCoMo, from which no weight of the ranking was learned: 83 % at 10 when this was written."""
    require_data()
    document = json.loads((DATA / "06_memory" / "locomo" / "locomo_dev3.json").read_text(encoding="utf-8"))
    (entry,) = [one for one in document if one["sample_id"] == "conv-30"]
    spoken = entry["conversation"]
    episodes = [
        Episode(
            turn["dia_id"], NOON + timedelta(days=number, seconds=place), f"s{number}", turn["speaker"], turn["text"]
        )
        for number in range(1, 40)
        for place, turn in enumerate(spoken.get(f"session_{number}", ()))
    ]
    shares = []
    async with remembering(tmp_path, episodes) as (_, recall):
        for asked in entry["qa"]:
            if asked["category"] != 5:
                ids = await found(recall, asked["question"], limit=10)
                shares.append(sum(one in ids for one in asked["evidence"]) / len(asked["evidence"]))
    assert len(shares) == 81
    assert sum(shares) / len(shares) > 0.79


async def test_among_few_things_told_what_is_only_near_is_known_and_an_order_is_not(
    remembering: Remembering, tmp_path: Path
) -> None:
    told = [said("My son Tom plays the violin.", "tom"), said("The plumber comes on Thursday at ten.", "plumber")]
    async with remembering(tmp_path, [*chatter(), *told]) as (_, recall):
        assert await is_known(recall, "Any ideas for a present for Tom?")
        assert await is_known(recall, "When is somebody coming to fix the sink?")
        assert not await is_known(recall, "Set a timer for ten minutes.")
        assert not await is_known(recall, "How high is Mount Everest?")


async def test_what_one_told_is_not_known_of_the_other(remembering: Remembering, tmp_path: Path) -> None:
    """Also where the other asked of it, and admired it."""
    lines = [
        ("Bob", "I adopted a puppy from the shelter in Oak Street last week!"),
        ("Cleo", "Wow, that puppy sounds great! What is your puppy called?"),
        ("Bob", "My puppy is called Biscuit. I walk him at the harbour every morning."),
        ("Cleo", "I started a pottery class. I made a blue bowl on Monday."),
        ("Bob", "Your bowl looks lovely! How did you get into pottery?"),
        ("Cleo", "My aunt taught me pottery when I was a child."),
    ]
    episodes = [
        *chatter(),
        *(said(text, f"t{n}", minutes=n, session="t", speaker=name) for n, (name, text) in enumerate(lines)),
    ]
    async with remembering(tmp_path, episodes) as (_, recall):
        assert await is_known(recall, "What is Bob's puppy called?")
        assert await is_known(recall, "Who taught Cleo pottery?")
        assert not await is_known(recall, "What is Cleo's puppy called?")
        assert not await is_known(recall, "Who taught Bob pottery?")
