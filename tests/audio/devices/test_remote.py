"""A microphone that is somewhere else, in virtual time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.devices.remote import AHEAD_S, ASLEEP_S, RemoteClock, RemoteMicrophone
from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ, Frame, Pcm16
from tests.virtual_time import run_in_virtual_time


@dataclass
class Heard:
    """What came out of a microphone, and when; `microphone` is for questions afterwards."""

    microphone: RemoteMicrophone
    frames: list[tuple[float, Frame]] = field(default_factory=list)

    @property
    def samples(self) -> Pcm16:
        return np.concatenate([np.zeros(0, np.int16), *[frame.samples for _, frame in self.frames]])

    @property
    def sound(self) -> list[int]:
        """Without the silence that was put in; what is sent here has no zeros."""
        return self.samples[self.samples != 0].tolist()


def listen(sent: Sequence[tuple[float, int]], until_s: float, *, may_sleep: bool = True) -> Heard:
    """Send so many samples at these times; every sample has its number."""

    async def main() -> Heard:
        loop = asyncio.get_running_loop()
        heard = Heard(RemoteMicrophone(RemoteClock(loop.time), lambda: may_sleep))

        async def send() -> None:
            number = 0
            for at_s, samples in sent:
                await asyncio.sleep(at_s - loop.time())
                heard.microphone.hear((np.arange(number, number + samples) % 30_000 + 1).astype(np.int16))
                number += samples
            await asyncio.sleep(until_s - loop.time())

        async def take() -> None:
            async for frame in heard.microphone.frames():
                heard.frames.append((loop.time(), frame))

        taking = asyncio.create_task(take())
        await send()
        taking.cancel()
        return heard

    return run_in_virtual_time(main())


def test_what_comes_at_the_pace_of_speech_is_heard_at_once() -> None:
    heard = listen([(1 + k / 10, 1600) for k in range(20)], 3.0)
    assert not any(frame.is_gap for _, frame in heard.frames)
    assert len(heard.frames) == 100
    arrival_s = [1 + (frame.start_sample // 1600) / 10 for _, frame in heard.frames]
    assert max(at_s - came_s for (at_s, _), came_s in zip(heard.frames, arrival_s, strict=True)) < 0.001


def test_a_piece_that_is_late_is_caught_up_with() -> None:
    times = [1 + k / 10 + (0.15 if k == 10 else 0) for k in range(20)]
    heard = listen([(at_s, 1600) for at_s in sorted(times)], 3.2)
    assert not any(frame.is_gap for _, frame in heard.frames)
    assert heard.frames[-1][0] < 2.92


def test_what_is_sent_faster_than_it_was_spoken_is_heard_at_the_pace_of_speech() -> None:
    heard = listen([(1.0, 5 * MIC_RATE_HZ)], 6.0)
    assert heard.frames[249][0] >= 1.0 + 5.0 - 2 * AHEAD_S - 0.03
    assert heard.sound == [number % 30_000 + 1 for number in range(80_000)]


def test_who_sends_nothing_is_silent() -> None:
    heard = listen([(1.0, 1600), (3.0, 1600)], 3.05)
    gaps = [frame for _, frame in heard.frames if frame.is_gap]
    assert 85 <= len(gaps) <= 100
    assert heard.sound == list(range(1, 3201))


def test_time_goes_on_through_the_silence() -> None:
    heard = listen([(1.0, 1600)], 4.0)
    assert 2.6 <= heard.frames[-1][1].end_s <= 3.2


def test_time_stands_still_when_nobody_minds() -> None:
    asleep = listen([(1.0, 1600)], 15.0)
    assert asleep.frames[-1][0] <= 1.0 + ASLEEP_S + 1.0
    awake = listen([(1.0, 1600)], 15.0, may_sleep=False)
    assert awake.frames[-1][0] >= 14.5


def test_it_wakes_with_the_next_sound() -> None:
    heard = listen([(1.0, 1600), (50.0, 1600)], 50.5)
    assert heard.sound == list(range(1, 3201))
    assert heard.frames[-1][1].end_s < 8


def test_positions_are_told_in_what_was_sent() -> None:
    heard = listen([(1.0, 1600), (3.0, 1600)], 3.3)
    second = next(frame for _, frame in heard.frames if 1601 in frame.samples)
    assert heard.microphone.sent_ms(0.05) == 50
    assert heard.microphone.sent_ms(second.start_s) == 100
    assert heard.microphone.sent_ms(second.start_s - 0.5) == 100
    assert heard.microphone.sent_ms(second.end_s) == 120


def test_what_is_forgotten_counts_as_sent() -> None:
    async def main() -> int:
        microphone = RemoteMicrophone(RemoteClock(asyncio.get_running_loop().time))
        microphone.hear(np.ones(1600, np.int16))
        microphone.forget()
        microphone.hear(np.ones(320, np.int16))
        frames = microphone.frames()
        frame = await anext(frames)
        return microphone.sent_ms(frame.start_s)

    assert run_in_virtual_time(main()) == 100


def test_what_is_forgotten_while_its_moment_is_waited_for_does_not_come() -> None:
    async def main() -> int:
        loop = asyncio.get_running_loop()
        microphone = RemoteMicrophone(RemoteClock(loop.time))
        microphone.hear(np.ones(MIC_RATE_HZ, np.int16))
        frames = microphone.frames()
        while loop.time() < 0.5:  # what may come at once has come, and the next is waited for
            await anext(frames)
        loop.call_later(0.001, microphone.forget)
        loop.call_later(0.1, microphone.hear, np.full(FRAME_SAMPLES, 7, np.int16))
        return int((await anext(frames)).samples[0])

    assert run_in_virtual_time(main()) == 7


def test_it_tells_how_much_waits() -> None:
    async def main() -> tuple[float, float]:
        microphone = RemoteMicrophone(RemoteClock(asyncio.get_running_loop().time))
        for _ in range(10):
            microphone.hear(np.ones(MIC_RATE_HZ, np.int16))
        before_s = microphone.backlog_s
        await anext(microphone.frames())
        return before_s, microphone.backlog_s

    assert run_in_virtual_time(main()) == pytest.approx((10.0, 9.98))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 2), st.integers(1, 4000)), max_size=12))
def test_every_sample_comes_once_and_in_order_in_frames_without_gaps(steps: list[tuple[float, int]]) -> None:
    at_s, sent = 0.0, []
    for pause_s, samples in steps:
        at_s += pause_s
        sent.append((at_s, samples))
    heard = listen(sent, at_s + 2)
    whole = sum(samples for _, samples in sent)
    taken = whole - whole % FRAME_SAMPLES
    assert heard.sound == [number % 30_000 + 1 for number in range(taken)]
    assert [frame.start_sample for _, frame in heard.frames] == [k * FRAME_SAMPLES for k in range(len(heard.frames))]
