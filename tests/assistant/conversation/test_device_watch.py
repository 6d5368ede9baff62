"""What turn-taking gets to know of the devices and of the machine's sleep, and what it makes of a sleep."""

from dataclasses import dataclass, field

import pytest

from assistant.conversation.announcements import Device
from assistant.conversation.decisions import Discard, EndTurn, Outcome, StopSpeaking
from assistant.conversation.device_watch import DeviceWatch
from assistant.conversation.facts import (
    ClauseReady,
    DeviceBack,
    DeviceLost,
    EndOfTurnEstimated,
    Slept,
    SpeechPaused,
    SpeechStarted,
    TranscriptRevised,
)
from assistant.conversation.notices import DevicePresence, Notice
from assistant.conversation.turn_taking import Phase, TurnTaking
from audio.devices.asleep import Sleep
from audio.devices.protocol import DeviceHealth


@dataclass
class Machine:
    """Two devices, and how long it has slept."""

    lost: dict[Device, str] = field(default_factory=lambda: dict.fromkeys(Device, ""))
    asleep_s: float = 0.0
    notices: list[Notice] = field(default_factory=list)

    def __post_init__(self) -> None:
        health = {device: lambda device=device: DeviceHealth(lost=self.lost[device]) for device in Device}
        self.watch = DeviceWatch(health, self.notices.append, Sleep(lambda: self.asleep_s))


def test_a_loss_and_a_return_are_told_once_and_a_new_reason_to_the_eye_only() -> None:
    machine = Machine()
    assert machine.watch.facts(1.0) == []
    machine.lost[Device.MICROPHONE] = "unplugged"
    assert machine.watch.facts(2.0) == [DeviceLost(2.0, Device.MICROPHONE)]
    assert machine.watch.facts(2.02) == []
    machine.lost[Device.MICROPHONE] = "the server died"
    machine.lost[Device.SPEAKER] = "the server died"
    assert machine.watch.facts(3.0) == [DeviceLost(3.0, Device.SPEAKER)]
    machine.lost = dict.fromkeys(Device, "")
    assert machine.watch.facts(4.0) == [DeviceBack(4.0, Device.MICROPHONE), DeviceBack(4.0, Device.SPEAKER)]
    assert machine.notices == [
        DevicePresence(Device.MICROPHONE, "unplugged"),
        DevicePresence(Device.MICROPHONE, "the server died"),
        DevicePresence(Device.SPEAKER, "the server died"),
        DevicePresence(Device.MICROPHONE, ""),
        DevicePresence(Device.SPEAKER, ""),
    ]


def test_a_sleep_is_told_once() -> None:
    machine = Machine()
    machine.asleep_s = 3600.0
    assert machine.watch.facts(1.0) == [Slept(1.0, 3600.0)]
    assert machine.watch.facts(1.02) == []


def test_half_a_sentence_is_not_answered_after_a_long_sleep() -> None:
    core = TurnTaking()
    core.feed(SpeechStarted(1.0, 0.94))
    core.feed(TranscriptRevised(1.5, 1, 1.5, "switch on the", 0.9))
    assert core.feed(Slept(2.0, 3600.0)) == [Discard(1, 1), EndTurn(1, 0, Outcome.IGNORED, "the machine slept")]
    assert core.phase is Phase.IDLE


def answering() -> TurnTaking:
    core = TurnTaking()
    core.feed(SpeechStarted(1.0, 0.94))
    core.feed(SpeechPaused(2.06, 2.0))
    core.feed(TranscriptRevised(2.1, 1, 2.1, "what is that", 0.9))
    core.feed(EndOfTurnEstimated(2.3, 1, 2.0, "what is that", 1.0))
    core.feed(ClauseReady(2.4, 1, 1, 0))
    assert core.phase is Phase.ANSWERING
    return core


def test_an_answer_is_not_gone_on_with_after_a_long_sleep() -> None:
    core = answering()
    ended = EndTurn(1, 1, Outcome.INTERRUPTED, "the machine slept")
    assert core.feed(Slept(3.0, 3600.0)) == [StopSpeaking(1, 1), ended]
    assert core.phase is Phase.IDLE


@pytest.mark.parametrize("slept_s", [1.0, 9.9])
def test_a_nap_changes_nothing(slept_s: float) -> None:
    core = answering()
    assert core.feed(Slept(3.0, slept_s)) == []
    assert core.phase is Phase.ANSWERING
