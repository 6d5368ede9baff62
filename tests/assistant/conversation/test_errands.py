"""What other programs want said and heard: when it begins, and who gets the user's words."""

from assistant.conversation.announcements import Device
from assistant.conversation.decisions import (
    Announce,
    Commit,
    Decision,
    EndTurn,
    Hush,
    ListenFor,
    Outcome,
    SayFor,
    StopSpeaking,
)
from assistant.conversation.errands import QUIET_FOR_S, Errand, Errands
from assistant.conversation.facts import (
    ClausePlayed,
    ClockReached,
    DeviceBack,
    DeviceLost,
    EmergencyStopped,
    EndOfTurnEstimated,
    ErrandCalledOff,
    Fact,
    ListenWanted,
    Muted,
    OverlapRevised,
    SayWanted,
    SpeechPaused,
    SpeechStarted,
    TranscriptionFailed,
    TranscriptRevised,
)
from assistant.conversation.turn_taking import Phase, TurnTaking


def told(machine: TurnTaking, *facts: Fact) -> list[Decision]:
    return [decision for fact in facts for decision in machine.feed(fact)]


def saying() -> TurnTaking:
    """It has just begun to say the two clauses of errand 7, at 2 s."""
    machine = TurnTaking()
    assert told(machine, ClockReached(1.0), SayWanted(1.5, 7, 2), ClockReached(1.0 + QUIET_FOR_S - 0.02)) == []
    assert told(machine, ClockReached(2.0)) == [SayFor(1, 1, 7, 2)]
    return machine


def listening() -> TurnTaking:
    """Errand 7 hears the user from 2 s on."""
    machine = TurnTaking()
    assert told(machine, ClockReached(1.0), ListenWanted(1.5, 7), ClockReached(2.0)) == [ListenFor(0, 7)]
    return machine


def test_they_take_turns_and_only_one_of_them_hears_the_user() -> None:
    it = Errands()
    for errand in (Errand(1), Errand(2), Errand(3, clauses=1)):
        it.want(errand)
    assert it.due(5.0) is None, "it must have been quiet for a moment"
    assert [it.due(5.0 + QUIET_FOR_S) for _ in range(3)] == [Errand(1), Errand(3, 1), None]
    it.call_off(1)
    assert it.due(9.0) == Errand(2)


def test_a_pause_is_waited_for_anew_when_somebody_had_the_floor() -> None:
    it = Errands()
    it.want(Errand(1, clauses=1))
    assert it.due(1.0) is None
    it.floor_taken()
    assert it.due(3.0) is None
    assert it.due(3.0 + QUIET_FOR_S) == Errand(1, 1)


def test_what_is_said_ends_when_its_last_clause_was_heard() -> None:
    machine = saying()
    assert told(machine, ClausePlayed(3.0, 1, 1, 0), ClockReached(3.5)) == []
    assert told(machine, ClausePlayed(4.0, 1, 1, 1)) == [EndTurn(1, 1, Outcome.ANSWERED)]


def test_who_speaks_over_it_gets_the_floor_and_is_answered() -> None:
    machine = saying()
    assert told(machine, SpeechStarted(2.6, 2.5))[0] == Hush(1, 1)
    decisions = told(machine, OverlapRevised(3.2, 1, 3.2, "what time is it"))
    assert decisions[:2] == [StopSpeaking(1, 1), EndTurn(1, 1, Outcome.INTERRUPTED, "the user spoke")]
    assert machine.is_user_heard


def test_it_waits_while_the_user_speaks_and_while_it_could_not_be_heard() -> None:
    machine = TurnTaking()
    told(machine, ClockReached(1.0), SayWanted(1.0, 7, 1), SpeechStarted(1.5, 1.44))
    assert not [one for one in told(machine, ClockReached(3.0), ClockReached(4.0)) if isinstance(one, SayFor)]
    machine = TurnTaking()
    told(machine, ClockReached(1.0), SayWanted(1.0, 7, 1), DeviceLost(1.1, Device.SPEAKER))
    assert told(machine, ClockReached(9.0)) == []
    assert told(machine, DeviceBack(9.1, Device.SPEAKER), ClockReached(9.2), ClockReached(10.0)) == [SayFor(1, 1, 7, 1)]


def test_its_own_announcements_come_first() -> None:
    machine = TurnTaking()
    told(machine, ClockReached(1.0), SayWanted(1.0, 7, 1), DeviceLost(1.0, Device.MICROPHONE))
    (first,) = told(machine, ClockReached(2.0))
    assert isinstance(first, Announce)


def test_what_is_called_off_is_not_said_or_no_further() -> None:
    machine = TurnTaking()
    assert told(machine, ClockReached(1.0), SayWanted(1.0, 7, 1), ErrandCalledOff(1.5, 7), ClockReached(9.0)) == []
    machine = saying()
    assert told(machine, ErrandCalledOff(2.5, 8)) == []
    assert told(machine, ErrandCalledOff(2.5, 7)) == [
        StopSpeaking(1, 1),
        EndTurn(1, 1, Outcome.INTERRUPTED, "it was called off"),
    ]


def test_after_stop_nothing_is_said_nor_heard_for_anybody() -> None:
    machine = saying()
    told(machine, ListenWanted(2.1, 8))
    assert [type(one) for one in told(machine, EmergencyStopped(2.5))] == [StopSpeaking, EndTurn]
    told(machine, SayWanted(2.6, 9, 1))
    assert told(machine, ClockReached(3.0), ClockReached(9.0)) == []


def say(machine: TurnTaking, text: str) -> list[Decision]:
    """The user says it from 3 to 4 s."""
    return told(
        machine,
        SpeechStarted(3.06, 3.0),
        TranscriptRevised(3.8, 1, 3.7, text, 0.9),
        SpeechPaused(4.06, 4.0),
        TranscriptRevised(4.2, 1, 4.1, text, 0.9),
        EndOfTurnEstimated(4.3, 1, 4.0, text, 1.0),
        ClockReached(4.4),
        ClockReached(5.0),
    )


def test_what_is_said_next_is_the_listeners_and_nobody_begins_to_answer_it() -> None:
    decisions = [one for one in say(listening(), "go ahead") if isinstance(one, Commit | EndTurn | SayFor)]
    assert [type(one) for one in decisions] == [Commit, EndTurn]
    commit, end = decisions
    assert isinstance(commit, Commit) and isinstance(end, EndTurn)
    assert (commit.text, commit.listener, end.outcome) == ("go ahead", 7, Outcome.ANSWERED)


def test_only_the_next_turn_is_the_listeners() -> None:
    machine = listening()
    say(machine, "go ahead")
    told(machine, SpeechStarted(8.06, 8.0), SpeechPaused(9.06, 9.0), TranscriptRevised(9.2, 2, 9.1, "and you", 0.9))
    commits = told(machine, EndOfTurnEstimated(9.3, 2, 9.0, "and you", 1.0), ClockReached(10.0))
    assert [one.listener for one in commits if isinstance(one, Commit)] == [None]


def test_what_cannot_be_understood_is_the_listeners_trouble() -> None:
    machine = listening()
    told(machine, SpeechStarted(3.06, 3.0), SpeechPaused(4.06, 4.0), TranscriptionFailed(4.2, 1, "broken"))
    decisions = [one for at_s in range(5, 9) for one in told(machine, ClockReached(float(at_s)))]
    commit, end = decisions
    assert isinstance(commit, Commit) and commit.listener == 7 and commit.text == ""
    assert isinstance(end, EndTurn) and end.outcome is Outcome.ANSWERED


def test_what_was_for_a_listener_that_has_gone_is_nobodys() -> None:
    machine = listening()
    told(machine, SpeechStarted(3.06, 3.0))
    (end,) = told(machine, ErrandCalledOff(3.5, 7))
    assert isinstance(end, EndTurn) and end.outcome is Outcome.IGNORED
    assert machine.phase is Phase.IDLE


def test_a_microphone_that_is_switched_off_is_heard_by_nobody() -> None:
    machine = listening()
    told(machine, ListenWanted(2.1, 8), SayWanted(2.2, 9, 1), Muted(2.5))
    assert told(machine, ClockReached(3.0)) == [SayFor(1, 1, 9, 1)]
    told(machine, ClausePlayed(3.5, 1, 1, 0))
    assert told(machine, ClockReached(4.0), ClockReached(9.0)) == []
