"""When the ears tell of speech: over an answer a single sure frame is enough."""

import numpy as np
import pytest

from assistant.conversation.facts import Fact, SpeechStarted
from assistant.conversation.hearing import OVER_ANSWER_FROM, Hearing
from assistant.conversation.turn_taking import Phase
from audio.frames import FRAME_SAMPLES, Frame
from audio.vad.foreground import Foreground
from audio.vad.segmenter import Segmenter


class Scripted:
    """A detector whose scores are known beforehand."""

    def __init__(self, *scores: float) -> None:
        self._scores = iter(scores)

    def probability(self, frame: Frame) -> float:
        return next(self._scores)

    def reset(self) -> None:
        """It has nothing to forget."""


def heard(phase: Phase, *scores: float) -> list[Fact]:
    hearing = Hearing(
        Scripted(*scores),
        Segmenter(threshold=0.5, onset_ms=60),
        Foreground(9.0),
        pre_roll_s=0.3,
        kept_s=10.0,
        observer=lambda notice: None,
    )
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
