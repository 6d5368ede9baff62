"""What the process that holds the sound card does when the machine wakes up, with stand-ins for all around it."""

import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from audio.child_side import ParentPipe
from audio.devices import portaudio_child
from audio.devices.asleep import Sleep
from audio.devices.protocol import DeviceError
from audio.frames import MIC_RATE_HZ
from tests.audio.devices.test_portaudio_streams import PortAudio

WISH = {
    "microphone": "default",
    "speaker": None,
    "server_names": {},
    "on_server": False,
    "is_muted": False,
    "latch": None,
    "ear": None,
    "speaker_rate_hz": None,
    "epoch": 0,
}


class Pipe:
    """A daemon that listens and says nothing."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def send(self, header: dict[str, Any], payload: bytes = b"") -> None:
        self.sent.append(header)

    def receive(self) -> Iterator[tuple[dict[str, Any], bytes]]:
        threading.Event().wait()
        yield {}, b""


class Card(PortAudio):
    """One microphone."""

    default = SimpleNamespace(device=(0, -1))

    def query_hostapis(self) -> list[dict[str, Any]]:
        return [{"name": "ALSA"}]

    def query_devices(self) -> list[dict[str, Any]]:
        device = {"index": 0, "name": "hw:0", "hostapi": 0, "default_samplerate": MIC_RATE_HZ}
        return [{**device, "max_input_channels": 1, "max_output_channels": 0}]

    def RawInputStream(self, **settings: Any) -> SimpleNamespace:
        stream = super().RawInputStream(**settings)
        stream.start = lambda: None
        return stream


def test_after_a_sleep_the_devices_are_opened_anew_in_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    asleep_s = iter([5.0, 5.0, 65.0])
    monkeypatch.setattr(portaudio_child, "Sleep", lambda: Sleep(lambda: next(asleep_s)))
    monkeypatch.setattr(portaudio_child, "find_server", lambda: None)
    monkeypatch.setattr(portaudio_child, "ALIVE_EVERY_S", 0.01)
    pipe = Pipe()
    with pytest.raises(DeviceError, match=r"^the machine slept for 60 s$"):
        portaudio_child.serve(cast(ParentPipe, pipe), WISH, lambda: Card(MIC_RATE_HZ, 1))
    assert pipe.sent[0]["type"] == "ready"
    assert pipe.sent[0]["lost"] == {"microphone": ""}
    assert not pipe.sent[0]["on_server"]
