"""WAV files as microphone and speaker: real time, one clock, exact to the sample."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.beside import beside
from audio.devices.file import FileMicrophone, FileSpeaker, RealTimeClock
from audio.devices.paced import PacedSpeaker
from audio.devices.protocol import DeviceError, Played
from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ, Frame, Pcm16
from audio.stop.latch import create_latch
from tests.virtual_time import run_in_virtual_time


@dataclass
class Seconds:
    """A monotonic clock that stands where it is put."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Ear:
    """Hears everything that a paced speaker plays."""

    blocks: list[Pcm16] = field(default_factory=list)

    def __call__(self, block: Pcm16) -> None:
        self.blocks.append(block)

    @property
    def heard(self) -> list[int]:
        return np.concatenate([np.zeros(0, np.int16), *self.blocks]).tolist()


def started(monotonic: Seconds) -> RealTimeClock:
    clock = RealTimeClock(monotonic)
    clock.start()
    return clock


def all_reports(speaker: PacedSpeaker) -> list[Played]:
    """What a reader that comes late still gets."""

    async def read() -> list[Played]:
        return [report async for report in speaker.reports()]

    return asyncio.run(read())


async def first(number: int, frames: AsyncIterator[Frame]) -> list[Frame]:
    taken: list[Frame] = []
    async for frame in frames:
        taken.append(frame)
        if len(taken) == number:
            break
    return taken


# --- the microphone ---------------------------------------------------------------------------------------


def recording(folder: Path, samples: int) -> Path:
    file = folder / "in.wav"
    soundfile.write(file, (np.arange(samples) % 30_000 + 1).astype(np.int16), MIC_RATE_HZ)
    return file


def test_a_frame_comes_when_its_last_sample_would_have_been_spoken(tmp_path: Path) -> None:
    async def listen() -> None:
        loop = asyncio.get_running_loop()
        microphone = FileMicrophone(recording(tmp_path, 1600), RealTimeClock(loop.time))
        await asyncio.sleep(3)  # while nobody listens nothing is said
        began_s = loop.time()
        number = 0
        async for frame in microphone.frames():
            assert frame.start_sample == number * FRAME_SAMPLES
            late_s = loop.time() - began_s - frame.end_s
            assert 0 <= late_s + 1e-9 < 1e-6
            number += 1
            if number == 500:
                break

    run_in_virtual_time(listen())


def test_frames_hold_the_file_and_then_silence_without_end(tmp_path: Path) -> None:
    async def listen() -> list[Frame]:
        clock = RealTimeClock(asyncio.get_running_loop().time)
        return await first(300, FileMicrophone(recording(tmp_path, 1000), clock).frames())

    frames = run_in_virtual_time(listen())
    heard = np.concatenate([frame.samples for frame in frames])
    assert heard[:1000].tolist() == list(range(1, 1001))
    assert not heard[1000:].any()
    assert [frame.is_after_end for frame in frames] == [False] * 4 + [True] * 296
    assert {len(frame.samples) for frame in frames} == {FRAME_SAMPLES}
    assert not any(frame.is_gap for frame in frames)


def test_a_listener_that_was_held_up_gets_all_frames_none_of_them_early(tmp_path: Path) -> None:
    async def listen() -> None:
        loop = asyncio.get_running_loop()
        held_up_s = 0.0
        clock = RealTimeClock(lambda: loop.time() + held_up_s)
        frames = FileMicrophone(recording(tmp_path, 1600), clock).frames()
        await first(2, frames)
        held_up_s = 0.333
        for number, frame in enumerate(await first(40, frames), start=2):
            assert frame.start_sample == number * FRAME_SAMPLES
        assert 0 <= clock.now() - 42 * 0.02 + 1e-9 < 1e-6  # it has caught up, and is not ahead

    run_in_virtual_time(listen())


def test_closing_the_microphone_ends_its_frames(tmp_path: Path) -> None:
    async def listen() -> int:
        microphone = FileMicrophone(recording(tmp_path, 100), RealTimeClock(asyncio.get_running_loop().time))
        asyncio.get_running_loop().call_later(1.01, microphone.close)
        return len([frame async for frame in microphone.frames()])

    assert run_in_virtual_time(listen()) == 51


# --- the speaker ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """At `at_us` the program writes `samples` samples, or clears the speaker (None)."""

    at_us: int
    samples: int | None


@st.composite
def timelines(draw: st.DrawFn) -> list[Step]:
    # Times near the beginning of a block are where mistakes would be.
    near = st.builds(lambda block, off: max(0, block * 10_000 + off), st.integers(0, 30), st.sampled_from([-1, 0, 1]))
    times = sorted(draw(st.lists(st.integers(0, 300_000) | near, max_size=12)))
    sizes = st.none() | st.integers(0, 2_000)
    return [Step(at_us, draw(sizes)) for at_us in times]


def as_the_rule_says(steps: list[Step], rate_hz: int, blocks: int) -> tuple[list[int], list[int]]:
    """The output, and how much of each epoch is in it, worked out block by block from the contract's words."""
    numbers = itertools.count(1)
    waiting: list[int] = []
    output: list[int] = []
    played = [0]
    pending = list(steps)
    for block in range(blocks):
        while pending and pending[0].at_us < block * 10_000:  # strictly before the block begins
            samples = pending.pop(0).samples
            if samples is None:
                waiting.clear()
                played.append(0)
            else:
                waiting += [next(numbers) for _ in range(samples)]
        size = (block + 1) * rate_hz // 100 - block * rate_hz // 100
        taken, waiting = waiting[:size], waiting[size:]
        played[-1] += len(taken)
        output += taken + [0] * (size - len(taken))
    return output, played


@settings(max_examples=300)
@given(steps=timelines(), rate_hz=st.sampled_from([16_000, 22_050, 24_000]))
def test_samples_lie_exactly_where_the_rule_says_and_the_reports_add_up(steps: list[Step], rate_hz: int) -> None:
    monotonic, ear = Seconds(), Ear()
    begin_s = monotonic.now
    speaker = PacedSpeaker(started(monotonic), rate_hz, ear)
    numbers = itertools.count(1)
    epochs = 0
    for step in steps:
        monotonic.now = begin_s + step.at_us / 1e6
        if step.samples is None:
            epochs += 1
            assert speaker.clear() == epochs
        else:
            speaker.write(np.array([next(numbers) for _ in range(step.samples)], np.int16))
    monotonic.now = begin_s + 2.005
    speaker.close()

    output, played = as_the_rule_says(steps, rate_hz, 201)
    assert ear.heard == output
    reports = all_reports(speaker)
    finals = [report for report in reports if report.is_final]
    assert [(report.epoch, report.samples) for report in finals] == list(enumerate(played[:epochs]))
    last = max([report.samples for report in reports if report.epoch == epochs], default=0)
    assert last == played[epochs]
    assert sum(played) == np.count_nonzero(output)


@given(steps=timelines())
def test_a_report_says_when_the_last_sample_of_it_left(steps: list[Step]) -> None:
    monotonic, ear = Seconds(), Ear()
    begin_s = monotonic.now
    speaker = PacedSpeaker(started(monotonic), 24_000, ear)
    for step in steps:
        monotonic.now = begin_s + step.at_us / 1e6
        if step.samples is None:
            speaker.clear()
        else:
            speaker.write(np.full(step.samples, 1 + step.samples % 7, np.int16))
    monotonic.now = begin_s + 2
    speaker.close()
    sounding = np.flatnonzero(ear.heard)
    total = 0
    reports = all_reports(speaker)
    for report, following in itertools.zip_longest(reports, reports[1:]):
        if report.samples and (report.is_final or following is None or following.epoch != report.epoch):
            total += report.samples
            assert report.at_s == pytest.approx((sounding[total - 1] + 1) / 24_000)
    assert total == len(sounding)


def test_while_something_plays_progress_is_reported_every_20_ms_and_at_once_when_all_is_played() -> None:
    async def play() -> None:
        loop = asyncio.get_running_loop()
        clock = RealTimeClock(loop.time)
        clock.start()
        speaker = PacedSpeaker(clock)
        reports: list[tuple[float, Played]] = []

        async def follow() -> None:
            async for report in speaker.reports():
                reports.append((loop.time(), report))

        async with beside(speaker.run(), follow()):
            await asyncio.sleep(1.003)
            speaker.write(np.ones(24_000, np.int16))
            await asyncio.sleep(2)
        times = [at_s for at_s, _ in reports]
        assert times[0] - 1.003 <= 0.021
        assert max(np.diff(times)) <= 0.021
        assert reports[-1][1] == Played(0, 24_000, pytest.approx(2.01))
        assert times[-1] == pytest.approx(2.0)  # when its last block began, not at the next tick
        for at_s, report in reports:  # what is said to be played is played within its block
            assert report.at_s <= at_s + 0.01 + 1e-6

    run_in_virtual_time(play())


def test_an_idle_speaker_wakes_four_times_a_second_and_its_file_keeps_up(tmp_path: Path) -> None:
    async def idle() -> None:
        loop = asyncio.get_running_loop()
        looks = 0

        def monotonic() -> float:
            nonlocal looks
            looks += 1
            return loop.time()

        clock = RealTimeClock(monotonic)
        clock.start()
        speaker = FileSpeaker(tmp_path / "out.wav", clock)
        async with beside(speaker.run()):
            await asyncio.sleep(10)
            assert looks <= 42
            assert soundfile.info(tmp_path / "out.wav").duration > 9.2
        speaker.close()

    run_in_virtual_time(idle())


def test_a_speaker_into_nothing_sleeps_while_it_is_idle() -> None:
    async def idle() -> None:
        loop = asyncio.get_running_loop()
        looks = 0

        def monotonic() -> float:
            nonlocal looks
            looks += 1
            return loop.time()

        clock = RealTimeClock(monotonic)
        clock.start()
        speaker = PacedSpeaker(clock)
        async with beside(speaker.run()):
            await asyncio.sleep(3600)
        assert looks <= 2

    run_in_virtual_time(idle())


def test_sample_0_of_the_output_is_sample_0_of_the_input(tmp_path: Path) -> None:
    async def echo() -> None:
        loop = asyncio.get_running_loop()
        clock = RealTimeClock(loop.time)
        microphone = FileMicrophone(recording(tmp_path, 16_000), clock)
        speaker = FileSpeaker(tmp_path / "out.wav", clock, rate_hz=MIC_RATE_HZ)
        async with beside(speaker.run()):
            async for frame in microphone.frames():
                if frame.is_after_end:
                    break
                speaker.write(frame.samples)
        speaker.close()

    run_in_virtual_time(echo())
    said = soundfile.read(tmp_path / "in.wav", dtype="int16")[0]
    heard = soundfile.read(tmp_path / "out.wav", dtype="int16")[0]
    # A frame is there 20 ms after its beginning, exactly when a block begins: the next block is the first free one.
    assert not heard[:480].any()
    assert np.array_equal(heard[480:], said[: len(heard) - 480])
    assert len(heard) == 16_000 + FRAME_SAMPLES + 160


def test_a_busy_event_loop_delays_no_sample_that_was_written_in_time(tmp_path: Path) -> None:
    monotonic = Seconds()
    speaker = FileSpeaker(tmp_path / "out.wav", started(monotonic), rate_hz=16_000)
    speaker.write(np.full(1600, 7, np.int16))
    monotonic.now += 5.0  # nothing ran meanwhile
    speaker.write(np.full(1600, 9, np.int16))
    monotonic.now += 1.0
    speaker.close()
    heard = soundfile.read(tmp_path / "out.wav", dtype="int16")[0]
    assert np.array_equal(np.flatnonzero(heard == 7), np.arange(160, 1760))
    assert np.array_equal(np.flatnonzero(heard == 9), np.arange(80_160, 81_760))


def test_clearing_a_speaker_that_played_nothing_ends_the_epoch_with_nothing() -> None:
    monotonic = Seconds()
    speaker = PacedSpeaker(started(monotonic))
    monotonic.now += 0.5
    assert [speaker.clear(), speaker.clear()] == [1, 2]
    speaker.close()
    assert all_reports(speaker) == [Played(0, 0, 0.5, is_final=True), Played(1, 0, 0.5, is_final=True)]


def test_a_reader_that_falls_behind_gets_the_latest_progress_and_every_end() -> None:
    monotonic = Seconds()
    speaker = PacedSpeaker(started(monotonic))
    for _ in range(3):
        speaker.write(np.ones(24_000, np.int16))
        for _ in range(20):
            monotonic.now += 0.02
            speaker.write(np.zeros(0, np.int16))
        speaker.clear()
    speaker.close()
    assert [(report.epoch, report.is_final) for report in all_reports(speaker)] == [(0, True), (1, True), (2, True)]


def test_what_exceeds_ten_minutes_is_dropped_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    speaker = PacedSpeaker(started(Seconds()), 1_000)
    speaker.write(np.ones(599_000, np.int16))
    speaker.write(np.ones(2_000, np.int16))
    assert speaker.health().overflows == 1
    assert "dropping 2000 samples" in caplog.text


def test_a_speaker_file_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match="does not exist; create it first"):
        FileSpeaker(tmp_path / "no" / "out.wav", RealTimeClock())


def test_however_late_the_loop_the_file_is_silent_from_the_instant_of_the_latch_on(tmp_path: Path) -> None:
    """The loop is blocked from 0.1 s to 5 s; meanwhile everything is stopped, and perhaps resumed."""
    latch = create_latch(tmp_path)
    for is_resumed in (False, True):
        monotonic, ear = Seconds(time.monotonic() - 0.5), Ear()
        speaker = PacedSpeaker(started(monotonic), 1_000, ear, latch)
        begin_s = monotonic.now
        speaker.write(np.full(3_000, 5, np.int16))
        monotonic.now = begin_s + 0.1
        speaker.write(np.full(100, 6, np.int16))
        latch.stop()
        stopped_s = latch.stopped_at_s - begin_s
        if is_resumed:
            latch.resume()
        monotonic.now = begin_s + 5.0
        speaker.write(np.full(100, 7, np.int16))
        assert speaker.clear() == 1
        speaker.write(np.full(100, 8, np.int16))
        monotonic.now = begin_s + 6.0
        speaker.close()
        last = max(index for index, sample in enumerate(ear.heard) if sample in (5, 6, 7))
        assert ear.heard[last] == 5
        assert 0 <= last / 1_000 - stopped_s <= 0.011, "the block that had begun is played to its end"
        assert (8 in ear.heard) is is_resumed
        (final,) = [report for report in all_reports(speaker) if report.is_final]
        assert final.samples == ear.heard.count(5), "what was played stays played"
        latch.resume()
