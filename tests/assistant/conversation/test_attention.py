"""Which speech is for the assistant: the rules as timelines, and what must hold whatever is said when."""

import math
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation.attention import APART_S, LEAD_S, Attention, AttentionPolicy, EndedTurn, Mode
from assistant.conversation.decisions import Outcome
from assistant.conversation.turn_taking import Phase
from audio.vad.segmenter import SpeechState
from audio.voice.protocol import Voice

FRAME_S = 0.02
POLICY = AttentionPolicy(mode=Mode.WAKE_WORD, listen_s=6.0, follow_up_s=4.0, follow_up_to_question_s=10.0)
ANSWERED = EndedTurn(Outcome.ANSWERED, "It is noon.")


@dataclass
class Room:
    """Speech in a room with the assistant in it, frame by frame; `heard` is what turn-taking gets to know."""

    attention: Attention = field(default_factory=lambda: Attention(POLICY))
    now_s: float = 0.0
    phase: Phase = Phase.IDLE
    heard: list[tuple[float, float]] = field(default_factory=list)
    """For each stretch of speech: when it was told, and its onset."""
    _was_speaking: bool = False
    _was_told: bool = False
    _onset_s: float | None = None
    _end_s: float | None = None

    def frames(self, length_s: float, *, speaking: bool) -> None:
        for _ in range(round(length_s / FRAME_S)):
            start_s, self.now_s = self.now_s, self.now_s + FRAME_S
            if speaking:
                self._onset_s = start_s if not self._was_speaking else self._onset_s
                self._end_s = self.now_s
            self._was_speaking = speaking
            state = SpeechState(speaking, self._onset_s, self._end_s, 0.0 if speaking else 1.0)
            told = self.attention.admit(state, self.now_s, self.phase)
            if told.is_speaking and not self._was_told:
                assert told.onset_s is not None
                self.heard.append((self.now_s, told.onset_s))
            self._was_told = told.is_speaking

    def speak(self, length_s: float) -> "Room":
        self.frames(length_s, speaking=True)
        return self

    def silence(self, length_s: float) -> "Room":
        self.frames(length_s, speaking=False)
        return self

    def wake(self, *, ago_s: float = 0.0) -> "Room":
        self.attention.woken(self.now_s - ago_s)
        return self

    def answered(self, turn: EndedTurn = ANSWERED) -> "Room":
        self.phase = Phase.IDLE
        self.attention.turn_ended(self.now_s, turn)
        return self


def test_without_wake_words_all_speech_is_heard_as_it_comes() -> None:
    room = Room(Attention()).silence(1.0).speak(1.0).silence(100.0).speak(1.0)
    assert [onset_s for _, onset_s in room.heard] == pytest.approx([1.0, 102.0])
    assert room.attention.is_awake


def test_speech_without_a_wake_word_is_not_heard() -> None:
    room = Room().silence(1.0).speak(3.0).silence(1.0).speak(5.0)
    assert room.heard == []
    assert not room.attention.is_awake


def test_in_one_breath_the_question_is_heard_from_the_end_of_the_phrase_on() -> None:
    room = Room().silence(1.0).speak(1.1).wake(ago_s=0.2).speak(2.0)
    ((told_s, onset_s),) = room.heard
    assert onset_s == room.attention.hears_from_s == pytest.approx(1.9)
    assert told_s <= 1.9 + APART_S + 2 * FRAME_S


def test_the_wake_word_alone_begins_no_turn_and_the_question_may_come_seconds_later() -> None:
    room = Room().silence(1.0).speak(0.9).wake(ago_s=0.1).speak(0.1).silence(4.0)
    assert room.heard == []
    assert room.attention.is_awake
    room.speak(1.0)
    assert [onset_s for _, onset_s in room.heard] == pytest.approx([6.0])


def test_it_goes_back_to_sleep_when_nothing_follows_the_wake_word() -> None:
    room = Room().speak(0.8).wake().silence(6.1)
    assert not room.attention.is_awake
    assert room.speak(1.0).heard == []


def test_a_question_that_began_before_the_wake_word_was_reported_is_heard_from_its_onset() -> None:
    room = Room().speak(0.8).silence(0.1).speak(0.2).wake(ago_s=0.3).speak(0.5)
    assert [onset_s for _, onset_s in room.heard] == pytest.approx([0.9])


@pytest.mark.parametrize(("answer", "after_s", "is_heard"), [
    ("It is noon.", 3.5, True),
    ("It is noon.", 4.5, False),
    ("Which room?", 9.5, True),
    ("Which room?", 10.5, False),
    ('He asked "why?"', 9.5, True),
])  # fmt: skip
def test_a_follow_up_needs_no_wake_word_for_longer_after_a_question(
    answer: str, after_s: float, is_heard: bool
) -> None:
    room = Room().speak(0.8).wake().silence(1.0).answered(EndedTurn(Outcome.ANSWERED, answer))
    room.silence(after_s).speak(1.0)
    assert bool(room.heard) is is_heard


@pytest.mark.parametrize("intent", ["thank_you", "goodbye"])
def test_a_farewell_ends_the_conversation(intent: str) -> None:
    room = Room().wake().answered(EndedTurn(Outcome.ANSWERED, "You're welcome. Anything else?", intent))
    assert room.silence(0.5).speak(1.0).heard == []


def test_a_turn_that_was_ignored_neither_prolongs_nor_ends_anything() -> None:
    room = Room().speak(0.8).wake().silence(3.0).answered(EndedTurn(Outcome.IGNORED)).silence(2.5).speak(0.5)
    assert len(room.heard) == 1
    room = Room().speak(0.8).wake().silence(5.9).answered(EndedTurn(Outcome.IGNORED)).silence(0.5).speak(0.5)
    assert room.heard == []


def test_speech_during_a_turn_needs_no_wake_word() -> None:
    room = Room()
    room.phase = Phase.ANSWERING
    assert len(room.silence(20.0).speak(1.0).heard) == 1


def test_a_wake_word_in_an_open_conversation_is_not_transcribed_either() -> None:
    room = Room().wake().answered().silence(1.0).speak(0.2)
    room.phase = Phase.LISTENING
    room.speak(0.6).wake().speak(1.0)
    assert [onset_s for _, onset_s in room.heard] == pytest.approx([1.0])
    assert room.attention.hears_from_s == pytest.approx(1.8)


def test_a_wake_word_in_mid_sentence_is_part_of_the_sentence() -> None:
    room = Room().wake().answered().silence(1.0).speak(0.2)
    room.phase = Phase.LISTENING
    room.speak(3.0).wake()
    assert room.attention.hears_from_s == 0.0
    room.silence(0.5)
    room.phase = Phase.PAUSED
    room.speak(0.8).wake()
    assert room.attention.hears_from_s == 0.0


ANNA, BO = (Voice(np.eye(2, dtype=np.float32)[index], 2.0) for index in range(2))


def same(one: Voice, other: Voice) -> float:
    return 0.9 if one is other else 0.05


def answered_to_anna() -> Room:
    """Anna has called, asked, and been answered; the conversation is open."""
    room = Room(Attention(replace(POLICY, another_voice=0.1))).speak(0.8).wake().speak(1.0)
    room.phase = Phase.LISTENING
    assert not room.attention.is_another(ANNA, same)
    return room.silence(0.5).answered().silence(1.0)


def test_another_voice_than_the_callers_is_refused_until_it_pauses() -> None:
    room = answered_to_anna().speak(1.0)
    room.phase = Phase.LISTENING
    assert room.attention.is_another(BO, same)
    room.answered(EndedTurn(Outcome.IGNORED)).speak(1.0)
    assert len(room.heard) == 2, "nothing more of that stretch is heard"
    room.silence(0.3).speak(1.0)
    assert len(room.heard) == 3, "the next stretch is, until it is known whose it is"
    assert not room.attention.is_another(ANNA, same)


def test_another_voice_that_calls_is_heard_at_once_and_the_first_one_is_another_then() -> None:
    room = answered_to_anna().speak(1.0)
    room.phase = Phase.LISTENING
    assert room.attention.is_another(BO, same)
    room.answered(EndedTurn(Outcome.IGNORED)).speak(1.0).wake(ago_s=0.1).speak(1.0)
    assert len(room.heard) == 3
    assert room.heard[-1][1] == room.attention.hears_from_s
    room.phase = Phase.LISTENING
    assert not room.attention.is_another(BO, same)
    room.silence(0.5).answered().silence(1.0).speak(1.0)
    assert room.attention.is_another(ANNA, same)


def test_a_caller_whose_voice_was_not_heard_leaves_the_conversation_open_to_all() -> None:
    room = Room(Attention(replace(POLICY, another_voice=0.1))).speak(0.8).wake().answered().silence(1.0).speak(1.0)
    assert not room.attention.is_another(BO, same)


def test_without_the_option_no_voice_is_another() -> None:
    room = Room().speak(0.8).wake()
    assert not room.attention.is_another(ANNA, same)
    assert not room.answered().speak(1.0).attention.is_another(BO, same)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("speak"), st.floats(0.02, 8)),
        st.tuples(st.just("silence"), st.floats(0.02, 8)),
        st.tuples(st.just("wake"), st.floats(-0.3, 0.3)),
        st.tuples(st.sampled_from(["answered", "asked", "ignored", "thanked"]), st.just(0.0)),
    ),
    max_size=30,
)


@given(steps)
def test_whatever_happens_speech_is_heard_only_when_it_was_called_for(steps: list[tuple[str, float]]) -> None:
    room = Room()
    open_until_s = -math.inf
    phrase_end_s = -math.inf
    for what, number in steps:
        before = len(room.heard)
        if what == "speak":
            room.speak(number)
        elif what == "silence":
            room.silence(number)
        elif what == "wake":
            room.wake(ago_s=number)
            phrase_end_s = max(phrase_end_s, room.now_s - number)
            open_until_s = max(open_until_s, room.now_s - number + POLICY.listen_s)
        else:
            answer = "Which?" if what == "asked" else "Fine."
            outcome = Outcome.IGNORED if what == "ignored" else Outcome.ANSWERED
            room.answered(EndedTurn(outcome, answer, "thank_you" if what == "thanked" else ""))
            if what != "ignored":
                window_s = POLICY.follow_up_to_question_s if what == "asked" else POLICY.follow_up_s
                open_until_s = -math.inf if what == "thanked" else room.now_s + window_s
        for told_s, onset_s in room.heard[before:]:
            assert onset_s <= told_s
            assert onset_s <= open_until_s
            assert not onset_s < phrase_end_s <= told_s - APART_S - 2 * FRAME_S, "the wake word would be transcribed"


@given(steps)
def test_always_listening_changes_nothing_of_what_is_said(steps: list[tuple[str, float]]) -> None:
    attention = Attention()
    for number, (what, length_s) in enumerate(steps):
        state = SpeechState(what == "speak", float(number), number + 1.0, length_s, may_begin=what == "silence")
        if what == "wake":
            attention.woken(number + length_s)
        assert attention.admit(state, number + 1.0, Phase.IDLE) is state
        assert attention.is_awake


def by_key() -> Room:
    return Room(Attention(AttentionPolicy(mode=Mode.PUSH_TO_TALK)))


def test_by_key_only_what_is_said_while_it_is_held_is_heard() -> None:
    room = by_key().speak(1.0).silence(1.0)
    room.attention.key_pressed(room.now_s)
    room.silence(0.5).speak(1.0).silence(3.0).speak(1.0).silence(0.1)
    room.attention.key_released(room.now_s)
    room.silence(0.5).speak(1.0)
    assert [onset_s for _, onset_s in room.heard] == pytest.approx([2.5, 6.5])
    assert not room.attention.is_awake


def test_who_speaks_just_before_the_key_is_down_loses_nothing() -> None:
    room = by_key().silence(1.0).speak(0.2)
    room.attention.key_pressed(room.now_s)
    room.speak(1.0)
    assert [onset_s for _, onset_s in room.heard] == pytest.approx([1.0])


def test_of_talk_that_was_under_way_what_came_before_the_key_is_not_heard() -> None:
    room = by_key().speak(5.0)
    room.attention.key_pressed(room.now_s)
    room.speak(1.0)
    assert [onset_s for _, onset_s in room.heard] == pytest.approx([5.0 - LEAD_S])


@pytest.mark.parametrize("mode", Mode)
def test_what_goes_on_after_the_key_is_not_heard(mode: Mode) -> None:
    room = Room(Attention(AttentionPolicy(mode=mode)))
    room.attention.key_pressed(room.now_s)
    room.silence(0.1).speak(1.0)
    room.phase = Phase.LISTENING
    room.attention.key_released(room.now_s)
    room.speak(5.0)
    assert not room._was_told
    assert len(room.heard) == 1


def test_by_key_there_is_no_follow_up_and_nobody_interrupts_without_it() -> None:
    room = by_key().silence(1.0)
    room.attention.key_tapped(room.now_s)
    room.speak(1.0).silence(0.5)
    room.phase = Phase.ANSWERING
    room.speak(1.0)
    room.answered().silence(1.0).speak(1.0)
    assert [onset_s for _, onset_s in room.heard] == pytest.approx([1.0])
