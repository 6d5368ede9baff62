"""The played signal on the microphone's clock, through pauses, clears, wrong dates and drifting clocks."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.devices.protocol import Played
from audio.echo.far_end import FarEnd
from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ, Pcm16

RATE_HZ = 48_000
FRAME_S = FRAME_SAMPLES / MIC_RATE_HZ


def sound_of(seconds: float, rate_hz: int) -> Pcm16:
    """Noise below 4 kHz, the same at every rate: no moment of it is like another."""
    coarse = np.random.default_rng(7).standard_normal(round(8000 * seconds))
    spectrum = np.zeros(round(seconds * rate_hz) // 2 + 1, complex)
    spectrum[: len(coarse) // 2] = np.fft.rfft(coarse)[: len(coarse) // 2]
    noise = np.fft.irfft(spectrum, round(seconds * rate_hz)) * rate_hz / 8000
    return (4000 * noise).clip(-32000, 32000).astype(np.int16)


def frames(far_end: FarEnd, from_s: float, until_s: float) -> Iterator[Pcm16]:
    for number in range(round(from_s / FRAME_S), round(until_s / FRAME_S)):
        yield far_end.frame(number * FRAME_SAMPLES)


def heard(far_end: FarEnd, seconds: float, reports: list[Played] | None = None) -> Pcm16:
    """What it hands out from the session's beginning on; every report comes when it is due to leave."""
    waiting = sorted(reports or [], key=lambda report: report.at_s)
    pieces = []
    for number in range(round(seconds / FRAME_S)):
        while waiting and waiting[0].at_s <= (number + 1) * FRAME_S + 1e-9:
            far_end.played(waiting.pop(0))
        pieces.append(far_end.frame(number * FRAME_SAMPLES))
    return np.concatenate(pieces)


def differs_by_db(found: Pcm16, wanted: Pcm16) -> float:
    """Power of the difference, relative to the power of what is wanted."""
    difference = found.astype(float) - wanted
    return float(10 * np.log10((difference**2).mean() / (wanted.astype(float) ** 2).mean() + 1e-12))


@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 24_000, 48_000])
def test_what_was_played_is_handed_out_for_the_moment_when_it_left(rate_hz: int) -> None:
    far_end = FarEnd(rate_hz)
    far_end.wrote(sound_of(1.0, rate_hz))
    far_end.played(Played(0, rate_hz // 50, at_s=0.52))  # so its first sample left at 0.5 s
    found = heard(far_end, 2.0)
    start = MIC_RATE_HZ // 2
    assert not found[: start - 80].any()
    assert not found[start + MIC_RATE_HZ + 80 :].any()
    assert differs_by_db(found[start : start + MIC_RATE_HZ], sound_of(1.0, MIC_RATE_HZ)) < -30


def test_it_may_be_handed_out_early() -> None:
    far_end = FarEnd(MIC_RATE_HZ, lead_s=0.01)
    far_end.wrote(sound_of(1.0, MIC_RATE_HZ))
    far_end.played(Played(0, 160, at_s=0.51))
    found = heard(far_end, 2.0)
    assert np.flatnonzero(found)[0] == round(0.49 * MIC_RATE_HZ)


def test_nothing_is_handed_out_before_the_speaker_says_that_it_plays() -> None:
    far_end = FarEnd(MIC_RATE_HZ)
    far_end.wrote(sound_of(1.0, MIC_RATE_HZ))
    assert not heard(far_end, 1.0).any()


def test_a_pause_for_want_of_samples_is_a_pause() -> None:
    far_end = FarEnd(MIC_RATE_HZ)
    first, second = sound_of(0.5, MIC_RATE_HZ), sound_of(0.6, MIC_RATE_HZ)
    far_end.wrote(first)
    far_end.played(Played(0, len(first), at_s=0.5))
    before = np.concatenate(list(frames(far_end, 0.0, 1.0)))
    far_end.wrote(second)
    assert not np.concatenate(list(frames(far_end, 1.0, 1.1))).any(), "nobody has said that it plays"
    far_end.played(Played(0, len(first) + 160, at_s=1.21))
    after = np.concatenate(list(frames(far_end, 1.1, 2.0)))
    assert np.array_equal(before[: len(first)], first)
    assert not after[:1600].any()
    assert np.array_equal(after[1600 : 1600 + len(second)], second)


def test_after_a_clear_it_ends_where_the_speaker_ended() -> None:
    far_end = FarEnd(MIC_RATE_HZ)
    sound = sound_of(2.0, MIC_RATE_HZ)
    far_end.wrote(sound)
    far_end.played(Played(0, 320, at_s=0.02))
    played = list(frames(far_end, 0.0, 0.5))
    far_end.cleared(1)
    played += frames(far_end, 0.5, 0.52)  # the device still plays what it was given
    far_end.played(Played(0, round(0.53 * MIC_RATE_HZ), at_s=0.53, is_final=True))
    played += frames(far_end, 0.52, 1.0)
    end = round(0.53 * MIC_RATE_HZ)
    assert np.array_equal(np.concatenate(played)[:end], sound[:end])
    assert not np.concatenate(played)[end:].any()


def test_what_is_written_after_a_clear_is_handed_out_in_its_time() -> None:
    far_end = FarEnd(MIC_RATE_HZ)
    far_end.wrote(sound_of(2.0, MIC_RATE_HZ))
    far_end.cleared(1)
    far_end.played(Played(0, 0, at_s=0.0, is_final=True))
    sound = sound_of(0.5, MIC_RATE_HZ)
    far_end.wrote(sound)
    far_end.played(Played(1, 160, at_s=0.21))
    found = heard(far_end, 1.0)
    assert np.array_equal(found[3200 : 3200 + len(sound)], sound)
    assert not found[:3200].any()


@settings(deadline=None, max_examples=40)
@given(st.lists(st.floats(-0.004, 0.004), min_size=50, max_size=50))
def test_wrong_dates_bend_it_by_less_than_they_are_wrong(errors_s: list[float]) -> None:
    far_end = FarEnd(MIC_RATE_HZ)
    sound = sound_of(1.0, MIC_RATE_HZ)
    far_end.wrote(sound)
    reports = [Played(0, number * 320, number * 0.02 + error) for number, error in enumerate(errors_s, start=1)]
    found = heard(far_end, 1.0, reports)
    lags = [lag(found, sound, at) for at in range(1600, 14000, 1600)]
    assert max(np.abs(lags)) <= 0.009 * MIC_RATE_HZ
    assert np.abs(np.diff(lags)).max() <= 6, "one sample a frame, five frames apart"


@pytest.mark.parametrize("drift_ppm", [-300, 100, 300])
def test_a_speaker_whose_clock_drifts_is_followed(drift_ppm: int) -> None:
    far_end = FarEnd(MIC_RATE_HZ)
    sound = sound_of(8.0, MIC_RATE_HZ)
    far_end.wrote(sound)
    reports = [Played(0, number * 320, number * 0.02 * (1 + drift_ppm * 1e-6)) for number in range(1, 400)]
    found = heard(far_end, 8.0, reports)
    for at in (MIC_RATE_HZ, 4 * MIC_RATE_HZ, 7 * MIC_RATE_HZ):
        assert abs(lag(found, sound, at) - at * drift_ppm * 1e-6) <= MIC_RATE_HZ * 0.001


def lag(found: Pcm16, sound: Pcm16, at: int) -> int:
    """By how many samples `found` is later than `sound` around the sample `at`."""
    reach = 200
    piece = found[at : at + 800].astype(float)
    scores = [piece @ sound[at - by : at - by + 800] for by in range(-reach, min(reach, at))]
    return int(np.argmax(scores)) - reach
