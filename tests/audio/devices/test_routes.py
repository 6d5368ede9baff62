"""Where the sound server has put a stream, and what to think of it."""

import pytest

from audio.devices.choose import Kind
from audio.devices.routes import DUMMY, Endpoint, Route, route

HEADSET = Endpoint(3, "alsa_input.usb-headset", "Headset")
WEBCAM = Endpoint(4, "alsa_input.usb-webcam", "Webcam")
MONITOR = Endpoint(5, "alsa_output.hdmi.monitor", "Monitor of HDMI", is_monitor=True)
HDMI = Endpoint(1, "alsa_output.hdmi", "HDMI")
DUMMY_SINK = Endpoint(2, DUMMY, "Dummy Output")


@pytest.mark.parametrize("at", [HEADSET, WEBCAM])
def test_where_no_name_is_given_any_microphone_will_do(at: Endpoint) -> None:
    assert route("microphone", "", at, [HEADSET, WEBCAM, MONITOR]) == Route(at.description)


def test_its_own_monitor_is_no_microphone() -> None:
    found = route("microphone", "", MONITOR, [MONITOR])
    assert found.lost == "the sound server gives what the speaker plays instead (Monitor of HDMI)"
    assert found.move_to is None


@pytest.mark.parametrize(("kind", "at"), [("microphone", None), ("speaker", None), ("speaker", DUMMY_SINK)])
def test_a_stream_without_a_device_is_lost(kind: Kind, at: Endpoint | None) -> None:
    assert route(kind, "", at, [MONITOR]) == Route(lost=f"the sound server has no {kind}")


def test_a_device_that_was_named_is_waited_for_although_there_is_another() -> None:
    found = route("microphone", HEADSET.name, WEBCAM, [WEBCAM, MONITOR])
    assert found == Route(lost="alsa_input.usb-headset is not there")


def test_a_stream_is_moved_to_the_device_that_was_named_once_it_is_there() -> None:
    found = route("microphone", HEADSET.name, WEBCAM, [WEBCAM, HEADSET])
    assert found == Route(lost="the sound server uses Webcam instead", move_to=HEADSET.index)
    assert route("microphone", HEADSET.name, None, [HEADSET]).move_to == HEADSET.index
    assert route("microphone", HEADSET.name, HEADSET, [WEBCAM, HEADSET]) == Route("Headset")


def test_a_monitor_that_was_named_is_what_is_meant() -> None:
    assert route("microphone", MONITOR.name, MONITOR, [WEBCAM, MONITOR]) == Route("Monitor of HDMI")


def test_a_speaker_may_be_any_real_one() -> None:
    assert route("speaker", "", HDMI, [HDMI, DUMMY_SINK]) == Route("HDMI")
