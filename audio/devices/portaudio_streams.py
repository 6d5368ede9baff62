"""PortAudio's two streams. Their callbacks take no lock, wait for nothing and allocate next to nothing."""

import time
from queue import SimpleQueue
from typing import Any, TypeAlias

import numpy as np

from audio.clock import SteadyDates
from audio.devices.choose import DeviceInfo, Kind
from audio.devices.playback import PlaybackQueue
from audio.devices.protocol import DeviceError
from audio.frames import FRAME_MS, MIC_RATE_HZ, Pcm16
from audio.resample import StreamResampler
from audio.stop.latch import Latch

SPEAKER_RATE_HZ = 48_000
SPEAKER_BLOCK_MS = 10
"""From `write` to the ear 27 to 37 ms; 54 to 72 ms with blocks of 20 ms. Without breaks on two fully loaded cores."""
REPORT_EVERY_BLOCKS = 2
MAX_WAITING_MESSAGES = 250
"""While the daemon does not read, this much is kept for it: 5 s of audio."""

Item: TypeAlias = tuple[dict[str, Any], bytes] | None
"""A message on its way to the daemon; None merely wakes the thread that sends."""


class Input:
    """Captures mono 16-bit blocks at the device's best rate."""

    kind: Kind = "microphone"

    def __init__(
        self, sound: Any, device: DeviceInfo, messages: "SimpleQueue[Item]", *, is_muted: bool = False
    ) -> None:
        self.device = device
        self.rate_hz, self._channels = workable(self.kind, device, MIC_RATE_HZ, sound)
        self.overflows = 0
        self.called_at_s = time.monotonic()
        self.is_finished = False
        self.is_lost = False
        """Whether the sound is another device's: none of it is passed on."""
        self.is_muted = is_muted
        """Whether the device is closed, since nothing is to be heard."""
        self._muted_at_s = self.called_at_s
        self._sound = sound
        self._messages = messages
        self._captured = 0
        self._resampler = StreamResampler(self.rate_hz, MIC_RATE_HZ, quality="MQ")
        self._next_in = self._next_out = 0
        self.stream: Any = None if is_muted else self._open()

    @property
    def is_excused(self) -> bool:
        """Whether it need not be called back."""
        return self.is_lost or self.is_muted

    def start(self) -> None:
        if self.stream is not None:
            self.stream.start()

    def mute(self, *, is_muted: bool) -> None:
        """Close the device, or open it again."""
        if is_muted == self.is_muted:
            return
        self.is_muted = is_muted
        now_s = time.monotonic()
        if is_muted:
            self.stream.close()
            self.stream, self.is_lost, self._muted_at_s = None, False, now_s
            return
        self._captured += round((now_s - self._muted_at_s) * self.rate_hz)  # as if it had been heard
        self.called_at_s, self.is_finished = now_s, False
        self.stream = self._open()
        self.stream.start()

    def _open(self) -> Any:
        return self._sound.RawInputStream(
            samplerate=self.rate_hz,
            # A fixed size: with PortAudio's own choice samples were lost or doubled in two of four runs.
            blocksize=self.rate_hz * FRAME_MS // 1000,
            device=self.device.number,
            channels=self._channels,
            dtype="int16",
            latency="low",
            callback=self._callback,
            finished_callback=self._finished,
        )

    def _callback(self, data: Any, frames: int, _time: Any, status: Any) -> None:
        self.called_at_s = time.monotonic()
        self.overflows += bool(status)
        if self._messages.qsize() < MAX_WAITING_MESSAGES:
            self._messages.put(({"type": "audio", "index": self._captured, "at": self.called_at_s}, bytes(data)))
        else:
            self.overflows += 1
        self._captured += frames

    def _finished(self) -> None:
        if not self.is_muted:
            self.is_finished = True
            self._messages.put(None)

    def convert(self, header: dict[str, Any], payload: bytes) -> tuple[dict[str, Any], bytes]:
        """A captured block as 16 kHz mono. Runs on the sending thread."""
        if self.rate_hz == MIC_RATE_HZ and self._channels == 1:
            return header, payload
        samples = np.frombuffer(payload, np.int16).reshape(-1, self._channels)
        if header["index"] != self._next_in:  # blocks were dropped
            self._resampler.finish()
            self._next_out = header["index"] * MIC_RATE_HZ // self.rate_hz
        self._next_in = header["index"] + len(samples)
        mono = samples[:, 0] if self._channels == 1 else samples.mean(axis=1).astype(np.int16)
        ready = self._resampler.push(mono)
        index, self._next_out = self._next_out, self._next_out + len(ready)
        return {**header, "index": index}, ready.tobytes()


class Output:
    """Plays what is queued, silence otherwise, and counts."""

    kind: Kind = "speaker"

    def __init__(
        self,
        sound: Any,
        device: DeviceInfo,
        rate_hz: int | None,
        epoch: int,
        messages: "SimpleQueue[Item]",
        latch: Latch | None = None,
    ) -> None:
        self.device = device
        self.rate_hz, self._channels = workable(self.kind, device, rate_hz or SPEAKER_RATE_HZ, sound)
        if rate_hz not in (None, self.rate_hz):
            raise DeviceError(f"speaker {device.name!r} cannot play at {rate_hz} Hz as the one before it")
        block = self.rate_hz * SPEAKER_BLOCK_MS // 1000
        self.queue = PlaybackQueue(epoch)
        self.underflows = 0
        self.called_at_s = time.monotonic()
        self.is_finished = False
        self.is_lost = False
        """Whether another device would play it, or none: what is queued waits."""
        self._messages = messages
        self._latch = latch
        self._mono: Pcm16 = np.zeros(block, np.int16)
        self._dates = SteadyDates(self.rate_hz)
        self._left_at_s = time.monotonic()
        self._blocks = 0
        self._unreported: dict[str, Any] | None = None
        self.stream = sound.RawOutputStream(
            samplerate=self.rate_hz,
            blocksize=block,
            device=device.number,
            channels=self._channels,
            dtype="int16",
            latency="low",
            callback=self._callback,
            finished_callback=self._finished,
        )

    def _callback(self, data: Any, frames: int, times: Any, status: Any) -> None:
        self.called_at_s = time.monotonic()
        self.underflows += bool(status)
        block = np.frombuffer(data, np.int16).reshape(frames, self._channels)
        begins_at_s = self._dates.at(self._blocks * frames, self.called_at_s + self._latency_s(times))
        in_this = 0
        epoch = self.queue.epoch  # before the latch is asked: one that begins after its release is to be heard
        if self._latch is not None and self._latch.is_stopped:
            self.queue.silence(epoch)
        self._mono[:] = 0
        for taken in self.queue.take(self._mono[: 0 if self.is_lost else frames]):
            if taken.now:
                in_this = taken.now
                self._left_at_s = begins_at_s + taken.now / self.rate_hz
            report = {
                "type": "played",
                "epoch": taken.epoch,
                "samples": taken.samples,
                "at": self._left_at_s,
                "is_final": taken.is_final,
            }
            self._unreported = None if taken.is_final else report
            if taken.is_final:
                self._messages.put((report, b""))
        block[:] = self._mono[:, np.newaxis]
        self._blocks += 1
        if self._unreported and (in_this < frames or self._blocks % REPORT_EVERY_BLOCKS == 0):
            self._messages.put((self._unreported, b""))
            self._unreported = None

    @property
    def is_excused(self) -> bool:
        """Whether it need not be called back."""
        return self.is_lost

    def start(self) -> None:
        self.stream.start()

    def _latency_s(self, times: Any) -> float:
        """From this callback to the ear. PortAudio's word for it was right within 10 ms; not all systems give it."""
        latency_s = times.outputBufferDacTime - times.currentTime
        return float(latency_s if 0 < latency_s < 1 else self.stream.latency)

    def _finished(self) -> None:
        self.is_finished = True
        self._messages.put(None)


def workable(kind: Kind, device: DeviceInfo, rate_hz: int, sound: Any) -> tuple[int, int]:
    """A rate and a number of channels that the device takes: the wanted rate in mono if it can. Raises DeviceError."""
    check = sound.check_input_settings if kind == "microphone" else sound.check_output_settings
    reason = ""
    for rate in (rate_hz, device.rate_hz):
        for channels in (1, 2):
            try:
                check(device=device.number, channels=channels, dtype="int16", samplerate=rate)
            except (sound.PortAudioError, ValueError) as error:
                reason = str(error)
            else:
                return rate, channels
    raise DeviceError(f"{kind} {device.name!r} cannot be used: {reason}; choose another one (`hearthside devices`)")
