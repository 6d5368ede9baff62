"""One line of the log for each loss and each return."""

import logging

import pytest

from audio.devices.choose import Kind
from audio.devices.presence import Presence

DEVICES: dict[Kind, str] = {"microphone": "Headset", "speaker": "HDMI"}
HERE: dict[Kind, str] = {"microphone": "", "speaker": ""}


def test_a_loss_and_a_return_are_one_line_each_however_often_they_are_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="audio.devices.presence")
    presence = Presence()
    presence.tell(HERE, DEVICES, 0.0)
    for at_s in (1.0, 2.0):
        presence.tell({**HERE, "microphone": "unplugged"}, DEVICES, at_s)
        assert presence.lost == {"microphone": "unplugged"}
    presence.tell({**HERE, "microphone": "another reason"}, DEVICES, 3.0)
    for at_s in (4.5, 5.0):
        presence.tell(HERE, DEVICES, at_s)
        assert presence.lost == {}
    assert caplog.messages == [
        "microphone: Headset",
        "speaker: HDMI",
        "the microphone is gone: unplugged",
        "the microphone is back after 3.5 s: Headset",
    ]
    levels = [record.levelname for record in caplog.records]
    assert levels == ["INFO", "INFO", "WARNING", "INFO"]


def test_what_goes_and_comes_together_is_told_together(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="audio.devices.presence")
    presence = Presence()
    presence.tell({"microphone": "the server died", "speaker": "the server died"}, {}, 1.0)
    presence.tell(HERE, DEVICES, 2.0)
    assert caplog.messages == [
        "the microphone and the speaker are gone: the server died",
        "the microphone and the speaker are back after 1.0 s: Headset; HDMI",
    ]


def test_what_comes_back_in_turn_is_told_in_turn(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="audio.devices.presence")
    presence = Presence()
    presence.tell({"microphone": "the server died", "speaker": "the server died"}, {}, 1.0)
    presence.tell({"microphone": "no microphone", "speaker": ""}, DEVICES, 2.0)
    presence.tell(HERE, DEVICES, 4.0)
    assert caplog.messages[1:] == [
        "the speaker is back after 1.0 s: HDMI",
        "the microphone is back after 3.0 s: Headset",
    ]


def test_another_device_in_the_place_of_one_is_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="audio.devices.presence")
    presence = Presence()
    presence.tell(HERE, DEVICES, 0.0)
    presence.tell(HERE, {**DEVICES, "microphone": "Webcam"}, 1.0)
    assert caplog.messages[2:] == ["microphone is now: Webcam"]
