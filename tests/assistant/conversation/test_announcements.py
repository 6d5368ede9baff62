"""What it says of itself, unasked: when, and when not."""

from assistant.conversation.announcements import QUIET_FOR_S, SAID_AFTER_S, Announcement, Announcements, Device
from assistant.conversation.decisions import Announce, Decision, EndTurn, GoOn, Hush, Outcome, StopSpeaking
from assistant.conversation.facts import (
    AnswerComplete,
    Called,
    ClausePlayed,
    ClauseReady,
    ClockReached,
    DeviceBack,
    DeviceLost,
    EndOfTurnEstimated,
    Fact,
    OverlapRevised,
    SpeechPaused,
    SpeechStarted,
    TranscriptRevised,
)
from assistant.conversation.policy import TurnPolicy
from assistant.conversation.turn_taking import Phase, TurnTaking

MICROPHONE, SPEAKER = Device.MICROPHONE, Device.SPEAKER
GONE, BACK = Announcement.MICROPHONE_GONE, Announcement.MICROPHONE_BACK


def test_a_short_loss_is_not_worth_a_word() -> None:
    it = Announcements()
    it.lost(MICROPHONE, 1.0)
    assert it.due(1.0 + SAID_AFTER_S - 0.02) is None
    it.back(MICROPHONE, 1.9)
    assert [it.due(at_s) for at_s in (2.0, 3.0, 30.0)] == [None] * 3


def test_a_loss_and_its_end_are_said_once_each() -> None:
    it = Announcements()
    it.lost(MICROPHONE, 1.0)
    assert [it.due(at_s) for at_s in (1.5, 2.0, 2.5, 60.0)] == [None, GONE, None, None]
    it.back(MICROPHONE, 60.0)
    assert [it.due(at_s) for at_s in (60.5, 60.8, 61.0, 90.0)] == [None, BACK, None, None]
    it.lost(MICROPHONE, 100.0)
    assert it.due(101.0) is GONE


def test_a_loose_contact_is_announced_once_and_so_is_that_it_holds() -> None:
    it = Announcements()
    it.lost(MICROPHONE, 1.0)
    assert it.due(2.0) is GONE
    for at_s in (3.0, 4.5, 6.0):
        it.back(MICROPHONE, at_s)
        assert it.due(at_s + QUIET_FOR_S - 0.1) is None
        it.lost(MICROPHONE, at_s + QUIET_FOR_S - 0.1)
        assert it.due(at_s + 1.2) is None
    it.back(MICROPHONE, 8.0)
    assert it.due(8.0 + QUIET_FOR_S) is BACK


def test_who_speaks_as_the_microphone_comes_back_needs_no_word_of_it() -> None:
    it = Announcements()
    it.lost(MICROPHONE, 1.0)
    assert it.due(2.0) is GONE
    it.back(MICROPHONE, 5.0)
    it.user_spoke()
    assert it.due(6.0) is None
    it.lost(MICROPHONE, 10.0)
    assert it.due(11.0) is GONE


def test_without_a_speaker_nothing_is_said_and_what_became_untrue_never() -> None:
    it = Announcements()
    it.lost(SPEAKER, 1.0)
    it.lost(MICROPHONE, 1.0)
    assert it.due(5.0) is None
    it.back(SPEAKER, 6.0)
    it.back(MICROPHONE, 6.0)
    assert [it.due(at_s) for at_s in (6.0, 7.0, 9.0)] == [None] * 3


def test_the_speaker_is_not_announced() -> None:
    it = Announcements()
    it.lost(SPEAKER, 1.0)
    it.back(SPEAKER, 5.0)
    assert [it.due(at_s) for at_s in (5.0, 6.0, 9.0)] == [None] * 3


def told(machine: TurnTaking, *facts: Fact) -> list[Decision]:
    return [decision for fact in facts for decision in machine.feed(fact)]


def announcing(*, interruptible: bool = True) -> TurnTaking:
    """It has just begun to say, at 2 s, that its microphone is gone."""
    machine = TurnTaking(TurnPolicy(interruptible=interruptible))
    assert told(machine, DeviceLost(1.0, MICROPHONE), ClockReached(1.98)) == []
    assert told(machine, ClockReached(2.0)) == [Announce(1, 1, GONE)]
    assert machine.phase is Phase.ANSWERING
    return machine


def test_it_is_a_turn_of_one_clause_that_ends_when_it_is_heard() -> None:
    machine = announcing()
    assert told(machine, ClockReached(3.0)) == []
    assert told(machine, ClausePlayed(4.0, 1, 1, 0)) == [EndTurn(1, 1, Outcome.ANSWERED)]
    assert machine.phase is Phase.IDLE


def test_it_waits_until_the_answer_is_over() -> None:
    machine = TurnTaking()
    told(
        machine, SpeechStarted(1.0, 0.94), SpeechPaused(2.06, 2.0), TranscriptRevised(2.1, 1, 2.1, "what is that", 0.9)
    )
    decisions = told(machine, EndOfTurnEstimated(2.3, 1, 2.0, "what is that", 1.0), ClockReached(2.4))
    assert machine.phase is Phase.ANSWERING, decisions
    told(machine, ClauseReady(2.5, 1, 1, 0), AnswerComplete(2.5, 1, 1, 1), DeviceLost(2.5, MICROPHONE))
    assert told(machine, *(ClockReached(3.0 + at_s) for at_s in range(3))) == []
    assert told(machine, ClausePlayed(6.0, 1, 1, 0)) == [EndTurn(1, 1, Outcome.ANSWERED)]
    assert told(machine, ClockReached(6.02)) == [Announce(2, 1, GONE)]


def test_it_waits_while_the_user_speaks_or_may_be_beginning_to() -> None:
    machine = announcing()
    told(machine, ClausePlayed(4.0, 1, 1, 0), DeviceBack(5.0, MICROPHONE))
    assert told(machine, ClockReached(6.0, may_be_speech=True)) == []
    assert told(machine, ClockReached(6.02)) == [Announce(2, 1, BACK)]


def test_an_interrupted_announcement_gives_the_floor_to_what_is_said_over_it() -> None:
    machine = announcing()
    told(machine, ClausePlayed(3.0, 1, 1, 0), DeviceBack(3.0, MICROPHONE))
    assert told(machine, ClockReached(3.8)) == [Announce(2, 1, BACK)]
    assert told(machine, SpeechStarted(4.2, 4.14))[0] == Hush(2, 1)
    decisions = told(machine, OverlapRevised(4.8, 2, 4.8, "what time is it"))
    assert decisions[:2] == [StopSpeaking(2, 1), EndTurn(2, 1, Outcome.INTERRUPTED, "the user spoke")]
    assert machine.turn == 3
    assert machine.is_user_heard


def test_its_own_echo_does_not_stop_it() -> None:
    machine = announcing()
    told(machine, SpeechStarted(2.6, 2.5))
    decisions = told(machine, SpeechPaused(3.0, 2.9), OverlapRevised(3.1, 1, 3.1, "the microphone", is_echo=True))
    assert GoOn(1, 1) in decisions
    assert machine.phase is Phase.ANSWERING


def test_a_wake_word_ends_it() -> None:
    decisions = told(announcing(), Called(2.5))
    assert decisions == [StopSpeaking(1, 1), EndTurn(1, 1, Outcome.INTERRUPTED, "it was called")]


def test_a_speaker_that_swallows_it_is_not_waited_for_for_ever() -> None:
    machine = announcing()
    assert told(machine, ClockReached(11.9)) == []
    assert [type(decision) for decision in told(machine, ClockReached(12.0))] == [StopSpeaking, EndTurn]
    assert machine.phase is Phase.IDLE
