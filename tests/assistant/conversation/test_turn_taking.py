"""Turn-taking as timelines: what happens, and what must follow from it."""

from assistant.conversation.decisions import (
    Apologise,
    Commit,
    Discard,
    EndTurn,
    EstimateEnd,
    Outcome,
    Play,
    Speculate,
    StopSpeaking,
    Transcribe,
)
from assistant.conversation.facts import (
    AnswerComplete,
    ApologyPlayed,
    ClausePlayed,
    ClauseReady,
    ClockReached,
    EndOfTurnEstimated,
    SpeechPaused,
    SpeechStarted,
    TranscriptReady,
    WorkFailed,
)
from assistant.conversation.turn_taking import Phase, TurnPolicy, TurnTaking

POLICY = TurnPolicy(hint_s=0.2, estimate_every_s=0.1, longest_pause_s=3.0, longest_turn_s=30.0, answer_within_s=10.0)


def asked(machine: TurnTaking) -> None:
    """The user has said something from 1.0 s to 2.0 s; its transcript is known at 2.5 s, the turn is still open."""
    assert machine.feed(SpeechStarted(1.06, 1.0)) == []
    assert machine.feed(SpeechPaused(2.06, 2.0)) == []
    assert machine.feed(ClockReached(2.2)) == [Transcribe(1, 1, 1.0, 2.2), EstimateEnd(1, 1, 1.0, 2.2 - 2.0)]
    assert machine.feed(TranscriptReady(2.5, 1, 1, " what is that ")) == [Speculate(1, 1, "what is that")]


def committed(machine: TurnTaking) -> None:
    """... and its end was decided at 2.6 s."""
    asked(machine)
    assert machine.feed(EndOfTurnEstimated(2.6, 1, 1, 1.0)) == [Commit(1, 1, "what is that", 1.0, 2.0, 2.6)]
    assert machine.phase is Phase.ANSWERING


def test_a_question_is_answered() -> None:
    machine = TurnTaking(POLICY)
    committed(machine)
    assert machine.feed(ClauseReady(2.7, 1, 1, 0)) == [Play(1, 1, 0)]
    assert machine.feed(ClauseReady(2.9, 1, 1, 1)) == [Play(1, 1, 1)]
    assert machine.feed(AnswerComplete(3.0, 1, 1, 2)) == []
    assert machine.feed(ClausePlayed(4.0, 1, 1, 0)) == []
    assert machine.feed(ClausePlayed(5.0, 1, 1, 1)) == [EndTurn(1, 1, Outcome.ANSWERED)]
    assert machine.phase is Phase.IDLE


def test_what_is_ready_before_the_commitment_waits_for_it() -> None:
    machine = TurnTaking(POLICY)
    asked(machine)
    assert machine.feed(ClauseReady(2.55, 1, 1, 0)) == []
    assert machine.feed(AnswerComplete(2.56, 1, 1, 1)) == []
    assert machine.feed(EndOfTurnEstimated(2.6, 1, 1, 0.9)) == [
        Commit(1, 1, "what is that", 1.0, 2.0, 2.6),
        Play(1, 1, 0),
    ]


def test_an_unsure_model_waits_for_more_silence() -> None:
    machine = TurnTaking(POLICY)
    asked(machine)
    assert machine.feed(EndOfTurnEstimated(2.6, 1, 1, 0.4)) == []
    assert machine.phase is Phase.PAUSED
    assert any(isinstance(decision, EstimateEnd) for decision in machine.feed(ClockReached(2.7)))
    assert machine.feed(ClockReached(5.0)) == [Commit(1, 1, "what is that", 1.0, 2.0, 5.0)]


def test_going_on_after_a_pause_discards_what_was_prepared_and_stays_one_turn() -> None:
    machine = TurnTaking(POLICY)
    asked(machine)
    assert machine.feed(SpeechStarted(2.6, 2.54)) == [Discard(1, 1)]
    assert machine.phase is Phase.LISTENING
    assert machine.feed(ClauseReady(2.7, 1, 1, 0)) == []
    assert machine.feed(TranscriptReady(2.7, 1, 1, "stale")) == []
    machine.feed(SpeechPaused(3.56, 3.5))
    assert machine.feed(ClockReached(3.7))[0] == Transcribe(1, 2, 1.0, 3.7)


def test_the_end_can_be_decided_before_the_transcript_is_there() -> None:
    machine = TurnTaking(POLICY)
    machine.feed(SpeechStarted(1.06, 1.0))
    machine.feed(SpeechPaused(2.06, 2.0))
    machine.feed(ClockReached(2.2))
    assert machine.feed(EndOfTurnEstimated(2.25, 1, 1, 1.0)) == []
    assert machine.phase is Phase.DECIDED
    assert machine.feed(TranscriptReady(2.5, 1, 1, "yes")) == [
        Speculate(1, 1, "yes"),
        Commit(1, 1, "yes", 1.0, 2.0, 2.25),
    ]


def test_speech_without_words_is_ignored() -> None:
    machine = TurnTaking(POLICY)
    machine.feed(SpeechStarted(1.06, 1.0))
    machine.feed(SpeechPaused(1.4, 1.3))
    machine.feed(ClockReached(1.5))
    assert machine.feed(TranscriptReady(1.6, 1, 1, "  ")) == []
    assert machine.feed(EndOfTurnEstimated(1.9, 1, 1, 1.0)) == [EndTurn(1, 1, Outcome.IGNORED, "no words in it")]


def test_a_failed_transcription_ends_in_an_apology() -> None:
    machine = TurnTaking(POLICY)
    machine.feed(SpeechStarted(1.06, 1.0))
    machine.feed(SpeechPaused(2.06, 2.0))
    machine.feed(ClockReached(2.2))
    machine.feed(EndOfTurnEstimated(2.25, 1, 1, 1.0))
    assert machine.feed(WorkFailed(2.5, 1, 1, "broken")) == [
        Commit(1, 1, "", 1.0, 2.0, 2.25),
        Apologise(1, 1, "broken"),
    ]
    assert machine.feed(ApologyPlayed(4.0, 1, 1)) == [EndTurn(1, 1, Outcome.APOLOGISED, "broken")]


def test_an_answer_that_fails_before_the_commitment_apologises_only_after_it() -> None:
    machine = TurnTaking(POLICY)
    asked(machine)
    assert machine.feed(WorkFailed(2.55, 1, 1, "server down")) == []
    assert machine.feed(EndOfTurnEstimated(2.6, 1, 1, 1.0)) == [
        Commit(1, 1, "what is that", 1.0, 2.0, 2.6),
        Apologise(1, 1, "server down"),
    ]


def test_a_cut_answer_is_heard_as_far_as_it_goes_and_then_excused() -> None:
    machine = TurnTaking(POLICY)
    committed(machine)
    machine.feed(ClauseReady(2.7, 1, 1, 0))
    assert machine.feed(WorkFailed(2.8, 1, 1, "stream cut")) == []
    assert machine.feed(ClausePlayed(4.0, 1, 1, 0)) == [Apologise(1, 1, "stream cut")]


def test_speech_over_the_assistant_stops_it_and_begins_the_next_turn() -> None:
    machine = TurnTaking(POLICY)
    committed(machine)
    machine.feed(ClauseReady(2.7, 1, 1, 0))
    assert machine.feed(SpeechStarted(3.06, 3.0)) == []
    assert machine.feed(ClockReached(3.18)) == []
    assert machine.feed(ClockReached(3.2)) == [
        StopSpeaking(1, 1),
        EndTurn(1, 1, Outcome.INTERRUPTED, "the user spoke"),
    ]
    assert machine.phase is Phase.LISTENING
    assert machine.feed(ClausePlayed(3.3, 1, 1, 0)) == []
    machine.feed(SpeechPaused(4.0, 3.9))
    assert machine.feed(ClockReached(4.1))[0] == Transcribe(2, 1, 3.0, 4.1)


def test_a_short_sound_over_the_assistant_does_not_stop_it() -> None:
    machine = TurnTaking(POLICY)
    committed(machine)
    machine.feed(ClauseReady(2.7, 1, 1, 0))
    assert machine.feed(SpeechStarted(3.06, 3.0)) == []
    assert machine.feed(SpeechPaused(3.16, 3.1)) == []
    assert machine.feed(ClockReached(3.4)) == []
    assert machine.feed(ClauseReady(3.5, 1, 1, 1)) == [Play(1, 1, 1)]


def test_the_assistant_does_not_begin_to_speak_while_the_user_does() -> None:
    machine = TurnTaking(POLICY)
    committed(machine)
    machine.feed(SpeechStarted(2.66, 2.61))
    assert machine.feed(ClauseReady(2.7, 1, 1, 0)) == []
    assert machine.feed(SpeechPaused(2.78, 2.72)) == [Play(1, 1, 0)]


def test_a_commitment_is_taken_back_when_the_user_goes_on_before_the_answer_is_heard() -> None:
    machine = TurnTaking(POLICY)
    committed(machine)
    machine.feed(SpeechStarted(2.66, 2.61))
    assert machine.feed(ClockReached(2.82)) == [Discard(1, 1)]
    assert machine.phase is Phase.LISTENING
    machine.feed(SpeechPaused(3.56, 3.5))
    assert machine.feed(ClockReached(3.7))[0] == Transcribe(1, 2, 1.0, 3.7)


def test_an_assistant_that_may_not_be_interrupted_is_not() -> None:
    machine = TurnTaking(TurnPolicy(interruptible=False))
    committed(machine)
    machine.feed(ClauseReady(2.7, 1, 1, 0))
    machine.feed(SpeechStarted(3.06, 3.0))
    assert machine.feed(ClockReached(5.0)) == []
    machine.feed(AnswerComplete(5.1, 1, 1, 1))
    assert machine.feed(ClausePlayed(6.0, 1, 1, 0)) == [EndTurn(1, 1, Outcome.ANSWERED)]
    assert machine.phase is Phase.LISTENING
    machine.feed(SpeechPaused(7.0, 6.9))
    assert machine.feed(ClockReached(7.1))[0] == Transcribe(2, 1, 6.0, 7.1)


def test_a_voice_that_never_pauses_is_cut_at_the_longest_turn() -> None:
    machine = TurnTaking(TurnPolicy(longest_turn_s=5.0))
    machine.feed(SpeechStarted(1.06, 1.0))
    assert machine.feed(ClockReached(5.9)) == []
    assert machine.feed(ClockReached(6.0)) == [Transcribe(1, 1, 1.0, 6.0)]
    assert machine.feed(TranscriptReady(6.5, 1, 1, "and so on"))[-1] == Commit(1, 1, "and so on", 1.0, 6.0, 6.0)
    assert machine.feed(ClauseReady(6.7, 1, 1, 0)) == [Play(1, 1, 0)]


def test_an_answer_that_never_comes_is_excused_in_time() -> None:
    machine = TurnTaking(POLICY)
    committed(machine)
    assert machine.feed(ClockReached(12.5)) == []
    assert machine.feed(ClockReached(12.6)) == [Apologise(1, 1, "the answer took too long")]
    assert machine.feed(ClockReached(22.6)) == [EndTurn(1, 1, Outcome.APOLOGISED, "the answer took too long")]


def test_a_speaker_that_swallows_the_answer_does_not_hold_the_turn_for_ever() -> None:
    machine = TurnTaking(POLICY)
    committed(machine)
    machine.feed(ClauseReady(2.7, 1, 1, 0))
    machine.feed(AnswerComplete(2.8, 1, 1, 1))
    assert machine.feed(ClockReached(12.8)) == [
        StopSpeaking(1, 1),
        Apologise(1, 1, "the answer took too long"),
    ]
    assert machine.feed(ClockReached(22.8))[0] == EndTurn(1, 1, Outcome.APOLOGISED, "the answer took too long")
