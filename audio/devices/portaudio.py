"""The sound card, through PortAudio in a supervised child process.

PortAudio can abort the process or spin in native code when a sound server dies, so it lives in a child
(`portaudio_child`), one for microphone and speaker. When that dies or stalls, another one takes its place.
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np

from audio.beside import beside
from audio.child import Child, ChildGone, ChildRefused, keep_alive
from audio.child_messages import Header
from audio.clock import SampleClock
from audio.devices.choose import USE_FILES, DeviceInfo
from audio.devices.portaudio_microphone import PortAudioMicrophone
from audio.devices.portaudio_speaker import PortAudioSpeaker
from audio.devices.protocol import DeviceError
from audio.stop.line import StopLine

log = logging.getLogger(__name__)

CHILD = "audio.devices.portaudio_child"
NAME = "sound card"
READY_WITHIN_S = 15.0
SILENT_FOR_S = 2.0
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
    work = [card.run(child)]
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
        self._names = {
            "mic": mic,
            "speaker": speaker,
            "latch": str(line.latch.file) if line is not None else None,
            "ear": str(line.ear) if line is not None and line.ear is not None else None,
        }
        self._children = 0

    async def spawn(self) -> tuple[Child, Header]:
        """Start a child that has opened the devices. Raises ChildGone."""
        rate_hz, epoch = (self.speaker.rate_hz, self.speaker.epoch) if self.speaker else (None, 0)
        wish = {**self._names, "speaker_rate_hz": rate_hz, "epoch": epoch}
        child, ready = await Child.spawn(NAME, CHILD, ["open", json.dumps(wish)], ready_within_s=READY_WITHIN_S)
        for kind in ("microphone", "speaker"):
            if (opened := ready.get(kind)) is not None:
                log.info("%s: %s", kind, opened)
        return child, ready

    async def run(self, first: Child) -> None:
        """Serve this child, and whichever takes its place, until cancelled."""
        waiting = [first]

        async def next_child() -> Child:
            return waiting.pop() if waiting else (await self.spawn())[0]

        await keep_alive(NAME, next_child, self._serve, on_loss=self._lost)

    async def _serve(self, child: Child) -> None:
        is_first = self._children == 0
        self._children += 1
        if self.microphone is not None:
            self.microphone.child_began(is_first=is_first)
        if self.speaker is not None:
            self.speaker.child_began(child, is_first=is_first)
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
            case "error":
                raise ChildGone(f"{NAME}: {header['message']}")

    def _lost(self, loss: ChildGone) -> None:
        if self.speaker is not None:
            self.speaker.child_lost()
