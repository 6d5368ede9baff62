"""When the ears tell of speech: over an answer a single sure frame is enough."""

import numpy as np
import pytest

from assistant.conversation.attention import Attention, AttentionPolicy, Mode
from assistant.conversation.facts import Fact, SpeechStarted
from assistant.conversation.hearing import OVER_ANSWER_FROM, Hearing
from assistant.conversation.turn_taking import Phase
from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ, Frame, Pcm16, to_float
from audio.vad.foreground import Foreground
from audio.vad.segmenter import Segmenter
from audio.wake.protocol import WakeWord


class Scripted:
    """A detector whose scores are known beforehand."""

    def __init__(self, *scores: float) -> None:
        self._scores = iter(scores)

    def probability(self, frame: Frame) -> float:
        return next(self._scores)

    def reset(self) -> None:
        """It has nothing to forget."""


class Calls:
    """A detector that hears wake words, known beforehand, 0.2 s after they end."""

    def __init__(self, *ends_s: float) -> None:
        self._ends_s = ends_s

    def detect(self, frame: Frame) -> tuple[WakeWord, ...]:
        heard = [end_s for end_s in self._ends_s if frame.start_s <= end_s + 0.2 < frame.end_s]
        return tuple(WakeWord("wake-hey-lamp", "Hey Lamp", end_s) for end_s in heard)

    def reset(self) -> None:
        """It has nothing to forget."""


def ears(*scores: float, attention: Attention | None = None, wake: Calls | None = None) -> Hearing:
    return Hearing(
        Scripted(*scores),
        Segmenter(threshold=0.5, onset_ms=60),
        Foreground(9.0),
        pre_roll_s=0.3,
        kept_s=10.0,
        observer=lambda notice: None,
        attention=attention,
        wake=wake,
    )


def heard(phase: Phase, *scores: float) -> list[Fact]:
    hearing = ears(*scores)
    frames = [Frame(number * FRAME_SAMPLES, np.zeros(FRAME_SAMPLES, np.int16)) for number in range(len(scores))]
    return [
        fact
        for frame in frames
        for fact in hearing.facts(frame, phase, is_in_turn=False)
        if isinstance(fact, SpeechStarted)
    ]


def test_over_an_answer_one_sure_frame_is_speech() -> None:
    assert heard(Phase.ANSWERING, 0.1, OVER_ANSWER_FROM, 0.1) == [SpeechStarted(0.04, 0.02)]


@pytest.mark.parametrize("phase", [Phase.IDLE, Phase.LISTENING, Phase.PAUSED, Phase.DECIDED])
def test_otherwise_speech_must_last(phase: Phase) -> None:
    assert heard(phase, 0.1, 0.9, 0.9, 0.1) == []
    assert heard(phase, 0.1, 0.9, 0.9, 0.9) == [SpeechStarted(0.08, 0.02)]


def test_over_an_answer_too_an_unsure_one_must_last() -> None:
    assert heard(Phase.ANSWERING, 0.1, 0.6, 0.6, 0.1) == []


def called(*called_s: float, speech_from_s: float, until_s: float) -> tuple[Hearing, Pcm16]:
    """Somebody speaks from then on, and says wake words that end at these times."""
    frames = round(until_s * MIC_RATE_HZ) // FRAME_SAMPLES
    scores = [0.9 if number * FRAME_SAMPLES >= speech_from_s * MIC_RATE_HZ else 0.0 for number in range(frames)]
    hearing = ears(*scores, attention=Attention(AttentionPolicy(Mode.WAKE_WORD)), wake=Calls(*called_s))
    sound = np.random.default_rng(1).integers(-9000, 9000, frames * FRAME_SAMPLES).astype(np.int16)
    for start in range(0, len(sound), FRAME_SAMPLES):
        hearing.facts(Frame(start, sound[start : start + FRAME_SAMPLES]), Phase.IDLE, is_in_turn=False)
    return hearing, sound


def test_a_question_in_one_breath_with_the_wake_word_is_led_by_its_sound() -> None:
    hearing, sound = called(2.0, speech_from_s=1.0, until_s=4.0)
    start_s, samples = hearing.turn_audio(2.0, 4.0)
    lead = hearing.lead(start_s)
    assert lead is not None and lead.text == "Hey Lamp,"
    whole = np.concatenate([lead.samples, to_float(samples)])
    assert np.array_equal(whole, to_float(sound[-len(whole) :])), "the two join without a gap"


def test_a_wake_word_within_the_question_does_not_lead_it() -> None:
    hearing, _ = called(2.0, 4.0, speech_from_s=1.0, until_s=4.5)
    start_s, _ = hearing.turn_audio(2.0, 4.5)
    assert start_s == 2.0 and hearing.lead(start_s) is not None


def test_a_question_some_time_after_it_is_not() -> None:
    hearing, _ = called(2.0, speech_from_s=2.5, until_s=4.0)
    start_s, _ = hearing.turn_audio(2.5, 4.0)
    assert start_s == 2.2 and hearing.lead(start_s) is None


def test_nor_is_one_without_it_or_by_key() -> None:
    hearing, _ = called(speech_from_s=1.0, until_s=4.0)
    hearing.call(2.3)
    start_s, _ = hearing.turn_audio(2.0, 4.0)
    assert start_s == 2.0 and hearing.lead(start_s) is None
