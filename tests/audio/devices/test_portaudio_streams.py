"""PortAudio's callbacks, called by a stand-in for PortAudio with devices that are hard to come by."""

import time
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from audio.devices.choose import DeviceInfo
from audio.devices.portaudio_child import STUCK_AFTER_S, check
from audio.devices.portaudio_streams import MAX_WAITING_MESSAGES, Input, Item, Output
from audio.devices.protocol import DeviceError
from audio.frames import MIC_RATE_HZ, Pcm16
from audio.stop.latch import create_latch

DEVICE = DeviceInfo(3, "hw:1", "ALSA", 2, 2, 44_100, True, True)


class PortAudio:
    """Takes only the settings that it is told to take, and calls back when it is told to."""

    PortAudioError = RuntimeError

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._takes = (rate_hz, channels)
        self._callback: Callable[..., None] = lambda *_: None
        self.blocksize = 0

    def check_input_settings(self, *, samplerate: int, channels: int, **_: Any) -> None:
        if (samplerate, channels) != self._takes:
            raise self.PortAudioError("Invalid sample rate [PaErrorCode -9997]")

    check_output_settings = check_input_settings

    def RawInputStream(self, *, blocksize: int, callback: Callable[..., None], **_: Any) -> SimpleNamespace:
        self.blocksize, self._callback = blocksize, callback
        return SimpleNamespace(latency=0.04)

    RawOutputStream = RawInputStream

    def capture(self, block: Pcm16, *, overflow: bool = False) -> None:
        self._callback(memoryview(block.tobytes()), len(block), None, overflow)

    def play(self, *, latency_s: float = 0.03, underflow: bool = False) -> Pcm16:
        data = bytearray(self.blocksize * self._takes[1] * 2)
        times = SimpleNamespace(currentTime=50.0, outputBufferDacTime=50.0 + latency_s)
        self._callback(data, self.blocksize, times, underflow)
        return np.frombuffer(data, np.int16).reshape(-1, self._takes[1])


def waiting(messages: "SimpleQueue[Item]") -> list[tuple[dict[str, Any], bytes]]:
    items = [messages.get() for _ in range(messages.qsize())]
    return [item for item in items if item is not None]


def tone(rate_hz: int, seconds: float) -> Pcm16:
    return (10_000 * np.sin(2 * np.pi * 500 * np.arange(round(rate_hz * seconds)) / rate_hz)).astype(np.int16)


@pytest.mark.parametrize(("rate_hz", "channels"), [(16_000, 1), (16_000, 2), (44_100, 1), (44_100, 2)])
def test_whatever_the_device_delivers_becomes_16_khz_mono(rate_hz: int, channels: int) -> None:
    sound, messages = PortAudio(rate_hz, channels), SimpleQueue[Item]()
    microphone = Input(sound, DEVICE, messages)
    assert sound.blocksize == rate_hz // 50
    for block in np.split(tone(rate_hz, 1.0), 50):
        sound.capture(np.column_stack([block] * channels))
    blocks = [microphone.convert(*item) for item in waiting(messages)]
    heard = np.concatenate([np.frombuffer(payload, np.int16) for _, payload in blocks])
    starts = np.cumsum([0] + [len(payload) // 2 for _, payload in blocks])[:-1]
    assert [header["index"] for header, _ in blocks] == starts.tolist()
    assert 0 <= MIC_RATE_HZ - len(heard) < MIC_RATE_HZ * 0.035
    assert np.abs(heard[200:-200].astype(int) - tone(MIC_RATE_HZ, 1.0)[200 : len(heard) - 200]).max() < 30


@pytest.mark.parametrize("rate_hz", [16_000, 44_100])
def test_blocks_that_nobody_fetches_are_dropped_counted_and_leave_a_hole_of_their_length(rate_hz: int) -> None:
    sound, messages = PortAudio(rate_hz, 1), SimpleQueue[Item]()
    microphone = Input(sound, DEVICE, messages)
    silence = np.zeros(rate_hz // 50, np.int16)
    for _ in range(MAX_WAITING_MESSAGES + 30):
        sound.capture(silence)
    assert microphone.overflows == 30
    early = [microphone.convert(*item) for item in waiting(messages)]
    assert len(early) == MAX_WAITING_MESSAGES
    sound.capture(silence, overflow=True)
    assert microphone.overflows == 31
    (late,) = [microphone.convert(*item) for item in waiting(messages)]
    assert late[0]["index"] == (MAX_WAITING_MESSAGES + 30) * MIC_RATE_HZ // 50


def test_a_device_that_takes_no_setting_is_refused_in_one_line() -> None:
    with pytest.raises(DeviceError, match=r"^microphone 'hw:1' cannot be used: Invalid sample rate .*; choose another"):
        Input(PortAudio(8_000, 1), DEVICE, SimpleQueue())
    with pytest.raises(DeviceError, match=r"^speaker 'hw:1' cannot play at 48000 Hz"):
        Output(PortAudio(44_100, 2), DEVICE, 48_000, 0, SimpleQueue())


@pytest.mark.parametrize(("rate_hz", "channels"), [(48_000, 1), (48_000, 2), (44_100, 2)])
def test_what_is_queued_is_played_on_all_channels_and_counted(rate_hz: int, channels: int) -> None:
    sound, messages = PortAudio(rate_hz, channels), SimpleQueue[Item]()
    speaker = Output(sound, DEVICE, None, 7, messages)
    assert speaker.rate_hz == rate_hz
    answer = np.arange(1, rate_hz // 20 + 100, dtype=np.int16)
    speaker.queue.write(7, answer)
    began_s = time.monotonic()
    heard = np.concatenate([sound.play() for _ in range(8)])
    for channel in range(channels):
        assert heard[:, channel].tolist() == answer.tolist() + [0] * (len(heard) - len(answer))
    reports = [header for header, _ in waiting(messages)]
    assert [report["samples"] for report in reports] == [rate_hz // 50, rate_hz // 25, len(answer)]
    assert {report["epoch"] for report in reports} == {7}
    # The first block left 30 ms after its callback; the first report is at the end of the second one.
    assert reports[0]["at"] - began_s == pytest.approx(0.03 + 0.02, abs=0.01)


def test_a_new_epoch_silences_the_old_one_with_the_next_block() -> None:
    sound, messages = PortAudio(48_000, 1), SimpleQueue[Item]()
    speaker = Output(sound, DEVICE, None, 0, messages)
    speaker.queue.write(0, np.full(4_800, 5, np.int16))
    for _ in range(3):
        sound.play()
    waiting(messages)
    speaker.queue.begin(1)
    speaker.queue.write(1, np.full(100, 6, np.int16))
    assert sound.play()[:, 0].tolist() == [6] * 100 + [0] * 380
    first, second = [header for header, _ in waiting(messages)]
    assert (first["epoch"], first["samples"], first["is_final"]) == (0, 1_440, True)
    assert (second["epoch"], second["samples"], second["is_final"]) == (1, 100, False)


@pytest.mark.parametrize("claimed_s", [-3.0, 0.0, 70.0])
def test_a_latency_that_cannot_be_is_replaced_by_the_streams_own(claimed_s: float) -> None:
    sound, messages = PortAudio(48_000, 1), SimpleQueue[Item]()
    speaker = Output(sound, DEVICE, None, 0, messages)
    speaker.queue.write(0, np.ones(480, np.int16))
    began_s = time.monotonic()
    sound.play(latency_s=claimed_s)
    sound.play()
    ((report, _),) = waiting(messages)
    assert report["at"] - began_s == pytest.approx(0.04 + 0.01, abs=0.02)


def test_underflows_are_counted() -> None:
    sound = PortAudio(48_000, 1)
    speaker = Output(sound, DEVICE, None, 0, SimpleQueue())
    sound.play(underflow=True)
    sound.play()
    assert speaker.underflows == 1


def test_a_stream_that_ended_or_has_stopped_calling_back_is_dead() -> None:
    sound = PortAudio(16_000, 1)
    microphone = Input(sound, DEVICE, SimpleQueue())
    check(microphone)
    microphone.called_at_s -= STUCK_AFTER_S
    with pytest.raises(DeviceError, match="the microphone has stopped without a word"):
        check(microphone)
    sound.capture(np.zeros(320, np.int16))
    check(microphone)
    microphone._finished()
    with pytest.raises(DeviceError, match="the microphone was closed by the sound server"):
        check(microphone)


def test_it_is_silent_with_the_next_block_after_the_latch_was_set_and_plays_again_what_begins_after_its_release(
    tmp_path: Path,
) -> None:
    sound, latch = PortAudio(48_000, 1), create_latch(tmp_path)
    speaker = Output(sound, DEVICE, None, 0, SimpleQueue(), latch)
    speaker.queue.write(0, np.full(4_800, 5, np.int16))
    assert sound.play().any()
    latch.stop()
    assert not sound.play().any()
    speaker.queue.begin(1)
    speaker.queue.write(1, np.full(4_800, 6, np.int16))
    assert not sound.play().any(), "nothing is said before it is released"
    latch.resume()
    assert not sound.play().any(), "nor afterwards what was to be said before"
    speaker.queue.begin(2)
    speaker.queue.write(2, np.full(4_800, 7, np.int16))
    assert (sound.play() == 7).all()
