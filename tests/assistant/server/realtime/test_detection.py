import pytest

from assistant.conversation.patience import Patience
from assistant.conversation.policy import TurnPolicy
from assistant.server.realtime.detection import Detection, detection_of
from assistant.server.realtime.session_settings import SemanticVad, ServerVad

USUAL = TurnPolicy(patience=Patience(((0.0, 1.3), (0.8, 0.2))))


def found(wanted: ServerVad | SemanticVad) -> Detection:
    return detection_of(wanted, USUAL, threshold=0.6, pre_roll_s=0.3)


def test_a_silence_of_the_length_asked_for_ends_the_turn_whatever_it_sounds_like() -> None:
    detection = found(ServerVad(silence_duration_ms=700, threshold=0.4, prefix_padding_ms=200))
    assert detection.policy.patience.wait_s(0.0) == detection.policy.patience.wait_s(1.0) == 0.7
    assert (detection.threshold, detection.pre_roll_s) == (0.4, 0.2)


@pytest.mark.parametrize(("eagerness", "scale", "longest_s"), [("low", 2.0, 8), ("auto", 1.0, 4), ("high", 0.6, 2)])
def test_eagerness_changes_how_long_a_pause_may_be(eagerness: str, scale: float, longest_s: float) -> None:
    policy = found(SemanticVad.model_validate({"type": "semantic_vad", "eagerness": eagerness})).policy
    assert policy.patience.wait_s(0.0) == pytest.approx(1.3 * scale)
    assert policy.patience.wait_s(0.9) == pytest.approx(0.2 * scale)
    assert policy.longest_pause_s == longest_s


def test_who_may_not_interrupt_does_not() -> None:
    detection = found(ServerVad(interrupt_response=False))
    assert not detection.policy.interruptible and not detection.interrupts_response


def test_a_silence_that_is_longer_than_usual_is_waited_for() -> None:
    assert found(ServerVad(silence_duration_ms=5000)).policy.longest_pause_s == 5.0
