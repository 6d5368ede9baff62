"""The sound card through its child process, on a virtual sound card."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile

from audio.beside import beside
from audio.devices.open import open_devices
from audio.devices.portaudio import list_devices
from audio.devices.protocol import DeviceError, Microphone, Played, Speaker
from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ, Frame, Pcm16
from tests.rig import SoundCard

pytestmark = pytest.mark.alone

SPEAKER_HZ = 48_000
LEAK_S = 0.06
"""So much of another device may be heard before the sound server has told of it: too little to be a word."""


class Listener:
    """Keeps all frames of a microphone and all reports of a speaker, and waits for what they say."""

    def __init__(self, microphone: Microphone, speaker: Speaker) -> None:
        self.microphone = microphone
        self.speaker = speaker
        self.frames: list[Frame] = []
        self.reports: list[Played] = []
        self._news = asyncio.Event()

    async def listen(self) -> None:
        async for frame in self.microphone.frames():
            assert frame.start_sample == len(self.frames) * FRAME_SAMPLES
            assert len(frame.samples) == FRAME_SAMPLES
            self.frames.append(frame)
            self._news.set()

    async def follow(self) -> None:
        async for report in self.speaker.reports():
            self.reports.append(report)
            self._news.set()

    async def until(self, condition: Callable[[], bool], within_s: float = 15.0) -> None:
        async with asyncio.timeout(within_s):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def hear(self, seconds: float) -> None:
        """Let so much of the microphone's time pass."""
        enough = len(self.frames) + round(seconds * 50)
        await self.until(lambda: len(self.frames) >= enough)

    async def hear_sound(self) -> None:
        """Wait for a frame that holds sound and is no gap."""
        before = len(self.frames)
        await self.until(lambda: any(frame.samples.any() for frame in self.frames[before:]))

    @property
    def heard(self) -> Pcm16:
        return np.concatenate([frame.samples for frame in self.frames])

    @property
    def gaps(self) -> int:
        return sum(frame.is_gap for frame in self.frames)


@asynccontextmanager
async def listening(mic: str = "default", speaker: str = "default") -> AsyncIterator[Listener]:
    async with open_devices(mic, speaker) as (microphone, output):
        listener = Listener(microphone, output)
        async with beside(listener.listen(), listener.follow()):
            await listener.hear(0.5)
            yield listener


def sweep(rate_hz: int, seconds: float) -> Pcm16:
    """From 200 Hz to 2 kHz: it correlates with itself at one place only."""
    time_s = np.arange(round(rate_hz * seconds)) / rate_hz
    phase = 2 * np.pi * (200 * time_s + 1800 / (2 * seconds) * time_s**2)
    return (12_000 * np.sin(phase)).astype(np.int16)


def find(said: Pcm16, heard: Pcm16) -> tuple[int, float]:
    """Where in `heard` the sound `said` begins, and how well it correlates there."""
    length = 1 << (len(said) + len(heard)).bit_length()
    spectrum = np.fft.rfft(heard.astype(float), length) * np.conj(np.fft.rfft(said.astype(float), length))
    start = int(np.argmax(np.fft.irfft(spectrum, length)[: len(heard)]))
    there = heard[start : start + len(said)]
    if not there.any():
        return start, 0.0
    return start, float(np.corrcoef(there, said[: len(there)])[0, 1])


def intact(said: Pcm16, heard: Pcm16, rate_hz: int) -> float:
    """How much of `said` is in `heard`, in order: the share of its tenths of a second that correlate above 0.95.

    One piece of the virtual sound card's work late by a few milliseconds, which a busy machine brings about,
    shifts the rest against it, so each piece may lie 50 ms from where the first half second puts it.
    """
    tenth = rate_hz // 10
    start, _ = find(said[: 5 * tenth], heard)
    starts = range(0, len(said) - tenth + 1, tenth)
    windows = [heard[max(0, start + at - tenth // 2) : start + at + 3 * tenth // 2] for at in starts]
    return float(
        np.mean([find(said[at : at + tenth], window)[1] > 0.95 for at, window in zip(starts, windows, strict=True)])
    )


def recorded(file: Path) -> Pcm16:
    return soundfile.read(file, dtype="int16")[0]


def audio_children() -> list[psutil.Process]:
    children = psutil.Process().children()
    return [child for child in children if "audio.devices.portaudio_child" in child.cmdline()]


@pytest.fixture
def question(tmp_path: Path) -> Path:
    file = tmp_path / "question.wav"
    soundfile.write(file, sweep(SPEAKER_HZ, 2.0), SPEAKER_HZ)
    return file


async def test_what_is_said_into_the_microphone_comes_out_intact(sound_card: SoundCard, question: Path) -> None:
    async with listening() as listener:
        talk = sound_card.play_into_microphone(question)
        await asyncio.to_thread(talk.wait)
        await listener.hear(0.5)
        assert intact(sweep(MIC_RATE_HZ, 2.0), listener.heard, MIC_RATE_HZ) >= 0.9
        assert listener.gaps == 0
        assert listener.microphone.health().overflows == 0
        behind_s = listener.microphone.clock.now() - listener.frames[-1].end_s
        assert -0.02 < behind_s < 0.1


async def test_what_is_written_is_heard_and_counted(sound_card: SoundCard, tmp_path: Path) -> None:
    answer = sweep(SPEAKER_HZ, 1.5)
    with sound_card.recording_speaker(tmp_path / "heard.wav"):
        async with listening() as listener:
            assert listener.speaker.rate_hz == SPEAKER_HZ
            began_s = listener.microphone.clock.now()
            for piece in np.array_split(answer, 7):
                listener.speaker.write(piece)
            await listener.until(lambda: bool(listener.reports) and listener.reports[-1].samples == len(answer))
            assert began_s + 1.5 < listener.reports[-1].at_s < began_s + 1.8
            assert (
                np.quantile(np.diff([report.at_s for report in listener.reports]), 0.9) <= 0.05
            )  # all, on a free machine
            await listener.hear(0.5)
    assert intact(answer, recorded(tmp_path / "heard.wav"), SPEAKER_HZ) >= 0.9


async def test_a_cleared_speaker_falls_silent_and_says_how_much_was_heard(
    sound_card: SoundCard, tmp_path: Path
) -> None:
    with sound_card.recording_speaker(tmp_path / "heard.wav"):
        async with listening() as listener:
            listener.speaker.write(np.full(2 * SPEAKER_HZ, 9_000, np.int16))
            await listener.until(lambda: bool(listener.reports) and listener.reports[-1].samples > SPEAKER_HZ // 2)
            cleared_s = listener.microphone.clock.now()
            assert listener.speaker.clear() == 1
            await listener.until(lambda: listener.reports[-1].is_final)
            final = listener.reports[-1]
            assert final.epoch == 0
            assert final.at_s - cleared_s < 0.15
            listener.speaker.write(np.full(4_800, 3_000, np.int16))
            await listener.until(lambda: listener.reports[-1].samples == 4_800)
            assert listener.reports[-1].epoch == 1
            await listener.hear(0.5)
            assert [report.epoch for report in listener.reports if report.is_final] == [0]
    heard = recorded(tmp_path / "heard.wav")
    assert np.count_nonzero(heard > 6_000) == pytest.approx(final.samples, abs=SPEAKER_HZ // 1000)
    assert np.count_nonzero(heard > 1_500) == pytest.approx(final.samples + 4_800, abs=SPEAKER_HZ // 500)


async def test_a_killed_child_costs_a_moment_of_silence_and_no_word_of_the_answer(
    sound_card: SoundCard, tmp_path: Path
) -> None:
    answer = sweep(SPEAKER_HZ, 3.0)
    with sound_card.recording_speaker(tmp_path / "heard.wav"):
        async with listening() as listener:
            listener.speaker.write(answer)
            await listener.until(lambda: bool(listener.reports) and listener.reports[-1].samples > SPEAKER_HZ)
            (child,) = audio_children()
            child.kill()
            died_s = time.monotonic()
            await listener.until(lambda: listener.gaps > 0)
            before = len(listener.frames)
            await listener.until(lambda: any(not frame.is_gap for frame in listener.frames[before:]))
            assert time.monotonic() - died_s < 2.0
            await listener.until(lambda: listener.reports[-1].samples == len(answer))
            await listener.hear(0.5)
            behind_s = listener.microphone.clock.now() - listener.frames[-1].end_s
            assert -0.02 < behind_s < 0.1
            assert listener.microphone.health().restarts == listener.speaker.health().restarts == 1
            assert listener.microphone.health().gap_frames == listener.gaps < 100
            assert not [report for report in listener.reports if report.is_final]
    heard = recorded(tmp_path / "heard.wav")
    assert intact(answer[:SPEAKER_HZ], heard, SPEAKER_HZ) >= 0.9
    assert intact(answer[-SPEAKER_HZ:], heard, SPEAKER_HZ) >= 0.9


async def test_a_child_that_hangs_is_stood_in_for_and_replaced(sound_card: SoundCard) -> None:
    async with listening() as listener:
        (child,) = audio_children()
        os.kill(child.pid, signal.SIGSTOP)
        await listener.until(lambda: listener.gaps > 25)
        await listener.until(lambda: listener.microphone.health().restarts == 1)
        assert child.pid not in [other.pid for other in audio_children()]
        before = len(listener.frames)
        await listener.until(lambda: any(not frame.is_gap for frame in listener.frames[before:]))


async def test_a_sound_server_that_dies_is_waited_for_patiently(own_sound_card: SoundCard, question: Path) -> None:
    async with listening() as listener:
        own_sound_card.kill_server()
        await listener.until(lambda: listener.gaps > 0, within_s=5)
        cpu = psutil.Process()
        before_s, began_s = sum(cpu.cpu_times()[:4]), time.monotonic()
        await listener.hear(4.0)
        assert time.monotonic() - began_s == pytest.approx(4.0, abs=0.2)
        assert (sum(cpu.cpu_times()[:4]) - before_s) / 4.0 < 0.7  # a few tries to start a child, and no spinning
        own_sound_card.start_server()
        before = len(listener.frames)
        await listener.until(lambda: any(not frame.is_gap for frame in listener.frames[before:]))
        await listener.hear(0.5)
        talk = own_sound_card.play_into_microphone(question)
        await asyncio.to_thread(talk.wait)
        await listener.hear(0.5)
        assert intact(sweep(MIC_RATE_HZ, 2.0), listener.heard, MIC_RATE_HZ) >= 0.9


async def test_an_unplugged_microphone_is_a_gap_and_not_what_the_speaker_plays(own_sound_card: SoundCard) -> None:
    async with listening() as listener:
        own_sound_card.unplug("mic")
        listener.speaker.write(np.full(4 * SPEAKER_HZ, 9_000, np.int16))
        await listener.until(lambda: bool(listener.microphone.health().lost))
        await listener.hear(1.0)
        assert all(frame.is_gap for frame in listener.frames[-25:])
        assert np.count_nonzero(listener.heard) <= LEAK_S * MIC_RATE_HZ
        listener.speaker.clear()
        own_sound_card.plug_in("mic")
        plugged_in_s = time.monotonic()
        await listener.until(lambda: not listener.frames[-1].is_gap, within_s=3.0)
        assert not listener.microphone.health().lost
        assert listener.microphone.health().restarts == 0
        assert time.monotonic() - plugged_in_s < 1.5
        assert np.count_nonzero(listener.heard) <= LEAK_S * MIC_RATE_HZ


async def test_a_microphone_that_was_named_is_waited_for_and_no_other_used(
    own_sound_card: SoundCard, question: Path
) -> None:
    own_sound_card.plug_in("other")
    async with listening(mic="mic") as listener:
        own_sound_card.make_default_microphone("other")
        await listener.hear(0.5)
        assert not listener.microphone.health().lost
        own_sound_card.unplug("mic")
        await listener.until(lambda: listener.microphone.health().lost == "mic is not there")
        talk = own_sound_card.play_into_microphone(question)
        await asyncio.to_thread(talk.wait)
        assert not listener.heard.any()
        own_sound_card.plug_in("mic")
        await listener.until(lambda: not listener.microphone.health().lost, within_s=3.0)
        own_sound_card.play_into_microphone(question)
        await listener.hear_sound()


async def test_a_muted_microphone_is_closed_and_misses_nothing_afterwards(
    sound_card: SoundCard, question: Path
) -> None:
    async with listening() as listener:
        others = sound_card.recorders() - 1
        listener.microphone.mute(is_muted=True)
        await listener.until(lambda: listener.frames[-1].is_gap)
        assert sound_card.recorders() == others
        (child,) = audio_children()
        child.kill()
        await listener.until(lambda: listener.microphone.health().restarts == 1)
        assert sound_card.recorders() == others
        assert not listener.microphone.health().lost
        listener.microphone.mute(is_muted=False)
        await listener.until(lambda: not listener.frames[-1].is_gap)
        assert not listener.microphone.health().lost
        sound_card.play_into_microphone(question)
        await listener.hear_sound()
        behind_s = listener.microphone.clock.now() - listener.frames[-1].end_s
        assert -0.02 < behind_s < 0.1


async def test_an_answer_waits_while_the_speaker_is_gone(own_sound_card: SoundCard, tmp_path: Path) -> None:
    answer = sweep(SPEAKER_HZ, 2.0)
    async with listening(speaker="speaker") as listener:
        listener.speaker.write(answer)
        await listener.until(lambda: bool(listener.reports) and listener.reports[-1].samples > SPEAKER_HZ // 2)
        own_sound_card.unplug("speaker")
        await listener.until(lambda: listener.speaker.health().lost == "speaker is not there")
        await listener.hear(0.2)
        played = listener.reports[-1].samples
        await listener.hear(0.7)
        assert listener.reports[-1].samples == played < SPEAKER_HZ
        own_sound_card.plug_in("speaker")
        with own_sound_card.recording_speaker(tmp_path / "heard.wav"):
            await listener.until(lambda: listener.reports[-1].samples == len(answer))
            await listener.hear(0.3)
    assert intact(answer[-SPEAKER_HZ:], recorded(tmp_path / "heard.wav"), SPEAKER_HZ) >= 0.8


async def test_leaving_ends_the_child_in_less_than_a_second(sound_card: SoundCard) -> None:
    async with listening() as listener:
        listener.speaker.write(np.ones(10 * SPEAKER_HZ, np.int16))
        (child,) = audio_children()
        began_s = time.monotonic()
    assert time.monotonic() - began_s < 1.0
    assert not child.is_running()


async def test_leaving_at_once_leaves_nothing_behind(sound_card: SoundCard) -> None:
    with pytest.raises(LookupError):
        async with open_devices("default", "default"):
            raise LookupError
    assert not audio_children()


async def test_a_file_is_heard_through_the_real_speaker_on_the_files_clock(
    sound_card: SoundCard, question: Path, tmp_path: Path
) -> None:
    with sound_card.recording_speaker(tmp_path / "heard.wav"):
        async with listening(mic=str(question)) as listener:
            await listener.hear(1.5)
            listener.speaker.write(sweep(SPEAKER_HZ, 0.5))
            began_s = listener.microphone.clock.now()
            await listener.until(lambda: bool(listener.reports) and listener.reports[-1].samples == SPEAKER_HZ // 2)
            assert began_s + 0.5 < listener.reports[-1].at_s < began_s + 0.7
            await listener.hear(0.3)
    assert intact(sweep(SPEAKER_HZ, 0.5), recorded(tmp_path / "heard.wav"), SPEAKER_HZ) >= 0.8


async def test_the_real_microphone_is_heard_in_a_file_on_the_microphones_clock(
    sound_card: SoundCard, question: Path, tmp_path: Path
) -> None:
    async with listening(speaker=str(tmp_path / "out.wav")) as listener:
        await listener.hear(0.5)
        written_s = listener.microphone.clock.now()
        listener.speaker.write(np.ones(2_400, np.int16))
        await listener.until(lambda: bool(listener.reports) and listener.reports[-1].samples == 2_400)
        end_s = listener.microphone.clock.now()
    out, rate_hz = soundfile.read(tmp_path / "out.wav", dtype="int16")
    assert np.flatnonzero(out)[0] / rate_hz == pytest.approx(written_s, abs=0.03)
    assert len(out) / rate_hz == pytest.approx(end_s, abs=0.05)


async def test_the_devices_are_listed(sound_card: SoundCard) -> None:
    devices = await list_devices()
    (pulse,) = [device for device in devices if device.name == "pulse"]
    assert pulse.inputs > 0
    assert pulse.outputs > 0
    of_server = {device.server_name: device for device in devices if device.server_name}
    assert set(of_server) == {"mic", "speaker", "speaker.monitor", "micbus", "micbus.monitor"}
    assert [name for name, device in of_server.items() if device.is_monitor] == ["speaker.monitor", "micbus.monitor"]
    assert of_server["mic"].is_default_input
    assert of_server["speaker"].is_default_output
    assert not audio_children()


async def test_an_unknown_device_is_answered_with_the_nearest(sound_card: SoundCard) -> None:
    with pytest.raises(DeviceError, match=r"^no speaker is called 'pulze'; there are \d+ \(pulse\)"):
        async with open_devices("default", "pulze"):
            pass
    assert not audio_children()


async def test_without_a_sound_card_one_line_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nothing")
    with pytest.raises(DeviceError) as refusal:
        async with open_devices("default", "default"):
            pass
    assert str(refusal.value) == "no microphone found: connect one, or use --mic FILE.wav --speaker FILE.wav"
    assert await list_devices() == []
