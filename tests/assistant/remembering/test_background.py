"""What a question is told while it is being said, and to whom."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from assistant.brain.context.clock_source import ClockSource
from assistant.brain.context.orchestrator import Orchestrator
from assistant.brain.context.source import LeftOut, Wanted
from assistant.conversation.skill import Asked
from assistant.conversation.speakers import Speaker, unknown
from assistant.conversation.told import NOTHING, Background
from assistant.memory.episodes import Episode, Sensitivity
from assistant.memory.recall import Found, Recalled
from assistant.remembering.background import AHEAD_S, BEGUN_S, FEWEST, MOST, MemorySource, OrchestratedBackground

MONDAY = datetime(2026, 11, 16, 9, 0, 30, tzinfo=UTC)
ANN, BOB = Speaker("Ann", 0.9), Speaker("Bob", 0.9)


@dataclass
class Hers:
    """Knows something of everybody."""

    name: str = "memories"
    priority: int = 60
    budget_tokens: int = 100
    deadline_s: float = 5.0
    says: str = "likes tea"
    wanted: list[Wanted] = field(default_factory=list)

    async def tell(self, wanted: Wanted) -> str:
        self.wanted.append(wanted)
        return "" if wanted.speaker is None else f"{wanted.speaker or 'Somebody'} {self.says}."


@dataclass
class Now:
    at: datetime = MONDAY

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=20)
        return self.at


def background(source: Hers) -> OrchestratedBackground:
    sources = (ClockSource(local=lambda at: at), source)
    return OrchestratedBackground(Orchestrator(sources, budget_tokens=100, count=len), Now())


async def test_the_time_is_that_when_the_question_was_begun() -> None:
    asked = background(Hers())
    told = await asked.ahead(Asked("Do I"), NOTHING)
    assert told.before[0] == "It is Monday, 16 November 2026, 09:00."
    later = await asked.ahead(Asked("Do I like tea"), told)
    assert (await asked.note(Asked("Do I like tea?"), later)).before[0] == told.before[0]
    another = await asked.ahead(Asked("And coffee"), NOTHING)
    assert another.before[0] == "It is Monday, 16 November 2026, 09:01."


async def test_nobody_is_told_what_was_found_for_somebody_else() -> None:
    for first, then in ((ANN, BOB), (ANN, unknown()), (unknown(), ANN)):
        asked = background(Hers())
        told = await asked.ahead(Asked("Do I like tea", speaker=first), NOTHING)
        last = await asked.note(Asked("Do I like tea?", speaker=then), told)
        assert told.whose == (None if first.is_guest else first.name)
        assert last.whose == (None if then.is_guest else then.name)
        said = " ".join(last.before + last.behind)
        assert first.name not in said or first.is_guest
        assert (f"{then.name} likes tea." in said) is not then.is_guest
        assert last.behind == ()


async def test_what_was_found_before_something_was_forgotten_is_told_no_more() -> None:
    asked = background(source := Hers())
    told = await asked.ahead(Asked("Do I like tea"), NOTHING)
    assert "Somebody likes tea." in told.before
    asked.forget()
    source.says = "nothing"
    last = await asked.note(Asked("Do I like tea?"), told)
    assert "tea" not in str(last)


async def test_what_nobody_waits_for_may_take_longer() -> None:
    asked = background(source := Hers())
    told = await asked.ahead(Asked("Do I like tea"), NOTHING)
    await asked.note(Asked("Do I like tea?"), told)
    await asked.note(Asked("Do I like tea?"), None)
    assert [wanted.within_s for wanted in source.wanted] == [AHEAD_S, BEGUN_S, None]


async def test_of_the_first_words_nothing_is_remembered() -> None:
    class Never:
        async def find(self, *_: object, **__: object) -> object:
            raise AssertionError("it was asked")

    source = MemorySource(Never(), is_remote=False)  # type: ignore[arg-type]
    few = " ".join(["what"] * (FEWEST - 1))
    assert await source.tell(Wanted(few, MONDAY, is_whole=False)) == ""


def said(text: str, *, private: bool = False) -> Episode:
    return Episode(text, MONDAY, "monday", "", text, sensitivity=Sensitivity.PRIVATE if private else Sensitivity.NORMAL)


class Knows:
    """Finds these, the first first."""

    def __init__(self, *texts: str, private: str = "") -> None:
        self.looks = 0
        self.found = [Recalled(said(text, private=bool(private) and private in text), 1.0, "episode") for text in texts]

    async def search(self, query: str, *, owner: str = "", limit: int, now: datetime) -> list[Recalled]:
        return self.found[:limit]

    async def find(self, query: str, *, owner: str = "", limit: int, now: datetime) -> Found:
        self.looks += 1
        return Found(self.found[:limit], True, self.found[:limit])


async def test_that_something_was_asked_before_tells_nothing() -> None:
    questions = [f"Do I like tea number {number}?" for number in range(MOST)]
    source = MemorySource(Knows("tell me a joke.", *questions, "I only like bad jokes."), is_remote=False)
    told = await source.tell(Wanted("Tell me a joke", MONDAY))
    assert told == "Today the user said: “I only like bad jokes.”."
    with pytest.raises(LeftOut, match="nothing that is remembered"):
        await MemorySource(Knows(*questions), is_remote=False).tell(Wanted("Do I like tea?", MONDAY))


async def test_what_is_private_takes_the_place_of_nothing_that_may_be_told() -> None:
    recall = Knows(*(f"I hid key {number}." for number in range(MOST)), "I hid the spade.", private="key")
    told = await MemorySource(recall, is_remote=True).tell(Wanted("What did I hide?", MONDAY))
    assert told == "Today the user said: “I hid the spade.”."


async def test_what_was_looked_for_while_it_was_said_is_not_looked_for_again() -> None:
    source = MemorySource(recall := Knows("I like tea."), is_remote=False)
    for said in ("Do I like", "Do I like tea", "do I like tea?"):
        assert "I like tea" in await source.tell(Wanted(said, MONDAY, is_whole=said.endswith("?")))
    assert recall.looks == 2
    recall.found = []
    source.forget()
    with pytest.raises(LeftOut):
        await source.tell(Wanted("Do I like tea?", MONDAY))
    for other in (Wanted("Do I like tea?", MONDAY + timedelta(seconds=9)), Wanted("Do I like tea?", MONDAY, "Ann")):
        before = recall.looks
        with pytest.raises(LeftOut):
            await source.tell(other)
        assert recall.looks == before + 1


async def test_what_is_told_ahead_and_behind_is_all_that_is_known() -> None:
    asked = background(Hers())
    told = await asked.note(Asked("Do I like tea?"), Background(("It is late.",)))
    assert told.before == ("It is late.",)
    assert set(told.behind) == {"It is Monday, 16 November 2026, 09:00.", "Somebody likes tea."}
