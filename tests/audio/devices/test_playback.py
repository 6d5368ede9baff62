"""Samples between the thread that writes them and the one that plays them."""

import asyncio
import threading

import numpy as np
import pytest

from audio.devices.ducking import DUCKED_DB
from audio.devices.playback import PlaybackQueue, PlayedReports, Taken
from audio.devices.protocol import Played
from audio.frames import Pcm16


def take(queue: PlaybackQueue, samples: int) -> tuple[list[int], list[Taken]]:
    into: Pcm16 = np.full(samples, -1, np.int16)
    taken = queue.take(into)
    return into.tolist(), taken


def test_chunks_are_joined_and_silence_follows() -> None:
    queue = PlaybackQueue()
    for chunk in ([1, 2, 3], [], [4], [5, 6]):
        queue.write(0, np.array(chunk, np.int16))
    assert queue.queued == 6
    assert take(queue, 2) == ([1, 2], [Taken(0, 2, 2)])
    assert take(queue, 3) == ([3, 4, 5], [Taken(0, 5, 3)])
    assert take(queue, 3) == ([6, 0, 0], [Taken(0, 6, 1)])
    assert take(queue, 2) == ([0, 0], [])
    assert queue.queued == 0


def test_ducking_glides_to_a_softer_level_and_back() -> None:
    queue = PlaybackQueue()
    queue.write(0, np.full(500, 10_000, np.int16))
    blocks = []
    for is_ducked in (False, True, True, False, False):
        queue.ducking.is_ducked = is_ducked
        block = np.zeros(100, np.int16)
        queue.take(block)
        blocks.append((int(block[0]), int(block[-1])))
    soft = round(10_000 * 10 ** (DUCKED_DB / 20))
    assert blocks == [
        (10_000, 10_000),
        (10_000, pytest.approx(soft, abs=1)),
        (pytest.approx(soft, abs=1), pytest.approx(soft, abs=1)),
        (pytest.approx(soft, abs=1), 10_000),
        (10_000, 10_000),
    ]


def test_samples_of_an_epoch_that_has_not_begun_wait_for_it() -> None:
    queue = PlaybackQueue()
    queue.write(0, np.array([1], np.int16))
    queue.write(1, np.array([2, 3], np.int16))  # as when another thread begins it while this one plays
    assert take(queue, 4) == ([1, 0, 0, 0], [Taken(0, 1, 1)])
    queue.begin(1)
    assert take(queue, 2) == ([2, 3], [Taken(0, 1, 0, is_final=True), Taken(1, 2, 2)])


def test_samples_of_an_epoch_that_is_over_are_dropped() -> None:
    queue = PlaybackQueue(4)
    queue.write(4, np.array([1, 2, 3], np.int16))
    take(queue, 1)
    queue.begin(6)
    queue.write(5, np.array([7], np.int16))
    queue.write(6, np.array([8], np.int16))
    ends = [Taken(4, 1, 0, is_final=True), Taken(5, 0, 0, is_final=True)]
    assert take(queue, 2) == ([8, 0], [*ends, Taken(6, 1, 1)])


def test_two_threads_lose_and_mix_nothing() -> None:
    queue = PlaybackQueue()
    epochs, chunks = 200, 20

    def write() -> None:
        for epoch in range(epochs):
            queue.begin(epoch)
            for number in range(chunks):
                queue.write(epoch, np.full(7, epoch * chunks + number + 1, np.int16))

    writer = threading.Thread(target=write)
    writer.start()
    heard: list[int] = []
    ends: list[Taken] = []
    current = 0
    is_last_look = False
    while not is_last_look:
        is_last_look = not writer.is_alive()
        block, taken = take(queue, 5 if not is_last_look else 7 * chunks)
        ends += [one for one in taken if one.is_final]
        sounding = [sample for sample in block if sample]
        current = sum(one.now for one in taken)
        assert len(sounding) == current
        assert len({(sample - 1) // chunks for sample in sounding}) <= 1  # a block holds one epoch only
        heard += sounding
    writer.join()
    assert heard == sorted(heard)
    assert [end.epoch for end in ends] == list(range(epochs - 1))
    for end in ends:
        assert end.samples == sum((sample - 1) // chunks == end.epoch for sample in heard)
    assert [sample for sample in heard if sample == epochs * chunks] == [epochs * chunks] * 7


async def test_reports_wait_for_their_reader_and_end_with_the_speaker() -> None:
    reports = PlayedReports()
    read: list[Played] = []

    async def reader() -> None:
        async for report in reports:
            read.append(report)

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(reader())
        await asyncio.sleep(0)
        reports.put(Played(0, 10, 0.1))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        for report in (Played(0, 20, 0.2), Played(0, 30, 0.3), Played(0, 35, 0.35, is_final=True), Played(1, 5, 0.5)):
            reports.put(report)
        reports.close()
    assert read == [Played(0, 10, 0.1), Played(0, 35, 0.35, is_final=True), Played(1, 5, 0.5)]


def test_of_a_silenced_epoch_nothing_is_played_nor_counted_whatever_is_still_written_in_it() -> None:
    queue = PlaybackQueue()
    queue.write(0, np.array([1, 2, 3], np.int16))
    assert take(queue, 2) == ([1, 2], [Taken(0, 2, 2)])
    queue.silence(queue.epoch)
    queue.write(0, np.array([4], np.int16))
    assert queue.queued == 0
    assert take(queue, 2) == ([0, 0], [])
    queue.begin(1)
    queue.write(1, np.array([5], np.int16))
    assert take(queue, 2) == ([5, 0], [Taken(0, 2, 0, is_final=True), Taken(1, 1, 1)])
