"""What is heard while something stalls, as timelines of whole sessions in virtual time."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest

from assistant.conversation.decisions import Decision
from assistant.conversation.facts import ClauseReady, Fact, TranscriptRevised
from assistant.conversation.messages import Message
from assistant.conversation.notices import AnswerCaption
from assistant.conversation.policy import TurnPolicy
from assistant.conversation.saying import Saying
from assistant.conversation.turn_taking import Phase, TurnTaking
from audio.devices.protocol import Played
from audio.tts.protocol import SpeechChunk
from tests.assistant.conversation import test_session
from tests.assistant.conversation.scripted import ScriptedModel, ScriptedSpeaker, ScriptedStt, ScriptedTts
from tests.assistant.conversation.test_session import ANSWER, SORRY, Talk, heard

WAIT = Saying("One moment.", (SpeechChunk(np.full(600, 3000, np.int16), 1000, ()),))


@pytest.fixture(autouse=True)
def reassuring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_session, "SORRY", replace(SORRY, reassurance=WAIT))


def sounds(talk: Talk, level: int) -> list[float]:
    """When a sound of this level was heard: 3000 the reassurance, 5000 the answer, 7000 the apology."""
    return [at_s for at_s, samples in talk.speaker.heard if samples.max() == level]


def test_a_slow_answer_is_announced_and_then_given() -> None:
    talk = Talk([(1.0, 2.0)], llm=ScriptedModel([list(ANSWER)], first_s=9.0), policy=TurnPolicy()).run()
    (turn,) = talk.turns
    assert sounds(talk, 3000)[0] - turn.committed_s == pytest.approx(6.0, abs=0.05)
    assert turn.first_audio_out_s == pytest.approx(sounds(talk, 5000)[0], abs=0.001), "it is no part of the answer"
    assert turn.outcome == "answered"
    assert turn.heard_text == turn.answer_text == "It is a lamp. It is on the desk."
    assert next(one.text for one in talk.notices if isinstance(one, AnswerCaption)) == "One moment."


def test_an_answer_that_never_comes_is_announced_and_then_excused() -> None:
    talk = Talk([(1.0, 2.0)], llm=ScriptedModel([list(ANSWER)], first_s=1e4), policy=TurnPolicy()).run()
    (turn,) = talk.turns
    assert turn.outcome == "apologised"
    assert turn.heard_text == "Sorry."
    assert sounds(talk, 3000)[0] < sounds(talk, 7000)[0] < 2.0 + 33


def test_who_speaks_over_the_announcement_is_listened_to() -> None:
    stt = ScriptedStt([(2.0, "what is that"), (10.5, "over there")])
    talk = Talk([(1.0, 2.0), (9.0, 10.5)], stt=stt, llm=ScriptedModel([list(ANSWER)], first_s=8.0), policy=TurnPolicy())
    talk.run()
    (turn,) = talk.turns
    assert turn.user_text == "what is that over there"
    assert turn.outcome == "answered"
    assert max(at_s for at_s in sounds(talk, 3000) if at_s < 10.5) <= 9.0 + 0.35, "silence soon after the onset"


@dataclass
class StallingTts(ScriptedTts):
    """The second clause's voice stops after its first piece, and never comes back."""

    async def synthesize(self, text: str, *, pace: float = 1.0) -> AsyncGenerator[SpeechChunk, None]:
        async for chunk in super().synthesize(text, pace=pace):
            yield chunk
            if "desk" in text:
                await asyncio.sleep(1e4)


def test_a_voice_that_stalls_within_a_clause_is_excused() -> None:
    talk = Talk([(1.0, 2.0)], tts=StallingTts(), policy=TurnPolicy()).run()
    (turn,) = talk.turns
    assert turn.outcome == "apologised"
    assert turn.heard_text == "It is a lamp. It Sorry."
    assert sounds(talk, 7000)[0] - sounds(talk, 5000)[-1] <= TurnPolicy().stalled_s + 0.2


class SilentSpeaker(ScriptedSpeaker):
    """It plays, and never says so."""

    async def reports(self) -> AsyncIterator[Played]:
        async for report in super().reports():
            if report.is_final:
                yield report


def test_a_speaker_that_reports_nothing_holds_no_turn() -> None:
    talk = Talk([(1.0, 2.0), (40.0, 41.0)], stt=ScriptedStt([(2.0, "what is that"), (41.0, "and this")]))
    talk.speaker = SilentSpeaker()
    talk.run()
    assert [turn.outcome for turn in talk.turns] == ["apologised", "apologised"]


class DefectiveReader(ScriptedModel):
    async def warm(self, messages: Sequence[Message]) -> None:
        raise ZeroDivisionError("a defect")


def test_a_model_that_cannot_read_ahead_answers_all_the_same() -> None:
    talk = Talk([(1.0, 2.0)], stt=heard("what is that"), llm=DefectiveReader([list(ANSWER)])).run()
    assert [turn.outcome for turn in talk.turns] == ["answered"]


@pytest.mark.parametrize(
    ("at", "outcomes"), [(TranscriptRevised, ["answered"]), (ClauseReady, ["apologised", "answered"])]
)
def test_a_defect_in_turn_taking_itself_costs_a_turn(
    at: type[Fact], outcomes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    feed, failed = TurnTaking.feed, []

    def failing(machine: TurnTaking, fact: Fact) -> list[Decision]:
        if isinstance(fact, at) and machine.phase is not Phase.LISTENING and not failed:
            failed.append(fact)
            raise ZeroDivisionError("a defect")
        return feed(machine, fact)

    monkeypatch.setattr(TurnTaking, "feed", failing)
    talk = Talk([(1.0, 2.0), (10.0, 11.0)], stt=ScriptedStt([(2.0, "what is that"), (11.0, "and this")]))
    talk.llm.first_s = 1.5  # so that its first clause comes after the commit
    talk.run()
    assert failed
    assert [turn.outcome for turn in talk.turns] == outcomes
    assert talk.turns[-1].user_text == "and this"
    assert [turn.turn_id for turn in talk.turns] == [1, 2][-len(outcomes) :]
    assert bool(sounds(talk, 7000)) == ("apologised" in outcomes)
