"""What the process that holds the streams tells of their devices, with a stand-in for the sound server."""

import queue
from dataclasses import dataclass, field
from queue import SimpleQueue
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from audio.devices.choose import Kind
from audio.devices.portaudio_streams import Item
from audio.devices.protocol import DeviceError
from audio.devices.routes import Route
from audio.devices.sound_server import ServerGone, SoundServer
from audio.devices.whereabouts import MOVED_WITHIN_S, Whereabouts
from audio.devices.zeros import ZEROS_FOR_S
from audio.frames import MIC_RATE_HZ

HERE = Route("Headset")
AWAY = Route(lost="it is not there")


@dataclass
class Server:
    """Gives these routes, one after the other, as soon as it is asked to wait; None: nothing comes in time."""

    routes_to_come: list[Route | None]
    waits: list[float | None] = field(default_factory=list)
    now: Route = HERE

    def routes(self, wanted: dict[Kind, str]) -> dict[Kind, Route]:
        return {"microphone": self.now}

    def wait(self, timeout_s: float | None = None) -> None:
        self.waits.append(timeout_s)
        if not self.routes_to_come:
            raise ServerGone
        self.now = self.routes_to_come.pop(0) or self.now
        if timeout_s is not None and self.now.lost:
            self.clock.now_s += timeout_s

    clock: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(now_s=0.0))


def stream() -> Any:
    return SimpleNamespace(device=SimpleNamespace(name="pulse"), rate_hz=16_000, is_lost=False)


def followed(*to_come: Route | None, monkeypatch: pytest.MonkeyPatch) -> tuple[Server, list[dict[str, Any]], Any]:
    """What is told while these routes come, until the server is gone."""
    server, messages, microphone = Server([]), SimpleQueue[Item](), stream()
    monkeypatch.setattr("audio.devices.whereabouts.time", SimpleNamespace(monotonic=lambda: server.clock.now_s))
    whereabouts = Whereabouts({"microphone": microphone}, {"microphone": ""}, cast(SoundServer, server), messages)
    assert whereabouts.is_watching
    server.routes_to_come = list(to_come)
    whereabouts._follow()
    told = []
    while True:
        try:
            told.append(messages.get_nowait())
        except queue.Empty:
            break
    assert told.pop() is None, "it wakes whoever has to notice that the server is gone"
    with pytest.raises(DeviceError, match="the sound server is gone"):
        whereabouts.check()
    return server, [item[0] for item in told if item is not None], microphone


def test_a_loss_that_lasts_is_told_with_its_reason_and_so_is_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    server, told, _ = followed(AWAY, None, HERE, monkeypatch=monkeypatch)
    assert [message["lost"] for message in told] == [{"microphone": "it is not there"}, {"microphone": ""}]
    assert told[-1]["devices"] == {"microphone": "Headset, 16000 Hz"}
    assert server.waits == [None, pytest.approx(MOVED_WITHIN_S), None, None]


def test_a_stream_that_is_moved_is_held_back_at_once_and_not_told_to_be_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    _, told, microphone = followed(AWAY, Route("Webcam"), monkeypatch=monkeypatch)
    assert [message["lost"] for message in told] == [{"microphone": ""}]
    assert told[0]["devices"] == {"microphone": "Webcam, 16000 Hz"}
    assert not microphone.is_lost
    _, told, microphone = followed(AWAY, monkeypatch=monkeypatch)
    assert not told
    assert microphone.is_lost


def test_where_nobody_tells_zeros_for_long_are_a_loss() -> None:
    whereabouts = Whereabouts({"microphone": stream()}, {"microphone": ""}, None, SimpleQueue())
    assert not whereabouts.is_watching
    second, hiss = np.zeros(MIC_RATE_HZ, np.int16).tobytes(), np.ones(320, np.int16).tobytes()
    heard = [whereabouts.has_heard(second) for _ in range(round(ZEROS_FOR_S))]
    assert heard == [False] * (round(ZEROS_FOR_S) - 1) + [True]
    assert whereabouts.as_told()["lost"] == {"microphone": "it gives nothing but zeros"}
    assert whereabouts.has_heard(hiss)
    assert whereabouts.as_told() == {"devices": {"microphone": "pulse, 16000 Hz"}, "lost": {"microphone": ""}}


def test_where_the_sound_server_tells_zeros_are_silence() -> None:
    server = cast(SoundServer, Server([]))
    whereabouts = Whereabouts({"microphone": stream()}, {"microphone": ""}, server, SimpleQueue())
    assert not any(whereabouts.has_heard(np.zeros(MIC_RATE_HZ, np.int16).tobytes()) for _ in range(60))
