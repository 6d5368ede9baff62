"""Conversations in virtual time whose microphone goes and comes: what is heard of it, and what is remembered."""

import numpy as np
import pytest

from assistant.conversation.announcements import Announcement, Device
from assistant.conversation.notices import AnswerCaption, DevicePresence, PhaseChanged
from assistant.conversation.turn_taking import Phase
from tests.assistant.conversation.test_session import ANSWER, Talk, heard

GONE, BACK = 6000, 6100
"""Levels of the two announcements' sounds, each half a second long."""


def announced(talk: Talk, level: int) -> list[float]:
    """When the first samples of this announcement were heard, its parts in one."""
    times = [at_s for at_s, samples in talk.speaker.heard if (np.abs(samples) == level).any()]
    return [at_s for number, at_s in enumerate(times) if number == 0 or at_s - times[number - 1] > 0.1]


def test_it_says_that_it_cannot_hear_and_that_it_can_again_and_remembers_neither() -> None:
    talk = Talk([(1.0, 2.0), (14.0, 15.0)], end_s=15.1, lost=((6.0, 10.0),))
    talk.stt = heard("what is that")
    talk.stt.said = [(2.0, "what is that"), (15.0, "and that")]
    talk.run()
    assert announced(talk, GONE) == [pytest.approx(7.0, abs=0.05)]
    assert announced(talk, BACK) == [pytest.approx(10.7, abs=0.05)]
    assert [turn.user_text for turn in talk.turns] == ["what is that", "and that"]
    prompt = str(talk.llm.prompts[-1])
    assert "microphone" not in prompt
    captions = [notice.text for notice in talk.notices if isinstance(notice, AnswerCaption)]
    assert [text for text in captions if "microphone" in text] == [one.value for one in Announcement]
    presence = [notice for notice in talk.notices if isinstance(notice, DevicePresence)]
    assert presence == [DevicePresence(Device.MICROPHONE, "unplugged"), DevicePresence(Device.MICROPHONE, "")]


def test_an_answer_is_finished_before_the_loss_is_announced() -> None:
    talk = Talk([(1.0, 2.0)], end_s=8.0, lost=((2.8, 6.5),))
    talk.run()
    (turn,) = talk.turns
    assert turn.heard_text == "".join(ANSWER)
    last_s = max(at_s for at_s, samples in talk.speaker.heard if (np.abs(samples) == 5000).any())
    assert announced(talk, GONE)[0] > last_s
    assert announced(talk, BACK)


def test_who_speaks_at_once_is_answered_and_told_nothing() -> None:
    talk = Talk([(1.0, 2.0), (10.2, 11.0)], end_s=11.1, lost=((6.0, 10.0),))
    talk.stt.said = [(2.0, "what is that"), (11.0, "and that")]
    talk.run()
    assert announced(talk, GONE)
    assert not announced(talk, BACK)
    assert [turn.outcome for turn in talk.turns] == ["answered", "answered"]


def test_who_speaks_over_the_announcement_gets_the_floor() -> None:
    talk = Talk([(10.9, 12.0)], end_s=12.1, lost=((6.0, 10.0),))
    talk.stt.said = [(12.0, "what is that")]
    talk.run()
    (began_s,) = announced(talk, BACK)
    said_s = 0.02 * sum((np.abs(samples) == BACK).any() for _, samples in talk.speaker.heard)
    assert said_s < 0.45, "it was cut"
    assert began_s == pytest.approx(10.7, abs=0.05)
    (turn,) = talk.turns
    assert (turn.user_text, turn.outcome) == ("what is that", "answered")
    assert turn.speech_start_s == pytest.approx(10.9, abs=0.03)


def test_an_announcement_opens_no_follow_up() -> None:
    talk = Talk([(11.5, 12.5)], end_s=13.0, lost=((6.0, 10.0),), called_s=())
    talk.run()
    assert announced(talk, BACK)
    assert not talk.turns, "nobody called it"
    phases = [notice.phase for notice in talk.notices if isinstance(notice, PhaseChanged)]
    assert Phase.LISTENING not in phases
