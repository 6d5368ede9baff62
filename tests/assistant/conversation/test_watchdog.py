"""The watchdog, as timelines of the pure machine: no turn is silent for longer than its budget."""

from assistant.conversation.decisions import (
    Apologise,
    Commit,
    Decision,
    EndTurn,
    Outcome,
    Play,
    Reassure,
    StopSpeaking,
    TakeBack,
    Transcribe,
)
from assistant.conversation.facts import (
    AnswerComplete,
    AnswerSounding,
    ClausePlayed,
    ClauseReady,
    ClockReached,
    SpeechPaused,
    SpeechStarted,
    TranscriptRevised,
    WorkFailed,
)
from assistant.conversation.patience import Patience
from assistant.conversation.policy import TurnPolicy
from assistant.conversation.turn_taking import Phase, TurnTaking

POLICY = TurnPolicy(
    patience=Patience(((0.0, 0.2),)),
    transcribe_within_s=5.0,
    reassure_after_s=6.0,
    stalled_s=10.0,
    answer_within_s=30.0,
)


def ticks(machine: TurnTaking, from_s: float, until_s: float, *, may_be_speech: bool = False) -> list[Decision]:
    """The clock from one time to the other, frame by frame; all that was decided."""
    frames = range(round(from_s * 50) + 1, round(until_s * 50) + 1)
    return [one for frame in frames for one in machine.feed(ClockReached(frame / 50, may_be_speech))]


def asked() -> TurnTaking:
    """A machine that has committed to a question at 4.0 s, by the longest pause."""
    machine = TurnTaking(POLICY)
    machine.feed(SpeechStarted(1.06, 1.0))
    machine.feed(SpeechPaused(1.1, 1.0))
    machine.feed(TranscriptRevised(1.2, 1, 1.1, "what is that"))
    assert Commit(1, 1, "what is that", 1.0, 1.0, 4.0) in ticks(machine, 1.2, 4.0)
    return machine


def test_who_waits_for_long_is_told_so_once_and_answered_all_the_same() -> None:
    machine = asked()
    assert ticks(machine, 4.0, 9.98) == []
    assert ticks(machine, 9.98, 30.0) == [Reassure(1, 1)]
    assert machine.feed(ClauseReady(30.1, 1, 1, 0)) == [Play(1, 1, 0)]
    machine.feed(AnswerComplete(30.2, 1, 1, 1))
    assert machine.feed(ClausePlayed(31.0, 1, 1, 0)) == [EndTurn(1, 1, Outcome.ANSWERED)]


def test_who_hears_nothing_more_between_two_clauses_is_told_so_too() -> None:
    machine = asked()
    machine.feed(ClauseReady(5.0, 1, 1, 0))
    machine.feed(ClausePlayed(6.0, 1, 1, 0))
    assert ticks(machine, 6.0, 11.98) == []
    assert ticks(machine, 11.98, 12.0) == [Reassure(1, 1)]


def test_nobody_is_told_so_while_speaking() -> None:
    machine = asked()
    ticks(machine, 4.0, 9.9)
    assert ticks(machine, 9.9, 10.1, may_be_speech=True) == []
    assert ticks(machine, 10.1, 10.2) == [Reassure(1, 1)]


def test_speech_over_the_reassurance_takes_the_turn_up_again() -> None:
    machine = asked()
    ticks(machine, 4.0, 10.0)
    machine.feed(SpeechStarted(10.5, 10.44))
    assert ticks(machine, 10.5, 11.0)[0] == TakeBack(1, 1)
    assert machine.phase is Phase.LISTENING


def test_a_voice_that_stalls_within_a_clause_is_given_up() -> None:
    machine = asked()
    machine.feed(ClauseReady(5.0, 1, 1, 0))
    machine.feed(AnswerSounding(6.0, 1, 1))
    assert ticks(machine, 6.0, 15.98) == []
    assert ticks(machine, 15.98, 16.0) == [StopSpeaking(1, 1), Apologise(1, 1, "the answer stalled")]


def test_a_clause_without_sound_is_no_reason_for_haste() -> None:
    """It is over at once, dated by the last sound before it, long ago; the apology must still be waited for."""
    machine = asked()
    machine.feed(ClauseReady(4.5, 1, 1, 0))
    machine.feed(WorkFailed(4.5, 1, 1, "the voice broke"))
    assert machine.feed(ClausePlayed(0.0, 1, 1, 0)) == [Apologise(1, 1, "the voice broke")]
    assert ticks(machine, 4.5, 30.0) == []


def test_a_long_clause_that_is_heard_has_not_stalled() -> None:
    machine = asked()
    machine.feed(ClauseReady(5.0, 1, 1, 0))
    for second in range(5, 60):
        machine.feed(AnswerSounding(float(second), 1, 1))
        assert ticks(machine, second, second + 1) == []
    machine.feed(AnswerComplete(60.0, 1, 1, 1))
    assert machine.feed(ClausePlayed(60.1, 1, 1, 0)) == [EndTurn(1, 1, Outcome.ANSWERED)]


def test_a_transcription_that_stalls_is_given_up_and_excused() -> None:
    machine = TurnTaking(POLICY)
    machine.feed(SpeechStarted(1.06, 1.0))
    assert machine.feed(SpeechPaused(2.1, 2.0))[0] == Transcribe(1, 1.0, 2.1)
    assert ticks(machine, 2.1, 7.1)[-2:] == [
        Commit(1, 1, "", 1.0, 2.0, 5.0),
        Apologise(1, 1, "speech-to-text took too long"),
    ]


def test_who_goes_on_asking_while_the_transcription_stalls_hears_an_apology_as_well() -> None:
    """Every "hello?" opens the turn again; it must not wait for the same dead pass for ever."""
    machine, decided, at_s = TurnTaking(POLICY), [], 1.0
    for _ in range(5):
        machine.feed(SpeechStarted(at_s + 0.06, at_s))
        decided += ticks(machine, at_s + 0.06, at_s + 0.6)
        machine.feed(SpeechPaused(at_s + 0.6, at_s + 0.5))
        decided += ticks(machine, at_s + 0.6, at_s + 2.4)
        at_s += 2.4
    assert any(isinstance(one, Apologise) for one in decided)


def test_a_noise_without_words_that_never_ends_is_ignored_again_and_again() -> None:
    machine = TurnTaking(TurnPolicy(longest_turn_s=6.0))
    machine.feed(SpeechStarted(1.06, 1.0))
    ended = []
    for frame in range(60, 1500):
        decisions = machine.feed(ClockReached(frame / 50))
        while decisions:
            one = decisions.pop(0)
            if isinstance(one, Transcribe):
                decisions += machine.feed(TranscriptRevised(frame / 50, one.turn, one.until_s, ""))
            if isinstance(one, EndTurn):
                ended.append(one.outcome)
    assert ended == [Outcome.IGNORED] * 4
