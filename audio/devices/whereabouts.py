"""Whether this process's streams have the devices that are meant: by the sound server's word, or by what is heard."""

import threading
import time
from collections.abc import Mapping
from queue import SimpleQueue
from typing import Any

import numpy as np

from audio.devices.choose import Kind
from audio.devices.portaudio_streams import Input, Item, Output
from audio.devices.protocol import DeviceError
from audio.devices.routes import Route
from audio.devices.sound_server import ServerGone, SoundServer
from audio.devices.zeros import Zeros
from audio.frames import MIC_RATE_HZ

MOVED_WITHIN_S = 0.2
"""On its way from one device to the next a stream has none for a moment."""
SETTLED_WITHIN_S = 0.5
"""A new stream gets its device within some milliseconds; one that has none after this long is told to have none."""


class Whereabouts:
    """Holds back a stream whose device is gone (`is_lost`), and tells of every change."""

    def __init__(
        self,
        streams: Mapping[Kind, Input | Output],
        meant: Mapping[Kind, str],
        server: SoundServer | None,
        messages: "SimpleQueue[Item]",
    ) -> None:
        """`meant` are the streams' devices by the sound server's names; "": whichever it chooses."""
        self._streams = streams
        self._meant = meant
        self._server = server
        self._messages = messages
        self._routes: dict[Kind, Route] = {}
        self._zeros = Zeros(MIC_RATE_HZ)
        self._is_server_gone = False
        if server is not None:
            self._settle(server)

    @property
    def is_watching(self) -> bool:
        """Whether the sound server tells where any of the streams is."""
        return bool(self._routes)

    def watch(self) -> None:
        """From now on, every change is put among the messages."""
        if self.is_watching:
            threading.Thread(target=self._follow, daemon=True).start()

    def check(self) -> None:
        """Raise DeviceError when the sound server is gone, and with it the streams."""
        if self._is_server_gone:
            raise DeviceError("the sound server is gone")

    def has_heard(self, block: bytes) -> bool:
        """The microphone's next block; whether it changes what is to be told."""
        if "microphone" in self._routes:
            return False
        return self._zeros.push(np.frombuffer(block, np.int16))

    def as_told(self) -> dict[str, Any]:
        """The part of a message that tells it."""
        devices, lost = {}, {}
        for kind, stream in self._streams.items():
            known = self._routes.get(kind, Route())
            is_deaf = kind == "microphone" and self._zeros.is_deaf
            lost[kind] = "it gives nothing but zeros" if is_deaf else known.lost
            devices[kind] = f"{known.device or stream.device.name}, {stream.rate_hz} Hz"
        return {"devices": devices, "lost": lost}

    def _settle(self, server: SoundServer) -> None:
        deadline_s = time.monotonic() + SETTLED_WITHIN_S
        try:
            self._take(server.routes(self._meant))
            while any(found.lost for found in self._routes.values()) and time.monotonic() < deadline_s:
                server.wait(deadline_s - time.monotonic())
                self._take(server.routes(self._meant))
        except ServerGone:
            self._is_server_gone = True

    def _follow(self) -> None:
        assert self._server is not None
        told, moving_until_s = self.as_told(), None
        try:
            while True:
                self._server.wait(moving_until_s and max(0.001, moving_until_s - time.monotonic()))
                self._take(self._server.routes(self._meant))
                now = self.as_told()
                if any(why and not told["lost"][kind] for kind, why in now["lost"].items()):
                    moving_until_s = moving_until_s or time.monotonic() + MOVED_WITHIN_S
                    if time.monotonic() < moving_until_s:
                        continue
                moving_until_s = None
                if now != told:
                    self._messages.put(({"type": "routes", **now}, b""))
                    told = now
        except ServerGone:
            self._is_server_gone = True
            self._messages.put(None)

    def _take(self, routes: dict[Kind, Route]) -> None:
        for kind, found in routes.items():
            stream = self._streams[kind]
            if isinstance(stream, Input) and stream.is_muted:
                self._routes[kind] = Route(self._routes[kind].device if kind in self._routes else "")
                continue
            self._routes[kind] = found
            stream.is_lost = bool(found.lost)
