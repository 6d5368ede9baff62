"""Who asked to be answered otherwise is, from the very next answer on, and nobody else."""

import threading
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

from assistant.brain.behaviour import Style
from assistant.config import ConversationConfig
from assistant.conversation.history import Exchange, History
from assistant.conversation.notices import PhaseChanged
from assistant.conversation.skill import Asked
from assistant.conversation.speakers import GUEST, Speaker
from assistant.conversation.threads import Threads
from assistant.conversation.turn_taking import Phase
from assistant.manners.manners import STRANGERS_S, Manners
from assistant.manners.wishes import Wishes

BRIEF, TEACHER, FORMAL = "at most twelve words", "step by step", "no contractions"


@dataclass
class House:
    """The manners of a conversation, with a file and a clock of their own."""

    file: Path
    conversation: ConversationConfig = field(default_factory=ConversationConfig)
    tells_apart: bool = True
    clock: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(now_s=1000.0))

    def __post_init__(self) -> None:
        self.threads = Threads(History("", max_turns=6, budget_tokens=900))
        self.manners = Manners(
            lambda: self.conversation, self.threads, Wishes(self.file), self.tells_apart, lambda: self.clock.now_s
        )
        self.manners.open()
        self.manners.follow()

    async def told(self, name: str | None, text: str, *, takes_back: bool = False) -> str:
        reply = await self.manners.answer(Asked(text, speaker=speaker(name)))
        reply.commit()
        if takes_back:
            reply.take_back()
        else:
            reply.heard_out()
        await self.manners.close()
        return reply.text or reply.context

    def prompt(self, name: str | None) -> str:
        return str(self.threads.of(speaker(name)).messages("Why?")[0].content)

    def begins_to_speak(self) -> None:
        self.manners.observe(PhaseChanged(Phase.LISTENING))


def speaker(name: str | None) -> Speaker | None:
    return None if name is None else Speaker(name, 0.9)


def is_kept(file: Path) -> bool:
    return file.exists()


def permissions(file: Path) -> int:
    return file.stat().st_mode


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "manners.json"


async def test_it_is_in_force_in_the_very_next_answer_for_whoever_asked_and_also_after_a_restart(file: Path) -> None:
    house = House(file)
    assert await house.told("Anna", "Be brief.") == "I'll be brief."
    manner = house.threads.of(speaker("Anna")).manner
    assert manner is not None and manner.max_tokens == 40
    assert BRIEF in house.prompt("Anna")
    assert BRIEF not in house.prompt("Bo") and BRIEF not in house.prompt(GUEST)
    assert await house.told("Bo", "Speak formally, please.") == "Certainly. I shall be formal."
    again = House(file)
    assert BRIEF in again.prompt("Anna") and FORMAL in again.prompt("Bo")
    assert permissions(file) & 0o077 == 0


async def test_profile_and_wording_go_together_and_back_to_normal_ends_both(file: Path) -> None:
    house = House(file, ConversationConfig(profile="teacher"))
    await house.told("Anna", "Be brief.")
    await house.told("Anna", "Be more formal.")
    assert BRIEF in house.prompt("Anna") and FORMAL in house.prompt("Anna") and TEACHER not in house.prompt("Anna")
    await house.told("Anna", "Stop being so formal.")
    assert BRIEF in house.prompt("Anna") and FORMAL not in house.prompt("Anna")
    assert await house.told("Anna", "Back to normal.") == "Back to normal."
    assert TEACHER in house.prompt("Anna") and BRIEF not in house.prompt("Anna")
    assert not is_kept(file), "nothing is wished for, and nothing kept"


async def test_what_was_taken_back_was_never_in_force(file: Path) -> None:
    house = House(file)
    await house.told("Anna", "Be brief.", takes_back=True)
    assert BRIEF not in house.prompt("Anna")
    assert not is_kept(file)


async def test_what_is_wished_last_is_what_is_kept(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house, later = House(file), threading.Event()
    keep = house.manners.wishes.keep

    def slow_at_first(name: str, style: Style) -> None:
        if style != Style():
            later.wait(0.2)  # were it not waited for, what is kept after it would be overwritten
        keep(name, style)
        later.set()

    monkeypatch.setattr(house.manners.wishes, "keep", slow_at_first)
    await house.told("Anna", "Be brief.", takes_back=True)
    assert not is_kept(file)


async def test_it_explains_what_it_has_just_said_like_a_teacher(file: Path) -> None:
    house = House(file)
    assert await house.told("Anna", "Explain it like a teacher.") == "I'll explain things like a teacher."
    house.threads.of(speaker("Anna")).append(Exchange("Why is the sky blue?", "Air scatters blue light."))
    context = await house.told("Anna", "Explain it like a teacher.")
    assert TEACHER in context and "Hearthside" not in context, "the model is asked, and told how to answer"


async def test_guests_have_a_style_of_theirs_and_what_one_wished_for_lapses(file: Path) -> None:
    house = House(file, ConversationConfig(for_guests="formal"))
    assert FORMAL in house.prompt(GUEST) and FORMAL not in house.prompt("Anna")
    await house.told(GUEST, "Be brief.")
    assert BRIEF in house.prompt(GUEST) and FORMAL in house.prompt(GUEST)
    assert not is_kept(file), "strangers leave nothing"
    house.clock.now_s += STRANGERS_S + 1
    house.begins_to_speak()
    await house.manners.close()
    assert BRIEF not in house.prompt(GUEST) and FORMAL in house.prompt(GUEST)


async def test_where_strangers_speak_nothing_is_kept_and_where_one_lives_it_is(file: Path) -> None:
    public = House(file, ConversationConfig(public=True), tells_apart=False)
    await public.told(None, "Be brief.")
    assert BRIEF in public.prompt(None) and not is_kept(file)
    await House(file, tells_apart=False).told(None, "Be brief.")
    assert BRIEF in House(file, tells_apart=False).prompt(None)


async def test_a_way_of_answering_that_is_not_there_changes_nothing_and_says_so(file: Path) -> None:
    house = House(file)
    assert await house.told("Anna", "Use the pirate style.") == "I don't know a way of answering called pirate."
    assert house.prompt("Anna") == house.prompt("Bo")


async def test_another_configuration_is_in_force_under_what_was_wished_for(file: Path) -> None:
    house = House(file)
    await house.told("Anna", "Be more formal.")
    house.conversation = ConversationConfig(profile="teacher")
    house.manners.again()
    assert TEACHER in house.prompt("Anna") and FORMAL in house.prompt("Anna") and TEACHER in house.prompt("Bo")


async def test_a_style_of_ones_own_that_is_changed_is_in_force_at_the_next_turn(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.brain.behaviour.user_config_path", lambda _: tmp_path)
    (tmp_path / "profiles").mkdir()
    captain = tmp_path / "profiles" / "captain.toml"
    captain.write_text('instructions = "You are a captain."')
    house = House(file)
    await house.told("Anna", "Use the captain style.")
    assert "You are a captain." in house.prompt("Anna")
    captain.write_text('instructions = "You are an admiral."')
    house.begins_to_speak()
    await house.manners.close()
    assert "admiral" in house.prompt("Anna") and "admiral" not in house.prompt("Bo")
    captain.write_text("instructions =")
    house.begins_to_speak()
    await house.manners.close()
    assert "admiral" in house.prompt("Anna"), "what cannot be used changes nothing"


def test_who_is_forgotten_is_forgotten_here_too(file: Path) -> None:
    wishes = Wishes(file)
    for name in ("Anna", "Bo", ""):
        wishes.keep(name, Style(profile="brief"))
    wishes.forget("  anna ")
    assert set(wishes.all()) == {"Bo", ""}
    wishes.forget()
    assert set(wishes.all()) == {""}
    file.write_text("[1]")
    assert wishes.all() == {}
