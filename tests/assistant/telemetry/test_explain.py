"""Timelines of the real machine, and what is said of them."""

from dataclasses import replace

from assistant.conversation.announcements import Device
from assistant.conversation.facts import (
    AnswerComplete,
    Called,
    ClausePlayed,
    ClauseReady,
    ClockReached,
    DeviceLost,
    EndOfMessageExpected,
    EndOfTurnEstimated,
    ErrandCalledOff,
    Fact,
    ListenWanted,
    OverlapRevised,
    SayWanted,
    SpeechPaused,
    SpeechStarted,
    TranscriptRevised,
    WorkFailed,
)
from assistant.conversation.patience import Patience
from assistant.conversation.policy import TurnPolicy
from assistant.conversation.turn_taking import TurnTaking
from assistant.telemetry.explain import explain, turns
from assistant.telemetry.recording.codec import Step

POLICY = TurnPolicy(patience=Patience(((0.0, 1.3), (0.8, 0.2))))

HEARD = (
    SpeechStarted(1.06, 1.0),
    SpeechPaused(2.1, 2.0),
    TranscriptRevised(2.15, 1, 2.1, "what is that", 0.93),
)
ESTIMATE = EndOfTurnEstimated(2.2, 1, 2.0, "what is that", 0.88)
QUESTION = (*HEARD, ESTIMATE)
ANSWER = (ClauseReady(2.5, 1, 1, 0),)


def told(*facts: Fact, policy: TurnPolicy = POLICY) -> list[Step]:
    machine = TurnTaking(policy)
    return [Step(fact, tuple(machine.feed(fact))) for fact in facts]


def test_why_a_turn_was_over_and_when_it_was_answered() -> None:
    steps = told(*QUESTION, *ANSWER, AnswerComplete(2.6, 1, 1, 1), ClausePlayed(4.0, 1, 1, 0))
    assert turns(steps) == [1]
    assert explain(1, steps) == [
        "'what is that' ended at 2.0 s, which was decided 0.2 s after the last word, because words (0.93) and sound, "
        "taken together (0.88), said that it was finished.",
        "The answer was begun at 2.1 s and released at 2.5 s, 0.5 s after the last word.",
        "It was answered; that ended at 4.0 s.",
    ]


def test_what_the_language_model_expected_is_named_among_the_reasons() -> None:
    steps = told(*HEARD, EndOfMessageExpected(2.17, 1, "what is that", 0.8), replace(ESTIMATE, expected=0.8))
    assert "because words (0.93), language model (0.80) and sound, taken together (0.88)," in explain(1, steps)[0]


def test_what_was_said_for_a_program_and_by_whom_it_was_called_off() -> None:
    steps = told(ClockReached(1.0), SayWanted(1.5, 7, 1), ClockReached(2.0), ErrandCalledOff(3.0, 7))
    assert explain(1, steps) == [
        "At 2.0 s it said what another program wanted said.",
        "Interrupted at 3.0 s by the program that wanted it said.",
    ]
    assert turns(told(ClockReached(1.0), ListenWanted(1.5, 7), ClockReached(2.0))) == [], "to listen is no turn yet"


def test_why_it_waited() -> None:
    steps = told(
        SpeechStarted(1.06, 1.0),
        SpeechPaused(2.1, 2.0),
        TranscriptRevised(2.15, 1, 2.1, "what is", 0.1),
        EndOfTurnEstimated(2.2, 1, 2.0, "what is", 0.12),
        SpeechStarted(2.96, 2.9),
        SpeechPaused(3.6, 3.5),
        TranscriptRevised(3.65, 1, 3.6, "what is that", 0.2),
        EndOfTurnEstimated(3.7, 1, 3.5, "what is that", 0.3),
        ClockReached(4.9),
    )
    waited, ended = explain(1, steps)
    assert waited == "It waited through a pause of 0.9 s at 2.0 s (finished: 0.12)."
    assert ended.endswith(
        "1.4 s after the last word, although words (0.20) and sound, taken together (0.30), doubted it."
    )


def test_what_interrupted_it() -> None:
    steps = told(
        *QUESTION,
        *ANSWER,
        SpeechStarted(4.06, 4.0),
        OverlapRevised(4.5, 1, 4.4, "wait a moment", "It is."),
    )
    assert explain(1, steps)[-2:] == [
        "At 4.1 s something was said over it, and it fell silent.",
        "Interrupted at 4.5 s by 'wait a moment'.",
    ]


def test_what_did_not_interrupt_it() -> None:
    def over(text: str, *, is_echo: bool = False) -> str:
        speech = SpeechStarted(4.06, 4.0), SpeechPaused(4.4, 4.3)
        heard = OverlapRevised(4.5, 1, 4.4, text, "It is.", is_echo=is_echo)
        return explain(1, told(*QUESTION, *ANSWER, *speech, heard))[-1]

    assert over("mhm") == (
        "It went on at 4.5 s, at the word where it was: 'mhm' was taken for an acknowledgement, or for noise."
    )
    assert "the echo of its own voice" in over("it is a lamp", is_echo=True)
    assert "no word was understood" in over("")


def test_why_nobody_was_answered() -> None:
    steps = told(
        SpeechStarted(1.06, 1.0), SpeechPaused(1.5, 1.4), TranscriptRevised(1.6, 1, 1.5, ""), ClockReached(2.1)
    )
    assert explain(1, steps) == ["Not answered, at 2.1 s: nothing was understood."]


def test_why_it_apologised() -> None:
    steps = told(*QUESTION, WorkFailed(2.6, 1, 1, "the server is down"))
    assert explain(1, steps)[-1] == "It apologised at 2.6 s: the server is down."


def test_that_the_watchdog_spoke() -> None:
    steps = told(*QUESTION, *[ClockReached(2.2 + frame / 50) for frame in range(310)])
    assert explain(1, steps)[-1] == "At 8.2 s nothing had come of the answer for long, and it said so."


def test_that_an_answer_was_withdrawn() -> None:
    steps = told(
        *QUESTION,
        *ANSWER,
        SpeechStarted(2.96, 2.9),
        OverlapRevised(3.3, 1, 3.3, "over there please", "It"),
    )
    assert explain(1, steps)[-1] == (
        "At 3.3 s the answer, which had just begun, was withdrawn: the user went on ('over there please'). "
        "All of it belongs to turn 2."
    )


def test_that_it_was_called() -> None:
    steps = told(*QUESTION, *ANSWER, Called(4.0))
    assert explain(1, steps)[-1] == "Interrupted at 4.0 s by a wake word."


def test_what_it_said_unasked() -> None:
    steps = told(DeviceLost(1.0, Device.MICROPHONE), ClockReached(2.0), ClausePlayed(3.5, 1, 1, 0))
    assert explain(1, steps) == ["At 2.0 s it said unasked: microphone gone.", "It had said so at 3.5 s."]


def test_a_turn_that_never_was() -> None:
    assert explain(7, told(*QUESTION)) == []
