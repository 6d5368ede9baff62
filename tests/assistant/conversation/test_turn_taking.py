"""Turn-taking as timelines: what happens, and what must follow from it."""

import math
from dataclasses import replace

import pytest

from assistant.conversation.decisions import (
    Apologise,
    Commit,
    Discard,
    Duck,
    EndTurn,
    EstimateEnd,
    GoOn,
    Hush,
    Outcome,
    Play,
    Prefill,
    Reassure,
    Speculate,
    StopSpeaking,
    TakeBack,
    Transcribe,
    TranscribeOverlap,
    Withdraw,
)
from assistant.conversation.facts import (
    AnswerComplete,
    ApologyPlayed,
    Called,
    ClausePlayed,
    ClauseReady,
    ClockReached,
    EmergencyStopped,
    EndOfMessageExpected,
    EndOfTurnEstimated,
    NotMeant,
    OverlapRevised,
    OverlapUnclear,
    Resumed,
    SpeechPaused,
    SpeechStarted,
    TranscriptionFailed,
    TranscriptRevised,
    WorkFailed,
)
from assistant.conversation.patience import Patience
from assistant.conversation.policy import TurnPolicy
from assistant.conversation.turn_taking import Phase, TurnTaking

POLICY = TurnPolicy(
    patience=Patience(((0.1, 1.5), (0.5, 0.6), (0.9, 0.2))),
    estimate_every_s=0.1,
    longest_pause_s=3.0,
    longest_turn_s=30.0,
    answer_within_s=10.0,
)


def spoken(machine: TurnTaking, text: str = "what is that", finished: float = 0.5) -> None:
    """The user spoke from 1.0 s to 2.0 s, and at 2.2 s it is known what was said; the turn is open."""
    assert machine.feed(SpeechStarted(1.06, 1.0)) == []
    assert machine.feed(SpeechPaused(2.1, 2.0)) == [Transcribe(1, 1.0, 2.1), EstimateEnd(1, 1.0, 2.0, 2.1 - 2.0, "")]
    decisions = machine.feed(TranscriptRevised(2.2, 1, 2.1, text, finished))
    assert decisions == [Speculate(1, 1, text), EstimateEnd(1, 1.0, 2.0, 2.2 - 2.0, text)]


def committed(machine: TurnTaking) -> None:
    """... and its end was decided at 2.3 s."""
    spoken(machine)
    assert machine.feed(EndOfTurnEstimated(2.3, 1, 2.0, "what is that", 0.95)) == [
        Commit(1, 1, "what is that", 1.0, 2.0, 2.3)
    ]
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
    spoken(machine)
    assert machine.feed(ClauseReady(2.22, 1, 1, 0)) == []
    assert machine.feed(AnswerComplete(2.23, 1, 1, 1)) == []
    assert machine.feed(EndOfTurnEstimated(2.3, 1, 2.0, "what is that", 0.95)) == [
        Commit(1, 1, "what is that", 1.0, 2.0, 2.3),
        Play(1, 1, 0),
    ]


def test_the_surer_the_model_the_shorter_the_wait() -> None:
    for probability, waits_s in ((0.95, 0.2), (0.5, 0.6), (0.3, 1.5), (0.0, 1.5)):
        machine = TurnTaking(POLICY)
        spoken(machine)
        decisions = machine.feed(EndOfTurnEstimated(2.2, 1, 2.0, "what is that", probability))
        at_s = 2.2
        while not any(isinstance(decision, Commit) for decision in decisions):
            at_s += 0.02
            decisions = machine.feed(ClockReached(at_s))
        assert 0 <= at_s - 2.0 - waits_s < 0.021


def test_the_model_is_asked_again_as_the_silence_grows() -> None:
    machine = TurnTaking(POLICY)
    spoken(machine)
    assert machine.feed(EndOfTurnEstimated(2.22, 1, 2.0, "what is that", 0.0)) == []
    assert machine.feed(ClockReached(2.28)) == []
    assert machine.feed(ClockReached(2.3)) == [EstimateEnd(1, 1.0, 2.0, 2.3 - 2.0, "what is that")]


def test_what_the_language_model_expects_has_the_end_estimated_anew_at_once() -> None:
    machine = TurnTaking(POLICY)
    spoken(machine)
    assert machine.feed(EndOfMessageExpected(2.24, 1, "what is that", 0.9)) == [
        EstimateEnd(1, 1.0, 2.0, 2.24 - 2.0, "what is that", 0.9)
    ]
    assert machine.feed(EndOfTurnEstimated(2.25, 1, 2.0, "what is that", 0.95)) == [], "it did not know of it yet"
    assert machine.feed(EndOfTurnEstimated(2.26, 1, 2.0, "what is that", 0.95, 0.9)) == [
        Commit(1, 1, "what is that", 1.0, 2.0, 2.26)
    ]


def test_what_it_expected_while_the_user_still_spoke_is_known_at_the_first_estimate() -> None:
    machine = TurnTaking(POLICY)
    machine.feed(SpeechStarted(1.06, 1.0))
    assert machine.feed(ClockReached(1.5)) == [Transcribe(1, 1.0, 1.5)]
    assert machine.feed(TranscriptRevised(1.6, 1, 1.5, "what is that"))[0] == Prefill(1, "what is that")
    assert machine.feed(EndOfMessageExpected(1.65, 1, "what is that", 0.9)) == []
    machine.feed(SpeechPaused(1.7, 1.6))
    decisions = machine.feed(TranscriptRevised(1.75, 1, 1.7, "What is that?"))
    assert decisions[-1] == EstimateEnd(1, 1.0, 1.6, 1.75 - 1.6, "What is that?", 0.9), "the words are the same"


def test_a_turn_is_not_over_before_the_model_has_said_what_it_expects_or_could_be_heard() -> None:
    def estimated() -> TurnTaking:
        machine = TurnTaking(replace(POLICY, expected_within_s=0.15))
        spoken(machine)
        assert machine.feed(EndOfTurnEstimated(2.22, 1, 2.0, "what is that", 0.95)) == [], "words and sound alone"
        return machine

    commit = Commit(1, 1, "what is that", 1.0, 2.0, 2.24)
    machine = estimated()
    assert machine.feed(EndOfMessageExpected(2.23, 1, "what is that", 0.1)) != []
    assert machine.feed(EndOfTurnEstimated(2.24, 1, 2.0, "what is that", 0.4, 0.1)) == [], "it is not sure any more"
    machine = estimated()
    machine.feed(EndOfMessageExpected(2.23, 1, "what is that", 0.9))
    assert machine.feed(EndOfTurnEstimated(2.24, 1, 2.0, "what is that", 0.97, 0.9)) == [commit]
    machine = estimated()
    assert machine.feed(ClauseReady(2.24, 1, 1, 0)) == [commit, Play(1, 1, 0)]
    machine = estimated()
    assert not any(isinstance(decision, Commit) for decision in machine.feed(ClockReached(2.34)))
    assert any(isinstance(decision, Commit) for decision in machine.feed(ClockReached(2.36))), "it does not tell"


def test_what_it_says_again_changes_nothing() -> None:
    machine = TurnTaking(POLICY)
    spoken(machine)
    assert machine.feed(EndOfMessageExpected(2.24, 1, "what is that", 0.9)) != []
    assert machine.feed(EndOfMessageExpected(2.26, 1, "What is that?", 0.9)) == []


def test_what_it_expected_of_other_words_says_nothing() -> None:
    machine = TurnTaking(POLICY)
    spoken(machine)
    assert machine.feed(EndOfMessageExpected(2.24, 1, "what is", 0.1)) == []
    assert machine.feed(EndOfTurnEstimated(2.25, 1, 2.0, "what is that", 0.95)) != []


def test_an_estimate_of_an_earlier_pause_says_nothing_about_this_one() -> None:
    machine = TurnTaking(POLICY)
    spoken(machine)
    machine.feed(SpeechStarted(2.4, 2.34))
    machine.feed(SpeechPaused(2.7, 2.6))
    machine.feed(TranscriptRevised(2.8, 1, 2.7, "what is that"))
    assert machine.feed(EndOfTurnEstimated(2.9, 1, 2.0, "what is that", 1.0)) == []
    assert machine.phase is Phase.PAUSED


def test_the_words_are_followed_while_they_are_said_one_pass_at_a_time() -> None:
    machine = TurnTaking(POLICY)
    machine.feed(SpeechStarted(1.06, 1.0))
    assert machine.feed(ClockReached(1.38)) == []
    assert machine.feed(ClockReached(1.4)) == [Transcribe(1, 1.0, 1.4)]
    assert machine.feed(ClockReached(1.6)) == []
    assert machine.feed(TranscriptRevised(1.62, 1, 1.4, "what")) == [Prefill(1, "what"), Transcribe(1, 1.0, 1.62)]
    assert machine.feed(TranscriptRevised(1.64, 1, 1.62, "What.")) == [], "the same words, and no new audio to speak of"
    assert machine.feed(ClockReached(1.68)) == [Transcribe(1, 1.0, 1.68)]


def test_an_answer_is_begun_in_mid_speech_when_the_words_sound_finished_and_kept_while_they_stay() -> None:
    machine = TurnTaking(POLICY)
    machine.feed(SpeechStarted(1.06, 1.0))
    machine.feed(ClockReached(1.4))
    assert machine.feed(TranscriptRevised(1.5, 1, 1.4, "turn it on", 0.8)) == [
        Speculate(1, 1, "turn it on"),
        Transcribe(1, 1.0, 1.5),
    ]
    assert machine.feed(TranscriptRevised(1.6, 1, 1.5, "Turn it on.", 0.9)) == [Transcribe(1, 1.0, 1.6)]
    assert machine.feed(TranscriptRevised(1.7, 1, 1.6, "turn it on in the", 0.01)) == [
        Discard(1, 1),
        Prefill(1, "turn it on in the"),
        Transcribe(1, 1.0, 1.7),
    ]
    assert machine.feed(ClauseReady(1.75, 1, 1, 0)) == []
    assert machine.feed(TranscriptRevised(1.8, 1, 1.7, "turn it on in the hall", 0.9))[0] == Speculate(
        1, 2, "turn it on in the hall"
    )
    machine.feed(SpeechPaused(1.9, 1.75))
    machine.feed(TranscriptRevised(1.9, 1, 1.8, "turn it on in the hall", 0.9))
    machine.feed(ClauseReady(1.92, 1, 2, 0))
    assert machine.feed(EndOfTurnEstimated(1.96, 1, 1.75, "turn it on in the hall", 0.95)) == [
        Commit(1, 2, "turn it on in the hall", 1.0, 1.75, 1.96),
        Play(1, 2, 0),
    ]


def test_words_that_hardly_make_an_end_are_not_answered_before_the_silence_says_so() -> None:
    machine = TurnTaking(POLICY)
    machine.feed(SpeechStarted(1.06, 1.0))
    machine.feed(SpeechPaused(2.1, 2.0))
    asked = machine.feed(TranscriptRevised(2.2, 1, 2.1, "turn on the", 0.02))
    assert not any(isinstance(decision, Speculate) for decision in asked)
    assert Speculate(1, 1, "turn on the") in machine.feed(ClockReached(2.4))


def test_going_on_after_a_pause_stays_one_turn_and_keeps_the_answer_until_the_words_change() -> None:
    machine = TurnTaking(POLICY)
    spoken(machine)
    assert machine.feed(SpeechStarted(2.6, 2.54)) == []
    assert machine.phase is Phase.LISTENING
    assert machine.feed(ClockReached(2.62)) == [Transcribe(1, 1.0, 2.62)]
    assert machine.feed(TranscriptRevised(2.7, 1, 2.62, "what is that")) == [Transcribe(1, 1.0, 2.7)]
    assert machine.feed(TranscriptRevised(2.8, 1, 2.7, "what is that thing")) == [
        Discard(1, 1),
        Prefill(1, "what is that thing"),
        Transcribe(1, 1.0, 2.8),
    ]


def test_the_end_can_be_decided_before_the_transcript_is_there() -> None:
    machine = TurnTaking(POLICY)
    machine.feed(SpeechStarted(1.06, 1.0))
    machine.feed(SpeechPaused(2.06, 2.0))
    assert machine.feed(ClockReached(5.0)) == []
    assert machine.phase is Phase.DECIDED
    assert machine.feed(TranscriptRevised(5.5, 1, 2.06, "yes")) == [
        Speculate(1, 1, "yes"),
        Commit(1, 1, "yes", 1.0, 2.0, 5.0),
    ]


def test_a_pass_that_ends_before_the_last_word_is_not_taken_for_the_whole() -> None:
    machine = TurnTaking(POLICY)
    machine.feed(SpeechStarted(1.06, 1.0))
    machine.feed(ClockReached(1.5))
    assert machine.feed(SpeechPaused(2.06, 2.0)) == [EstimateEnd(1, 1.0, 2.0, 2.06 - 2.0, "")]
    assert machine.feed(TranscriptRevised(2.1, 1, 1.5, "what"))[0] == Transcribe(1, 1.0, 2.1)
    assert Speculate(1, 1, "what is it") in machine.feed(TranscriptRevised(2.2, 1, 2.1, "what is it"))


def test_the_answer_is_begun_in_a_pause_before_the_last_of_the_word_is_transcribed() -> None:
    machine = TurnTaking(POLICY)
    machine.feed(SpeechStarted(1.06, 1.0))
    machine.feed(ClockReached(1.9))
    machine.feed(SpeechPaused(2.06, 2.0))
    assert machine.feed(TranscriptRevised(2.08, 1, 1.9, "what is it")) == [
        Transcribe(1, 1.0, 2.08),
        Speculate(1, 1, "what is it"),
        EstimateEnd(1, 1.0, 2.0, 2.08 - 2.0, "what is it"),
    ]
    decisions = machine.feed(TranscriptRevised(2.2, 1, 2.08, "what is it?"))
    assert not any(isinstance(decision, Discard | Speculate) for decision in decisions)


def test_a_sound_that_may_be_speech_is_heard_out_before_the_turn_is_over() -> None:
    machine = TurnTaking(POLICY)
    machine.feed(SpeechStarted(1.06, 1.0))
    machine.feed(SpeechPaused(2.06, 2.0))
    machine.feed(TranscriptRevised(2.15, 1, 2.1, "what is it"))
    machine.feed(EndOfTurnEstimated(2.18, 1, 2.0, "what is it", 0.95))
    assert machine.feed(ClockReached(2.2, may_be_speech=True)) == []
    assert machine.phase is Phase.PAUSED
    assert isinstance(machine.feed(ClockReached(2.22))[0], Commit)


def test_speech_without_words_is_ignored() -> None:
    machine = TurnTaking(POLICY)
    machine.feed(SpeechStarted(1.06, 1.0))
    machine.feed(SpeechPaused(1.4, 1.3))
    assert machine.feed(TranscriptRevised(1.6, 1, 1.4, "  ")) == []
    assert machine.feed(ClockReached(1.9)) == [EndTurn(1, 0, Outcome.IGNORED, "no words in it")]


def test_a_failed_transcription_ends_in_an_apology() -> None:
    machine = TurnTaking(POLICY)
    machine.feed(SpeechStarted(1.06, 1.0))
    machine.feed(SpeechPaused(2.06, 2.0))
    assert machine.feed(TranscriptionFailed(2.3, 1, "broken")) == []
    assert machine.feed(ClockReached(2.6)) == [Commit(1, 1, "", 1.0, 2.0, 2.6), Apologise(1, 1, "broken")]
    assert machine.feed(ApologyPlayed(4.0, 1, 1)) == [EndTurn(1, 1, Outcome.APOLOGISED, "broken")]


def test_a_transcription_that_failed_in_mid_speech_is_tried_again() -> None:
    machine = TurnTaking(POLICY)
    machine.feed(SpeechStarted(1.06, 1.0))
    machine.feed(ClockReached(1.4))
    assert machine.feed(TranscriptionFailed(1.5, 1, "broken")) == []
    assert machine.feed(ClockReached(1.52)) == [Transcribe(1, 1.0, 1.52)]
    machine.feed(TranscriptRevised(1.6, 1, 1.52, "what is that"))
    machine.feed(SpeechPaused(1.6, 1.5))
    assert machine.feed(EndOfTurnEstimated(1.7, 1, 1.5, "what is that", 1.0)) == [
        Commit(1, 1, "what is that", 1.0, 1.5, 1.7)
    ]


def test_an_answer_that_fails_before_the_commitment_apologises_only_after_it() -> None:
    machine = TurnTaking(POLICY)
    spoken(machine)
    assert machine.feed(WorkFailed(2.25, 1, 1, "server down")) == []
    assert machine.feed(EndOfTurnEstimated(2.3, 1, 2.0, "what is that", 1.0)) == [
        Commit(1, 1, "what is that", 1.0, 2.0, 2.3),
        Apologise(1, 1, "server down"),
    ]


def test_a_failed_answer_is_tried_again_when_the_user_goes_on() -> None:
    machine = TurnTaking(POLICY)
    spoken(machine)
    machine.feed(SpeechStarted(2.25, 2.2))
    machine.feed(WorkFailed(2.26, 1, 1, "server down"))
    machine.feed(SpeechPaused(2.5, 2.4))
    assert Speculate(1, 2, "what is that thing") in machine.feed(TranscriptRevised(2.6, 1, 2.5, "what is that thing"))


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
    assert machine.feed(SpeechStarted(4.06, 4.0)) == [Hush(1, 1)]
    assert machine.feed(ClockReached(4.4)) == [TranscribeOverlap(1, 4.0, 4.4)]
    assert machine.feed(OverlapRevised(4.5, 1, 4.4, "no", "It is a")) == [TranscribeOverlap(1, 4.0, 4.5)]
    assert machine.feed(OverlapRevised(4.6, 1, 4.5, "no wait", "It is a")) == [
        StopSpeaking(1, 1),
        EndTurn(1, 1, Outcome.INTERRUPTED, "the user spoke"),
    ]
    assert machine.phase is Phase.LISTENING
    assert machine.feed(ClausePlayed(4.7, 1, 1, 0)) == []
    assert machine.feed(SpeechPaused(5.0, 4.9))[0] == Transcribe(2, 4.0, 5.0)


def test_who_goes_on_just_after_the_answer_began_had_not_finished_and_both_parts_are_one_turn() -> None:
    machine = TurnTaking(POLICY)
    committed(machine)
    machine.feed(ClauseReady(2.4, 1, 1, 0))
    assert machine.feed(SpeechStarted(2.96, 2.9)) == [Hush(1, 1)]
    assert machine.feed(ClockReached(3.3)) == [TranscribeOverlap(1, 2.9, 3.3)]
    assert machine.feed(OverlapRevised(3.4, 1, 3.3, "on the")) == [Withdraw(1, 1)]
    assert machine.phase is Phase.LISTENING
    assert machine.feed(ClausePlayed(3.42, 1, 1, 0)) == []
    assert machine.feed(ClockReached(3.42)) == [Transcribe(2, 1.0, 3.42)], "the second turn holds the first one's words"


def speaking() -> TurnTaking:
    """The assistant is heard since 2.7 s: one clause, a second is ready."""
    machine = TurnTaking(POLICY)
    committed(machine)
    machine.feed(ClauseReady(2.7, 1, 1, 0))
    return machine


@pytest.mark.parametrize("text", ["", "Mhm.", "Yeah.", "Oh, I see.", "All right, thank you."])
def test_a_sound_over_the_assistant_that_is_no_interruption_hushes_it_for_a_moment(text: str) -> None:
    machine = speaking()
    assert machine.feed(SpeechStarted(4.06, 4.0)) == [Hush(1, 1)]
    assert machine.feed(ClauseReady(4.1, 1, 1, 1)) == [], "while it is hushed nothing more is heard"
    assert machine.feed(SpeechPaused(4.3, 4.2)) == [TranscribeOverlap(1, 4.0, 4.3)]
    assert machine.feed(OverlapRevised(4.4, 1, 4.3, text, "It is a lamp.")) == [GoOn(1, 1), Play(1, 1, 1)]
    assert machine.phase is Phase.ANSWERING
    assert machine.feed(SpeechStarted(5.06, 5.0)) == [Hush(1, 1)], "the next one is weighed anew"


def test_its_own_echo_does_not_interrupt_it() -> None:
    machine = speaking()
    machine.feed(SpeechStarted(4.06, 4.0))
    machine.feed(ClockReached(4.4))
    assert machine.feed(OverlapRevised(4.5, 1, 4.4, "is a lamp", "It is a lamp.", is_echo=True)) == [GoOn(1, 1)]
    assert machine.feed(ClockReached(5.5)) == []


def test_yes_to_the_assistants_question_takes_the_floor() -> None:
    machine = speaking()
    machine.feed(SpeechStarted(4.06, 4.0))
    machine.feed(SpeechPaused(4.3, 4.2))
    assert machine.feed(OverlapRevised(4.4, 1, 4.3, "Yes.", "Is it a lamp?", 0.9)) == [
        StopSpeaking(1, 1),
        EndTurn(1, 1, Outcome.INTERRUPTED, "the user spoke"),
    ]
    assert machine.phase is Phase.PAUSED, "it was said, and is over"
    assert machine.feed(ClockReached(4.42)) == [
        Speculate(2, 1, "Yes."),
        EstimateEnd(2, 4.0, 4.2, 4.42 - 4.2, "Yes."),
    ], "what was heard over the answer is not transcribed again"


def test_a_single_word_is_heard_out() -> None:
    machine = speaking()
    machine.feed(SpeechStarted(4.06, 4.0))
    machine.feed(ClockReached(4.4))
    assert machine.feed(OverlapRevised(4.5, 1, 4.4, "stop")) == [TranscribeOverlap(1, 4.0, 4.5)]
    machine.feed(SpeechPaused(4.56, 4.48))
    assert machine.feed(OverlapRevised(4.6, 1, 4.5, "Stop."))[0] == StopSpeaking(1, 1)


def test_a_noise_that_is_taken_for_voice_does_not_hush_it_for_long() -> None:
    machine = speaking()
    machine.feed(SpeechStarted(4.06, 4.0))
    machine.feed(ClockReached(4.4))
    machine.feed(OverlapRevised(4.5, 1, 4.4, ""))
    machine.feed(OverlapRevised(6.2, 1, 6.0, ""))
    assert machine.feed(ClockReached(6.5)) == [GoOn(1, 1)]
    assert machine.feed(ClockReached(7.5)) == [], "the rest of it is not heeded"
    assert machine.feed(OverlapRevised(7.6, 1, 6.2, "no more of it")) == []
    machine.feed(SpeechPaused(8.0, 7.9))
    assert machine.feed(SpeechStarted(9.06, 9.0)) == [Hush(1, 1)]


def test_who_cannot_be_understood_gets_the_floor_by_speaking_on() -> None:
    machine = speaking()
    machine.feed(SpeechStarted(4.06, 4.0))
    machine.feed(ClockReached(4.4))
    assert machine.feed(OverlapUnclear(4.5, 1, "broken"))[0] == StopSpeaking(1, 1)
    machine = speaking()
    machine.feed(SpeechStarted(4.06, 4.0))
    machine.feed(ClockReached(4.4))
    assert machine.feed(ClockReached(6.5))[0] == StopSpeaking(1, 1), "the transcription hangs"


def test_the_first_frames_of_a_sound_make_it_speak_softly() -> None:
    machine = speaking()
    assert machine.feed(ClockReached(4.0, may_be_speech=True)) == [Duck(1, is_ducked=True)]
    assert machine.feed(ClockReached(4.02, may_be_speech=True)) == []
    assert machine.feed(ClockReached(4.04)) == [Duck(1, is_ducked=False)]
    machine.feed(ClockReached(5.02, may_be_speech=True))
    assert machine.feed(SpeechStarted(5.06, 5.0)) == [Hush(1, 1)]
    assert machine.feed(ClockReached(5.06)) == []
    machine.feed(SpeechPaused(5.2, 5.1))
    assert machine.feed(OverlapRevised(5.3, 1, 5.2, "mhm")) == [Duck(1, is_ducked=False), GoOn(1, 1)]


def test_an_answer_that_fails_while_it_is_hushed_is_excused_afterwards() -> None:
    machine = speaking()
    machine.feed(SpeechStarted(4.06, 4.0))
    machine.feed(ClausePlayed(4.07, 1, 1, 0))
    assert machine.feed(WorkFailed(4.1, 1, 1, "stream cut")) == []
    machine.feed(SpeechPaused(4.3, 4.2))
    assert machine.feed(OverlapRevised(4.4, 1, 4.3, "mhm")) == [GoOn(1, 1), Apologise(1, 1, "stream cut")]


def test_what_is_said_over_the_very_end_of_the_answer_is_the_next_turn() -> None:
    machine = speaking()
    machine.feed(AnswerComplete(3.0, 1, 1, 1))
    machine.feed(SpeechStarted(4.06, 4.0))
    machine.feed(SpeechPaused(4.3, 4.2))
    assert machine.feed(ClausePlayed(4.32, 1, 1, 0)) == [EndTurn(1, 1, Outcome.ANSWERED)]
    assert machine.phase is Phase.PAUSED
    assert machine.feed(ClockReached(4.34))[0] == Transcribe(2, 4.0, 4.34)


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
    assert machine.feed(ClockReached(2.82)) == [TakeBack(1, 1)]
    assert machine.phase is Phase.LISTENING
    assert machine.feed(ClauseReady(2.83, 1, 1, 0)) == []
    assert machine.feed(SpeechPaused(3.56, 3.5))[0] == Transcribe(1, 1.0, 3.56)


def test_an_assistant_that_may_not_be_interrupted_is_not() -> None:
    machine = TurnTaking(TurnPolicy(interruptible=False))
    committed(machine)
    machine.feed(ClauseReady(2.7, 1, 1, 0))
    machine.feed(SpeechStarted(3.06, 3.0))
    assert machine.feed(ClockReached(5.0)) == []
    machine.feed(AnswerComplete(5.1, 1, 1, 1))
    assert machine.feed(ClausePlayed(6.0, 1, 1, 0)) == [EndTurn(1, 1, Outcome.ANSWERED)]
    assert machine.phase is Phase.LISTENING
    assert machine.feed(SpeechPaused(7.0, 6.9))[0] == Transcribe(2, 6.0, 7.0)


def test_where_the_speaker_is_silenced_by_then_the_first_sound_gets_the_floor() -> None:
    machine = TurnTaking(TurnPolicy(yields_at_once=True, take_back_s=-math.inf))
    committed(machine)
    machine.feed(ClauseReady(2.7, 1, 1, 0))
    assert machine.feed(SpeechStarted(3.06, 3.0)) == [
        StopSpeaking(1, 1),
        EndTurn(1, 1, Outcome.INTERRUPTED, "the user spoke"),
    ]
    assert machine.phase is Phase.LISTENING
    assert machine.feed(SpeechPaused(4.0, 3.9))[0] == Transcribe(2, 3.0, 4.0)


@pytest.mark.parametrize("interruptible", [True, False])
def test_its_wake_word_stops_it_in_any_case(interruptible: bool) -> None:
    machine = TurnTaking(TurnPolicy(interruptible=interruptible))
    committed(machine)
    machine.feed(ClauseReady(2.7, 1, 1, 0))
    machine.feed(SpeechStarted(5.06, 5.0))
    assert machine.feed(Called(5.6)) == [StopSpeaking(1, 1), EndTurn(1, 1, Outcome.INTERRUPTED, "it was called")]
    assert machine.phase is Phase.LISTENING
    machine.feed(SpeechPaused(7.0, 6.9))
    assert machine.feed(Called(7.1)) == [], "outside an answer it is attention's business"


def test_a_voice_that_never_pauses_is_cut_at_the_longest_turn() -> None:
    machine = TurnTaking(TurnPolicy(longest_turn_s=5.0))
    machine.feed(SpeechStarted(1.06, 1.0))
    machine.feed(ClockReached(5.9))
    machine.feed(TranscriptRevised(5.98, 1, 5.9, "and so"))
    assert machine.feed(ClockReached(6.0)) == []
    assert machine.feed(TranscriptRevised(6.02, 1, 5.98, "and so")) == [Transcribe(1, 1.0, 6.02)]
    assert machine.feed(TranscriptRevised(6.5, 1, 6.02, "and so on"))[-1] == Commit(1, 1, "and so on", 1.0, 6.0, 6.0)
    assert machine.feed(ClauseReady(6.7, 1, 1, 0)) == [Play(1, 1, 0)]


def test_a_turn_is_over_when_no_word_comes_any_more_although_it_does_not_get_silent() -> None:
    machine = TurnTaking(POLICY)
    machine.feed(SpeechStarted(1.06, 1.0))
    machine.feed(ClockReached(1.9))
    decisions = machine.feed(TranscriptRevised(2.0, 1, 1.9, "what is that", 0.9))
    at_s = 2.0
    while not any(isinstance(decision, Commit) for decision in decisions):
        at_s += 0.1
        decisions = machine.feed(TranscriptRevised(at_s, 1, at_s - 0.1, "what is that", 0.9))
    assert at_s == pytest.approx(1.9 + POLICY.unchanged_s + 0.1, abs=0.11)


def test_a_slow_machine_is_not_asked_for_more_than_it_can_do() -> None:
    machine, passes, at_s = TurnTaking(POLICY), 0, 1.06
    machine.feed(SpeechStarted(1.06, 1.0))
    pending: tuple[float, float] | None = None
    while at_s < 11.0:
        at_s += 0.02
        decisions = machine.feed(ClockReached(at_s))
        if pending and pending[0] <= at_s:
            decisions += machine.feed(TranscriptRevised(at_s, 1, pending[1], f"word {passes}"))
            pending = None
        for decision in decisions:
            if isinstance(decision, Transcribe):
                passes += 1
                pending = (at_s + 0.8, decision.until_s)
    assert passes <= 5
    assert machine.has_backed_off


def test_long_pauses_of_the_speaker_lengthen_the_wait() -> None:
    machine = TurnTaking(POLICY)
    machine.feed(SpeechStarted(1.06, 1.0))
    at_s = 2.0
    for _ in range(3):
        machine.feed(SpeechPaused(at_s + 0.1, at_s))
        at_s += 1.4
        machine.feed(SpeechStarted(at_s + 0.06, at_s))
        at_s += 0.5
    machine.feed(SpeechPaused(at_s + 0.1, at_s))
    machine.feed(TranscriptRevised(at_s + 0.2, 1, at_s + 0.1, "what is that"))
    machine.feed(EndOfTurnEstimated(at_s + 0.3, 1, at_s, "what is that", 0.5))
    assert not any(isinstance(decision, Commit) for decision in machine.feed(ClockReached(at_s + 0.7)))


def test_an_answer_that_never_comes_is_excused_in_time() -> None:
    machine = TurnTaking(POLICY)
    committed(machine)
    assert machine.feed(ClockReached(8.2)) == []
    assert machine.feed(ClockReached(8.3)) == [Reassure(1, 1)]
    assert machine.feed(ClockReached(12.2)) == []
    assert machine.feed(ClockReached(12.3)) == [Apologise(1, 1, "the answer took too long")]
    assert machine.feed(ClockReached(22.3)) == [EndTurn(1, 1, Outcome.APOLOGISED, "the answer took too long")]


def test_a_speaker_that_swallows_the_answer_does_not_hold_the_turn_for_ever() -> None:
    machine = TurnTaking(POLICY)
    committed(machine)
    machine.feed(ClauseReady(2.7, 1, 1, 0))
    machine.feed(AnswerComplete(2.8, 1, 1, 1))
    assert machine.feed(ClockReached(12.8)) == [
        StopSpeaking(1, 1),
        Apologise(1, 1, "the answer stalled"),
    ]
    assert machine.feed(ClockReached(22.8))[0] == EndTurn(1, 1, Outcome.APOLOGISED, "the answer stalled")


def test_an_opinion_on_fewer_words_than_were_said_decides_nothing() -> None:
    machine = TurnTaking(POLICY)
    machine.feed(SpeechStarted(1.06, 1.0))
    machine.feed(ClockReached(1.9))
    machine.feed(TranscriptRevised(2.0, 1, 1.9, "turn on", 0.5))
    machine.feed(SpeechPaused(2.1, 2.0))
    machine.feed(TranscriptRevised(2.2, 1, 2.1, "turn on the", 0.5))
    assert machine.feed(EndOfTurnEstimated(2.3, 1, 2.0, "turn on", 1.0)) == []
    assert machine.phase is Phase.PAUSED


def test_when_everything_is_stopped_the_answer_is_cut_and_no_turn_begins_until_it_is_resumed() -> None:
    machine = TurnTaking(POLICY)
    committed(machine)
    assert machine.feed(ClauseReady(2.7, 1, 1, 0)) == [Play(1, 1, 0)]
    assert machine.feed(SpeechStarted(4.0, 3.94)) == [Hush(1, 1)]
    assert machine.feed(EmergencyStopped(4.6)) == [
        StopSpeaking(1, 1),
        EndTurn(1, 1, Outcome.INTERRUPTED, "everything was stopped"),
    ]
    assert machine.feed(SpeechPaused(4.8, 4.7)) == []
    assert machine.feed(SpeechStarted(6.0, 5.94)) == []
    assert machine.feed(EmergencyStopped(6.1)) == []
    assert machine.feed(Resumed(6.5)) == []
    assert machine.feed(SpeechPaused(6.6, 6.5)) == [], "the word that resumed it is no turn"
    assert machine.phase is Phase.IDLE
    assert machine.feed(SpeechStarted(8.0, 7.94)) == []
    assert (machine.phase, machine.turn) == (Phase.LISTENING, 2)


@pytest.mark.parametrize("is_decided", [False, True])
def test_the_words_that_stop_everything_are_no_question(is_decided: bool) -> None:
    machine = TurnTaking(POLICY)
    if is_decided:
        machine.feed(SpeechStarted(1.06, 1.0))
        machine.feed(SpeechPaused(2.1, 2.0))
        machine.feed(ClockReached(5.1))
        assert machine.phase is Phase.DECIDED
        discarded = []
    else:
        spoken(machine, "emergency stop")
        discarded = [Discard(1, 1)]
    ended = EndTurn(1, 0, Outcome.IGNORED, "everything was stopped")
    assert machine.feed(EmergencyStopped(5.2)) == [*discarded, ended]
    assert machine.phase is Phase.IDLE


def test_what_is_not_meant_is_not_answered_and_what_follows_is_another_turn() -> None:
    machine = TurnTaking(POLICY)
    assert machine.feed(SpeechStarted(1.06, 1.0)) == []
    assert machine.feed(NotMeant(2.3, 1, "another voice")) == [EndTurn(1, 0, Outcome.IGNORED, "another voice")]
    assert machine.phase is Phase.IDLE, "also while that voice goes on"
    machine.feed(SpeechPaused(3.1, 3.0))
    machine.feed(SpeechStarted(4.06, 4.0))
    assert (machine.turn, machine.phase) == (2, Phase.LISTENING)


def test_an_answer_that_was_begun_to_what_is_not_meant_is_never_heard() -> None:
    machine = TurnTaking(POLICY)
    spoken(machine)
    machine.feed(ClauseReady(2.3, 1, 1, 0))
    assert machine.feed(NotMeant(2.4, 1, "another voice")) == [EndTurn(1, 1, Outcome.IGNORED, "another voice")]
    assert machine.feed(ClauseReady(2.5, 1, 1, 1)) == []


def test_that_it_was_not_meant_comes_too_late_once_it_is_being_answered() -> None:
    machine = TurnTaking(POLICY)
    spoken(machine)
    machine.feed(EndOfTurnEstimated(2.3, 1, 2.0, "what is that", 0.95))
    assert machine.phase is Phase.ANSWERING
    assert machine.feed(NotMeant(2.4, 1, "another voice")) == []


def test_a_clause_without_a_sound_that_is_dated_long_ago_leaves_the_apology_its_time() -> None:
    machine = TurnTaking(POLICY)
    committed(machine)
    assert machine.feed(ClauseReady(2.4, 1, 1, 0)) == [Play(1, 1, 0)]
    machine.feed(WorkFailed(2.5, 1, 1, "the voice broke"))
    assert machine.feed(ClausePlayed(-20.0, 1, 1, 0)) == [Apologise(1, 1, "the voice broke")]
    assert machine.feed(ClockReached(2.6)) == []
