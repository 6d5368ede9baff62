"""The sound card, through PortAudio in a supervised child process.

PortAudio can abort the process or spin in native code when a sound server dies, so it lives in a child
(`portaudio_child`), one for microphone and speaker. When that dies or stalls, another one takes its place.
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import numpy as np

from audio.beside import beside
from audio.child import Child, ChildGone, ChildRefused, keep_alive
from audio.child_messages import Header
from audio.clock import SampleClock
from audio.devices.choose import PULSE, USE_FILES, DeviceInfo, Kind
from audio.devices.portaudio_microphone import PortAudioMicrophone
from audio.devices.portaudio_speaker import PortAudioSpeaker
from audio.devices.presence import Presence
from audio.devices.protocol import DeviceError
from audio.stop.line import StopLine

CHILD = "audio.devices.portaudio_child"
NAME = "sound card"
READY_WITHIN_S = 15.0
LONGEST_RESTART_DELAY_S = 1.5
"""Where no sound server is waited for: a device that returns is heard within 2.5 s, at a sixth of a core while away."""
SILENT_FOR_S = 1.5
"""The child says something every 0.5 s at least; one that does not is hung, and is killed."""
OVERSLEPT_S = 0.5
"""A timer that comes so late tells of a blocked event loop, not of a silent child."""


@asynccontextmanager
async def open_portaudio(
    mic: str | None, speaker: str | None, clock: SampleClock | None = None, line: StopLine | None = None
) -> AsyncIterator[tuple[PortAudioMicrophone | None, PortAudioSpeaker | None]]:
    """Open the devices so named (see `choose_device`; None: do not). Closed, with their process, in under 1 s.

    Without a microphone, `clock` is the session's. Raises DeviceError.
    """
    card = _SoundCard(mic, speaker, line)
    try:
        child, ready = await card.spawn()
    except ChildRefused as refusal:
        raise DeviceError(str(refusal)) from None
    except ChildGone as loss:
        raise DeviceError(f"{loss}; {USE_FILES}") from None
    microphone = card.microphone = PortAudioMicrophone() if mic is not None else None
    if microphone is not None:
        clock = microphone.clock
    if speaker is not None and clock is not None:
        card.speaker = PortAudioSpeaker(ready["speaker_rate_hz"], clock)
    work = [card.run(child, ready)]
    if microphone is not None:
        work.append(microphone.run())
    try:
        async with beside(*work):
            yield microphone, card.speaker
    finally:
        if microphone is not None:
            microphone.close()
        if card.speaker is not None:
            card.speaker.close()
        await child.stop()  # the block may have been left before its supervision began


async def list_devices() -> list[DeviceInfo]:
    """All devices of the sound card. Asks in a process of its own. Raises DeviceError."""
    try:
        child, ready = await Child.spawn(NAME, CHILD, ["list"], ready_within_s=READY_WITHIN_S)
    except ChildRefused as refusal:
        raise DeviceError(str(refusal)) from None
    except ChildGone as loss:
        raise DeviceError(f"the sound card's devices cannot be listed: {loss}") from None
    await child.stop()
    return [DeviceInfo(**device) for device in ready["devices"]]


class _SoundCard:
    """The child that holds the sound card, always a living one."""

    def __init__(self, mic: str | None, speaker: str | None, line: StopLine | None) -> None:
        self.microphone: PortAudioMicrophone | None = None
        self.speaker: PortAudioSpeaker | None = None
        self._names: dict[Kind, str | None] = {"microphone": mic, "speaker": speaker}
        self._line = line
        self._server_names: dict[Kind, str] = {}
        self._on_server = False
        self._presence = Presence()
        self._children = 0
        self._first_words: Header = {}

    async def spawn(self) -> tuple[Child, Header]:
        """Start a child that has opened the devices, as soon as there is a sound server. Raises ChildGone."""
        rate_hz, epoch = (self.speaker.rate_hz, self.speaker.epoch) if self.speaker else (None, 0)
        wish: dict[str, Any] = {
            # What the sound server had may be away: the child waits for it.
            **{kind: PULSE if self._server_names.get(kind) else name for kind, name in self._names.items()},
            "server_names": self._server_names,
            "on_server": self._on_server,
            "is_muted": self.microphone is not None and self.microphone.is_muted,
            "latch": str(self._line.latch.file) if self._line is not None else None,
            "ear": str(self._line.ear) if self._line is not None and self._line.ear is not None else None,
            "speaker_rate_hz": rate_hz,
            "epoch": epoch,
        }
        child, header = await Child.spawn(NAME, CHILD, ["open", json.dumps(wish)], ready_within_s=READY_WITHIN_S)
        try:
            while header["type"] != "ready":
                header = await self._ready(child)
        except BaseException:
            await child.stop(grace_s=0)
            raise
        self._server_names = header["server_names"]
        self._on_server = header["on_server"]
        return child, header

    async def _ready(self, child: Child) -> Header:
        """The next word of a child that is on its way. Raises ChildGone."""
        try:
            async with asyncio.timeout(READY_WITHIN_S):
                header, _ = await child.receive()
        except TimeoutError:
            raise ChildGone(f"{NAME}: not ready within {READY_WITHIN_S:.0f} s") from None
        if header["type"] == "error":
            raise ChildGone(f"{NAME}: {header['message']}")
        return header

    async def run(self, first: Child, ready: Header) -> None:
        """Serve this child, and whichever takes its place, until cancelled."""
        begun = [(first, ready)]

        async def next_child() -> Child:
            child, self._first_words = begun.pop() if begun else await self.spawn()
            return child

        await keep_alive(
            NAME,
            next_child,
            self._serve,
            on_loss=self._gone,
            log_level=logging.DEBUG,  # what was lost, and that it is back, is said in other words
            longest_delay_s=LONGEST_RESTART_DELAY_S,
        )

    async def _serve(self, child: Child) -> None:
        is_first = self._children == 0
        self._children += 1
        if self.microphone is not None:
            self.microphone.child_began(child, is_first=is_first)
        if self.speaker is not None:
            self.speaker.child_began(child, is_first=is_first)
        self._tell(self._first_words["lost"], self._first_words["devices"])
        while True:
            asked_at_s = time.monotonic()
            try:
                async with asyncio.timeout(SILENT_FOR_S):
                    header, payload = await child.receive()
            except TimeoutError:
                if time.monotonic() - asked_at_s > SILENT_FOR_S + OVERSLEPT_S:
                    continue  # nobody looked: what it said is waiting
                raise ChildGone(f"{NAME}: its process hangs") from None
            self._take(header, payload)

    def _take(self, header: Header, payload: bytes) -> None:
        match header["type"]:
            case "audio" if self.microphone is not None:
                self.microphone.captured(header["index"], np.frombuffer(payload, np.int16), header["at"])
            case "played" if self.speaker is not None:
                self.speaker.played(header["epoch"], header["samples"], header["at"], is_final=header["is_final"])
            case "flow":
                if self.microphone is not None:
                    self.microphone.overflowed(header["overflows"])
                if self.speaker is not None:
                    self.speaker.underflowed(header["underflows"])
            case "routes":
                self._tell(header["lost"], header["devices"])
            case "error":
                raise ChildGone(f"{NAME}: {header['message']}")

    def _gone(self, loss: ChildGone) -> None:
        self._tell({kind: str(loss) for kind, name in self._names.items() if name is not None}, {})
        if self.speaker is not None:
            self.speaker.child_lost()

    def _tell(self, lost: Mapping[Kind, str], devices: Mapping[Kind, str]) -> None:
        self._presence.tell(lost, devices, time.monotonic())
        if self.microphone is not None:
            self.microphone.lost = self._presence.lost.get("microphone", "")
        if self.speaker is not None:
            self.speaker.lost = self._presence.lost.get("speaker", "")
