"""The daemon's side of the sound card's speaker: nothing that is written is lost with the child that held it."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.child import Child, ChildGone
from audio.devices.playback import PlaybackQueue
from audio.devices.portaudio_speaker import LEAD_S, PortAudioSpeaker
from audio.devices.protocol import Played
from audio.frames import Pcm16

RATE_HZ = 1_000


class SameClock:
    """Session time is monotonic time."""

    def at(self, monotonic_s: float) -> float:
        return monotonic_s

    def now(self) -> float:
        return 99.0


@dataclass
class PlayingChild:
    """What a child process does with its messages, without the process and the sound card."""

    speaker: PortAudioSpeaker
    queue: PlaybackQueue = field(default_factory=PlaybackQueue)
    heard: list[int] = field(default_factory=list)
    is_dead: bool = False

    def post(self, header: dict[str, Any], payload: bytes = b"") -> None:
        if self.is_dead:
            raise ChildGone("dead")
        if header["type"] == "write":
            self.queue.write(header["epoch"], np.frombuffer(payload, np.int16))
        else:
            self.queue.begin(header["epoch"])

    def play(self, samples: int, at_s: float = 1.0, *, is_told: bool = True) -> None:
        block: Pcm16 = np.zeros(samples, np.int16)
        for taken in self.queue.take(block):
            self.heard += block[: taken.now].tolist()
            if is_told:
                self.speaker.played(taken.epoch, taken.samples, at_s, is_final=taken.is_final)


def begin(speaker: PortAudioSpeaker, *, is_first: bool = True) -> PlayingChild:
    child = PlayingChild(speaker, PlaybackQueue(speaker.epoch))
    speaker.child_began(cast(Child, child), is_first=is_first)
    return child


def all_reports(speaker: PortAudioSpeaker) -> list[Played]:
    async def read() -> list[Played]:
        return [report async for report in speaker.reports()]

    speaker.close()
    return asyncio.run(read())


def numbered(first: int, last: int) -> Pcm16:
    return np.arange(first, last + 1, dtype=np.int16)


def test_what_was_written_before_there_was_a_child_is_played() -> None:
    speaker = PortAudioSpeaker(RATE_HZ, SameClock())
    speaker.write(numbered(1, 300))
    child = begin(speaker)
    child.play(500, at_s=2.5)
    assert child.heard == list(range(1, 301))
    assert all_reports(speaker) == [Played(0, 300, 2.5)]


def test_the_next_child_goes_on_where_the_last_report_was() -> None:
    speaker = PortAudioSpeaker(RATE_HZ, SameClock())
    first = begin(speaker)
    speaker.write(numbered(1, 600))
    speaker.write(numbered(601, 1000))
    first.play(700, at_s=1.0)
    first.play(50, is_told=False)
    first.is_dead = True
    speaker.write(numbered(1001, 1200))
    speaker.child_lost()
    second = begin(speaker, is_first=False)
    speaker.write(numbered(1201, 1300))
    second.play(2000, at_s=3.0)
    assert second.heard == list(range(701, 1301))
    assert all_reports(speaker) == [Played(0, 1300, 3.0)]
    assert speaker.health().restarts == 1


def test_an_epoch_that_was_cleared_when_its_child_died_ends_with_what_was_last_reported() -> None:
    speaker = PortAudioSpeaker(RATE_HZ, SameClock())
    child = begin(speaker)
    speaker.write(numbered(1, 600))
    child.play(250, at_s=1.5)
    child.is_dead = True
    speaker.clear()
    speaker.child_lost()
    begin(speaker, is_first=False).play(1000)
    assert all_reports(speaker) == [Played(0, 250, 1.5, is_final=True)]


def test_without_a_child_clearing_ends_the_epoch_at_once() -> None:
    speaker = PortAudioSpeaker(RATE_HZ, SameClock())
    speaker.write(numbered(1, 600))
    assert speaker.clear() == 1
    assert all_reports(speaker) == [Played(0, 0, 99.0, is_final=True)]


def test_a_speaker_that_is_gone_is_not_asked_how_much_it_played() -> None:
    speaker = PortAudioSpeaker(RATE_HZ, SameClock())
    child = begin(speaker)
    speaker.write(numbered(1, 600))
    child.play(250, at_s=1.5)
    speaker.lost = "unplugged"
    speaker.clear()
    child.play(1000, at_s=9.0)  # it is back, and says so once more
    assert speaker.health().lost == "unplugged"
    assert all_reports(speaker) == [Played(0, 250, 1.5, is_final=True)]


def test_the_child_is_fed_only_a_little_ahead() -> None:
    speaker = PortAudioSpeaker(RATE_HZ, SameClock())
    child = begin(speaker)
    speaker.write(np.ones(10 * RATE_HZ, np.int16))
    assert child.queue.queued == LEAD_S * RATE_HZ
    child.play(100)
    assert child.queue.queued == LEAD_S * RATE_HZ
    for _ in range(99):
        child.play(100)
    assert child.heard == [1] * 10 * RATE_HZ


def test_what_exceeds_ten_minutes_is_dropped_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    speaker = PortAudioSpeaker(RATE_HZ, SameClock())
    speaker.write(np.ones(599 * RATE_HZ, np.int16))
    speaker.write(np.ones(2 * RATE_HZ, np.int16))
    assert speaker.health().overflows == 1
    assert "dropping 2000 samples" in caplog.text


@given(
    moves=st.lists(
        st.one_of(
            st.tuples(st.just("write"), st.integers(1, 3000)),
            st.tuples(st.just("play"), st.integers(1, 1000)),
            st.tuples(st.just("clear"), st.just(0)),
            st.tuples(st.just("die"), st.booleans()),
            st.tuples(st.just("revive"), st.just(0)),
        ),
        max_size=40,
    )
)
def test_every_epoch_ends_once_with_the_count_of_what_was_heard_of_it(moves: list[tuple[str, int]]) -> None:
    speaker = PortAudioSpeaker(RATE_HZ, SameClock())
    child = begin(speaker)
    spoken = 0
    written: list[list[int]] = [[]]
    heard: list[int] = []
    for kind, amount in moves:
        match kind:
            case "write":
                written[-1] += range(spoken + 1, spoken + amount + 1)
                speaker.write(np.array(written[-1][-amount:], np.int32).astype(np.int16))
                spoken = (spoken + amount) % 20_000
            case "play" if not child.is_dead:
                child.play(amount)
            case "clear":
                assert speaker.clear() == len(written)
                written.append([])
            case "die" if not child.is_dead:
                child.is_dead = True
                heard += child.heard
                speaker.child_lost()
            case "revive" if child.is_dead:
                child = begin(speaker, is_first=False)
    if child.is_dead:
        child = begin(speaker, is_first=False)
    for _ in range(200):
        child.play(1000)
    heard += child.heard
    reports = all_reports(speaker)
    finals = [report for report in reports if report.is_final]
    assert [report.epoch for report in finals] == list(range(len(written) - 1))
    last = max([report.samples for report in reports if report.epoch == speaker.epoch], default=0)
    assert last == len(written[-1])
    counts = [report.samples for report in finals] + [last]
    assert heard == [sample for epoch, count in zip(written, counts, strict=True) for sample in epoch[:count]]
