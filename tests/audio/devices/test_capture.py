"""Captured blocks become gapless frames, whatever the sound card does."""

import itertools
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.clock import AnchoredClock
from audio.devices.capture import STALLED_AFTER_S, GaplessCapture
from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ, Frame

BLOCK_S = FRAME_SAMPLES / MIC_RATE_HZ


@dataclass
class Card:
    """A sound card whose samples are numbered from 1 by the instant at which they were spoken."""

    began_at_s: float = 1000.0
    frames: list[Frame] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = AnchoredClock(MIC_RATE_HZ, monotonic=lambda: self.began_at_s)
        self.capture = GaplessCapture(self.clock, self.began_at_s)
        self.index = 0

    def speak(self, instant: int, *, late_s: float = 0.0, samples: int = FRAME_SAMPLES) -> None:
        """A block of what was spoken from that instant (in samples) on arrives."""
        spoken = (np.arange(instant, instant + samples) % 30_000 + 1).astype(np.int16)
        at_s = self.began_at_s + (instant + samples) / MIC_RATE_HZ + late_s
        self.watch(at_s)
        self.frames += self.capture.push(self.index, spoken, at_s)
        self.index += samples

    def watch(self, until_s: float) -> None:
        """What stands in for missing audio is made when it is overdue, not later."""
        while self.capture.next_gap_at_s <= until_s:
            self.frames += self.capture.fill(self.capture.next_gap_at_s)

    def off_by(self, frame: Frame) -> int:
        """How far the frame's place in time lies from the instant at which it was spoken, in samples."""
        return int(frame.samples[0]) - 1 - frame.start_sample % 30_000

    def check_gapless(self) -> None:
        for number, frame in enumerate(self.frames):
            assert frame.start_sample == number * FRAME_SAMPLES
            assert len(frame.samples) == FRAME_SAMPLES
        assert self.capture.gap_frames == sum(frame.is_gap for frame in self.frames)


def test_what_arrives_in_time_goes_through_untouched() -> None:
    card = Card()
    for number in range(100):
        card.speak(number * FRAME_SAMPLES, late_s=0.03 * (number % 2))
    card.check_gapless()
    assert len(card.frames) == 100
    assert not any(frame.is_gap or card.off_by(frame) for frame in card.frames)


@given(sizes=st.lists(st.integers(1, 1500), max_size=60))
def test_blocks_of_any_size_make_whole_frames(sizes: list[int]) -> None:
    card = Card()
    for size, before in zip(sizes, itertools.accumulate(sizes, initial=0), strict=False):
        card.speak(before, samples=size)
    card.check_gapless()
    assert len(card.frames) == sum(sizes) // FRAME_SAMPLES
    assert not any(frame.is_gap or card.off_by(frame) for frame in card.frames)


def test_while_nothing_comes_silence_goes_on_in_real_time() -> None:
    card = Card()
    for number in range(10):
        card.speak(number * FRAME_SAMPLES)
    card.watch(card.began_at_s + 10.0)
    card.check_gapless()
    assert len(card.frames) == int((10.0 - STALLED_AFTER_S + 1e-9) / BLOCK_S)
    assert [frame.is_gap for frame in card.frames] == [False] * 10 + [True] * (len(card.frames) - 10)


def test_before_anything_has_come_silence_goes_on_in_real_time_too() -> None:
    card = Card()
    card.watch(card.began_at_s + 2.0)
    assert len(card.frames) == int((2.0 - STALLED_AFTER_S + 1e-9) / BLOCK_S)
    card.speak(32_000)
    card.check_gapless()
    assert card.off_by(card.frames[-1]) == 0
    assert abs(card.clock.at(card.began_at_s + 3.0) - 3.0) < 0.001


def test_a_new_stream_goes_on_where_the_clock_has_got_to() -> None:
    card = Card()
    for number in range(10):
        card.speak(number * FRAME_SAMPLES)
    card.capture.begin_stream()
    card.index = 0
    for number in range(40, 60):
        card.speak(number * FRAME_SAMPLES)
    card.check_gapless()
    assert [frame.is_gap for frame in card.frames] == [False] * 10 + [True] * 30 + [False] * 20
    assert not any(card.off_by(frame) for frame in card.frames if not frame.is_gap)


def test_a_backlog_that_was_held_up_for_less_than_a_stall_is_not_lost() -> None:
    card = Card()
    for number in range(20):
        held_up_s = max(0.0, 0.14 - (number - 5) * BLOCK_S) if number >= 5 else 0.0
        card.speak(number * FRAME_SAMPLES, late_s=held_up_s)
    card.check_gapless()
    assert not any(frame.is_gap or card.off_by(frame) for frame in card.frames)


@pytest.mark.parametrize("block", [160, 320, 500])
def test_of_a_longer_backlog_only_what_silence_already_stood_in_for_is_lost(block: int) -> None:
    card = Card()
    for instant in range(0, 12_000, block):
        held_up_s = max(0.0, 0.4 - (instant - 1_600) / MIC_RATE_HZ) if instant >= 1_600 else 0.0
        card.speak(instant, late_s=held_up_s, samples=block)
    card.check_gapless()
    gaps = [number for number, frame in enumerate(card.frames) if frame.is_gap]
    assert gaps
    assert gaps == list(range(gaps[0], gaps[0] + len(gaps)))
    assert len(gaps) * BLOCK_S <= 0.4 - STALLED_AFTER_S + 3 * BLOCK_S
    assert not any(card.off_by(frame) for frame in card.frames if not frame.is_gap)


def test_blocks_that_the_process_dropped_are_replaced_by_as_much_silence() -> None:
    card = Card()
    for number in range(5):
        card.speak(number * FRAME_SAMPLES)
    card.index += 3 * FRAME_SAMPLES
    for number in range(8, 12):
        card.speak(number * FRAME_SAMPLES)
    card.check_gapless()
    assert [frame.is_gap for frame in card.frames] == [False] * 5 + [True] * 3 + [False] * 4
    assert not any(card.off_by(frame) for frame in card.frames if not frame.is_gap)


@given(lost=st.integers(4, 200))
def test_samples_that_the_card_lost_without_a_word_are_made_up_for_soon(lost: int) -> None:
    card = Card()
    for number in itertools.chain(range(20), range(20 + lost, 80 + lost)):
        card.speak(number * FRAME_SAMPLES)
    card.check_gapless()
    after = [frame for frame in card.frames if frame.start_s > (20 + lost) * BLOCK_S + 0.3]
    assert len(after) >= 40
    assert not any(frame.is_gap for frame in after)
    assert max(abs(card.off_by(frame)) for frame in after) <= 16  # 1 ms


def test_a_card_whose_crystal_runs_slow_is_followed_without_gaps() -> None:
    card = Card()
    for number in range(3000):  # a minute, 100 millionths slow
        card.speak(number * FRAME_SAMPLES, late_s=number * BLOCK_S * 100e-6)
    card.check_gapless()
    assert not any(frame.is_gap for frame in card.frames)


@given(
    moves=st.lists(
        st.tuples(
            st.sampled_from(["block", "late", "drop", "lose", "silence", "restart"]),
            st.floats(0.001, 1.5),
            st.integers(1, 30),
        ),
        max_size=40,
    )
)
def test_whatever_happens_the_frames_have_no_hole_and_keep_up_with_time(moves: list[tuple[str, float, int]]) -> None:
    card = Card()
    instant = 0
    for kind, seconds, blocks in moves:
        match kind:
            case "drop":
                card.index += blocks * FRAME_SAMPLES
                instant += blocks * FRAME_SAMPLES
            case "lose":
                instant += blocks * FRAME_SAMPLES
            case "silence":
                instant += round(seconds * MIC_RATE_HZ)
                card.watch(card.began_at_s + instant / MIC_RATE_HZ)
            case "restart":
                card.capture.begin_stream()
                card.index = 7
        for number in range(blocks):
            card.speak(instant, late_s=0.1 if kind == "late" and number < 3 < blocks - 1 else 0.0)
            instant += FRAME_SAMPLES
    card.watch(card.began_at_s + instant / MIC_RATE_HZ + 1.0)
    card.check_gapless()
    if moves:
        behind_s = instant / MIC_RATE_HZ + 1.0 - len(card.frames) * BLOCK_S
        # At worst a loss too fresh to be told from lateness, just short of a stall, and then a stall.
        assert -0.001 <= behind_s <= 2 * STALLED_AFTER_S + 0.1 + 3 * BLOCK_S
