"""Which device a name means."""

from dataclasses import replace

import pytest

from audio.devices.choose import DeviceInfo, choose_device
from audio.devices.protocol import DeviceError


def device(
    number: int, name: str, *, inputs: int = 1, outputs: int = 0, host: str = "ALSA", first: bool = False
) -> DeviceInfo:
    return DeviceInfo(number, name, host, inputs, outputs, 48_000, first and inputs > 0, first and outputs > 0)


CARD = [
    device(0, "HDA Intel PCH: ALC257 Analog (hw:0,0)", outputs=2),
    device(1, "Blue Yeti: USB Audio (hw:1,0)"),
    device(2, "Logitech BRIO: USB Audio (hw:2,0)"),
    device(3, "pipewire", inputs=64, outputs=64),
    device(4, "default", inputs=64, outputs=64, first=True),
    device(5, "HDMI 0", inputs=0, outputs=8),
]


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        ("default", 4),
        ("", 4),
        ("1", 1),
        ("yeti", 1),
        ("Blue Yeti: USB Audio (hw:1,0)", 1),
        ("PIPEWIRE", 3),
        ("hw:2", 2),
    ],
)
def test_a_device_is_found_by_number_name_or_part_of_its_name(wanted: str, number: int) -> None:
    assert choose_device("microphone", wanted, CARD).number == number


def test_the_default_is_pulse_where_there_is_one() -> None:
    assert choose_device("speaker", "default", [*CARD, device(6, "pulse", inputs=32, outputs=32)]).number == 6


def test_without_a_default_of_the_kind_the_first_that_can_is_taken() -> None:
    assert choose_device("speaker", "default", [CARD[1], CARD[5]]).number == 5


def test_a_whole_name_wins_over_names_that_contain_it() -> None:
    devices = [device(0, "mic array"), device(1, "mic"), device(2, "mic 2")]
    assert choose_device("microphone", "Mic", devices).number == 1


def test_a_device_of_the_sound_server_is_found_by_either_of_its_names() -> None:
    headset = replace(device(7, "Jabra Evolve 65 Mono"), server_name="alsa_input.usb-jabra.mono")
    assert choose_device("microphone", "jabra", [*CARD, headset]).number == 7
    assert choose_device("microphone", "alsa_input.usb-jabra.mono", [*CARD, headset]).number == 7


def test_part_of_a_name_means_the_microphone_as_the_sound_server_has_it() -> None:
    yeti = replace(device(7, "Blue Yeti Analog Stereo"), server_name="alsa_input.usb-yeti")
    monitor = replace(device(8, "Monitor of Blue Yeti"), server_name="alsa_output.usb-yeti.monitor", is_monitor=True)
    assert choose_device("microphone", "yeti", [*CARD, monitor, yeti]).number == 7
    assert choose_device("microphone", "yeti", [*CARD, monitor]).number == 1
    assert choose_device("microphone", "monitor of blue", [*CARD, monitor, yeti]).number == 8


def test_one_device_under_several_interfaces_is_one_device() -> None:
    devices = [device(0, "Headset", host="MME"), device(1, "Headset", host="WASAPI", first=True)]
    assert choose_device("microphone", "headset", devices).number == 1


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (
            "usb audio",
            r"'usb audio' may be 1 \(Blue Yeti.*\), 2 \(Logitech BRIO.*\); say its number or more of its name",
        ),
        ("Blu Yetti", r"no microphone is called 'Blu Yetti'; there are 1 \(Blue Yeti: USB Audio \(hw:1,0\)\)"),
        ("HDMI 0", "no microphone is called 'HDMI 0'"),
        ("5", "no microphone is called '5'; there are 0 "),
        ("17", "no microphone is called '17'"),
    ],
)
def test_what_is_unclear_is_answered_with_what_there_is(wanted: str, says: str) -> None:
    with pytest.raises(DeviceError, match=says) as refusal:
        choose_device("microphone", wanted, CARD)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("wanted", ["default", "yeti", "0"])
def test_without_any_device_files_are_suggested(wanted: str) -> None:
    with pytest.raises(DeviceError, match=r"^no microphone found: .* use --mic FILE\.wav --speaker FILE\.wav$"):
        choose_device("microphone", wanted, [CARD[5]])
