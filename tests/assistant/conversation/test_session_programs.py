"""Conversations in virtual time, to which other programs turn: what is said for them, what they hear of the user."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from assistant.conversation.attention import Mode
from assistant.conversation.controls import ControlError, Controls, Said
from assistant.conversation.notices import PhaseChanged, SaidForProgram
from assistant.conversation.programs import MOST_WAITING
from tests.assistant.conversation.scripted import ScriptedStt, ScriptedTts
from tests.assistant.conversation.test_session import Talk, heard

NEWS = "The build is done. It took two minutes."


@dataclass
class Program:
    """Asks the conversation for things, and keeps what came of each, and when."""

    came: list[tuple[float, object]] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def asks(self, request: Callable[[Controls], Awaitable[object]]) -> Callable[[Controls], None]:
        async def ask(controls: Controls) -> None:
            try:
                result: object = await request(controls)
            except ControlError as error:
                result = str(error)
            self.came.append((asyncio.get_running_loop().time(), result))

        return lambda controls: self.tasks.append(asyncio.ensure_future(ask(controls)))

    def says(self, text: str = NEWS, *, within_s: float = 30.0) -> Callable[[Controls], None]:
        return self.asks(lambda controls: controls.say(text, within_s=within_s))

    def listens(self, *, within_s: float = 30.0) -> Callable[[Controls], None]:
        return self.asks(lambda controls: controls.listen(within_s=within_s))

    @property
    def results(self) -> list[object]:
        return [result for _, result in self.came]


@pytest.fixture
def program() -> Program:
    return Program()


def test_what_a_program_wants_said_is_said_and_remembered(program: Program) -> None:
    stt = ScriptedStt([(9.0, "what is that")])
    talk = Talk([(8.0, 9.0)], stt=stt, controlled=((1.0, program.says()),)).run()
    assert program.results == [Said(NEWS, NEWS, is_interrupted=False)]
    assert talk.sounding_s()[0] == pytest.approx(1.15, abs=0.1)
    prompt = [(message.role, message.content) for message in talk.llm.prompts[-1]]
    assert prompt[2:] == [("assistant", NEWS), ("user", "what is that")]
    assert [notice.said.heard_text for notice in talk.notices if isinstance(notice, SaidForProgram)] == [NEWS]


def test_it_is_not_said_over_the_user_nor_over_the_answer(program: Program) -> None:
    talk = Talk([(1.0, 2.0)], controlled=((1.5, program.says()),), end_s=12.0).run()
    (turn,) = talk.turns
    assert turn.outcome == "answered"
    assert program.results == [Said(NEWS, NEWS, is_interrupted=False)]
    assert turn.first_audio_out_s is not None
    answer_s = 0.1 * len(turn.answer_text.split())
    silent = [at_s for at_s in talk.sounding_s() if at_s > turn.first_audio_out_s + answer_s + 0.1]
    assert silent[0] >= turn.first_audio_out_s + answer_s + 0.65, "a pause is left after the answer"


def test_who_speaks_over_it_is_answered_and_the_program_is_told_how_much_was_heard(program: Program) -> None:
    stt = ScriptedStt([(3.0, "never mind that")])
    talk = Talk([(1.6, 3.0)], stt=stt, controlled=((1.0, program.says()),), end_s=9.0).run()
    (said,) = program.results
    assert isinstance(said, Said) and said.is_interrupted
    assert said.heard_text and NEWS.startswith(said.heard_text) and len(said.heard_text) < len(NEWS)
    (turn,) = talk.turns
    assert (turn.user_text, turn.outcome) == ("never mind that", "answered")
    assert talk.llm.prompts[-1][2].content == said.heard_text + "—"


def test_the_emergency_stop_silences_it_and_nothing_more_is_said(program: Program) -> None:
    wanted = ((1.0, program.says()), (1.1, program.says("And more.")), (3.0, program.says("Now?")))
    talk = Talk([], controlled=wanted, stopped_s=(1.6, 5.0), end_s=6.0).run()
    waiting, said, late = program.results
    assert "everything was stopped" in str(waiting) and "everything was stopped" in str(late)
    assert isinstance(said, Said) and said.is_interrupted and 0 < len(said.heard_text) < len(NEWS)
    assert max(talk.sounding_s()) < 1.7


def test_a_program_that_goes_away_is_spoken_for_no_longer(program: Program) -> None:
    gone = ((1.0, program.says()), (1.6, lambda controls: program.tasks[0].cancel()))
    talk = Talk([], controlled=gone, end_s=4.0).run()
    assert program.results == []
    assert max(talk.sounding_s()) < 1.7


def test_what_finds_no_pause_in_time_is_not_said(program: Program) -> None:
    talk = Talk([(1.0, 6.0)], stt=heard(), controlled=((1.5, program.says(within_s=2.0)),), end_s=12.0).run()
    assert "within 2 s" in str(program.results[0])
    assert not [one for one in talk.notices if isinstance(one, SaidForProgram)]


@pytest.mark.parametrize(
    ("text", "tts", "why"),
    [("🙂", ScriptedTts(), "nothing"), (NEWS, ScriptedTts(fails=lambda text: "build" in text), "the voice broke")],
)
def test_what_cannot_be_spoken_is_not_begun(program: Program, text: str, tts: ScriptedTts, why: str) -> None:
    talk = Talk([], tts=tts, controlled=((1.0, program.says(text)),), end_s=4.0).run()
    assert why in str(program.results[0])
    assert not talk.sounding_s()


def test_a_voice_that_breaks_in_the_middle_ends_it_and_the_program_is_told_how_much_was_heard(program: Program) -> None:
    later = " ".join(f"And this is sentence number {number}." for number in range(5))
    broken = ScriptedTts(fails=lambda text: "number 4" in text or "four" in text)
    Talk([], tts=broken, controlled=((1.0, program.says(later)),), end_s=9.0).run()
    (said,) = program.results
    assert isinstance(said, Said) and said.is_interrupted
    assert "number 1." in said.heard_text and later.startswith(said.heard_text)


def test_a_long_text_is_begun_before_all_of_it_is_spoken(program: Program) -> None:
    long = " ".join(f"And this is sentence number {number}." for number in range(20))
    talk = Talk([], tts=ScriptedTts(takes_s=0.3), controlled=((1.0, program.says(long)),), end_s=30.0).run()
    assert program.results == [Said(long, long, is_interrupted=False)]
    assert talk.sounding_s()[0] < 1.8


def test_what_a_program_hears_is_neither_answered_nor_remembered(program: Program) -> None:
    stt = ScriptedStt([(3.0, "go ahead"), (9.0, "what is that")])
    talk = Talk([(2.0, 3.0), (8.0, 9.0)], stt=stt, controlled=((1.0, program.listens()),)).run()
    ((at_s, words),) = program.came
    assert (words, at_s) == ("go ahead", pytest.approx(3.6, abs=0.1))
    first, second = talk.turns
    assert (first.route, first.answer_text, second.route) == ("program", "", "llm")
    assert [[message.content for message in prompt] for prompt in talk.llm.prompts] == [["Be brief.", "what is that"]]
    assert not talk.llm.warmed or "go ahead" not in str(talk.llm.warmed)


def test_a_program_is_heard_out_after_its_time_and_told_where_nobody_spoke(program: Program) -> None:
    stt = ScriptedStt([(4.0, "go ahead")])
    wanted = ((1.0, program.listens(within_s=2.0)), (6.0, program.listens(within_s=2.0)))
    Talk([(2.5, 4.0)], stt=stt, controlled=wanted, end_s=10.0).run()
    assert program.results == ["go ahead", None]
    assert program.came[1][0] == pytest.approx(8.0, abs=0.1)


def test_where_wake_words_are_needed_the_user_is_awake_for_the_program_and_for_nobody_afterwards(
    program: Program,
) -> None:
    stt = ScriptedStt([(12.0, "go ahead"), (16.0, "and now something else")])
    talk = Talk([(11.0, 12.0), (15.0, 16.0)], stt=stt, called_s=(), controlled=((1.0, program.listens()),), end_s=17.0)
    talk.run()
    assert program.results == ["go ahead"]
    assert [turn.user_text for turn in talk.turns] == ["go ahead"]
    awake = [notice.is_awake for notice in talk.notices if isinstance(notice, PhaseChanged)]
    assert (awake[0], awake[-1]) == (False, False) and True in awake


def test_where_a_key_is_needed_a_program_does_not_do_without(program: Program) -> None:
    stt = ScriptedStt([(3.0, "not for you"), (6.0, "go ahead")])
    by_key = ((4.9, lambda controls: controls.press()), (6.1, lambda controls: controls.release()))
    speech = [(2.0, 3.0), (5.0, 6.0)]
    wanted = ((1.0, program.listens()), *by_key)
    Talk(speech, stt=stt, mode=Mode.PUSH_TO_TALK, controlled=wanted, end_s=9.0).run()
    assert program.results == ["go ahead"]


def test_nobody_listens_through_a_muted_microphone(program: Program) -> None:
    muted = ((2.0, lambda controls: controls.mute(is_muted=True)), (3.0, program.listens()))
    Talk([], controlled=((1.0, program.listens()), *muted), end_s=5.0).run()
    assert program.results == ["the microphone is muted"] * 2
    assert [round(at_s) for at_s, _ in program.came] == [2, 3]


def test_there_is_an_end_to_the_programs_that_wait(program: Program) -> None:
    Talk([], controlled=tuple((1.0, program.listens()) for _ in range(MOST_WAITING + 1)), end_s=3.0).run()
    assert [str(result).partition(":")[0] for result in program.results[:1]] == ["busy"]
    assert program.results[1:] == ["the conversation is over"] * MOST_WAITING
