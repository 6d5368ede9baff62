"""What a room does to sound."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.frames import MIC_RATE_HZ, level_dbfs
from audio.virtual_room import LiveEcho, Room, measured, reverberation
from tests.audio.echo.test_likeness import babble

ONE_CLICK = np.array([1.0], np.float32)


def test_an_echo_comes_late_and_soft() -> None:
    played = babble(1.0, seed=1)
    room = Room("bare", ONE_CLICK, delay_s=0.1, attenuation_db=6, noise_dbfs=-120, distortion=0)
    heard = room.heard(played, np.zeros_like(played))
    late = MIC_RATE_HZ // 10
    assert not heard[: late - 1].any()
    assert np.abs(heard[late:] - played[:-late] * 10 ** (-6 / 20)).max() <= 2


def test_what_is_said_in_the_room_is_added() -> None:
    near, silence = babble(1.0, seed=2), np.zeros(MIC_RATE_HZ, np.int16)
    room = Room("bare", ONE_CLICK, noise_dbfs=-120)
    assert np.abs(room.heard(silence, near) - near.astype(int)).max() <= 2


@pytest.mark.parametrize("recording", [None, babble(0.3, seed=3)])
def test_noise_has_the_level_of_the_room(recording: np.ndarray | None) -> None:
    silence = np.zeros(MIC_RATE_HZ, np.int16)
    heard = Room("any", ONE_CLICK, noise_dbfs=-40).heard(silence, silence, recording)
    assert level_dbfs(heard) == pytest.approx(-40, abs=0.1)


def test_a_slow_speaker_takes_longer() -> None:
    played = babble(10.0, seed=4)
    bare = Room("bare", ONE_CLICK, delay_s=0, noise_dbfs=-120, distortion=0)
    slow = Room("slow", ONE_CLICK, delay_s=0, noise_dbfs=-120, distortion=0, drift_ppm=200)
    late = 5 * MIC_RATE_HZ * 200 // 1_000_000
    around = slice(5 * MIC_RATE_HZ, 5 * MIC_RATE_HZ + 800)
    shifted = slice(around.start + late, around.stop + late)
    assert np.corrcoef(bare.echo(played)[around], slow.echo(played)[shifted])[0, 1] > 0.9


@settings(deadline=None, max_examples=20)
@given(rt60_s=st.floats(0.1, 1.0), seed=st.integers(0, 100))
def test_reverberation_dies_away(rt60_s: float, seed: int) -> None:
    impulse = reverberation(rt60_s, seed=seed)
    assert np.argmax(np.abs(impulse)) == 0
    energy = np.cumsum(impulse[::-1] ** 2)[::-1]
    half = len(impulse) // 2
    assert 10 * np.log10(energy[half] / energy[40]) == pytest.approx(-30, abs=4)


def test_a_recorded_impulse_begins_with_its_direct_sound() -> None:
    recording = np.zeros(1000, np.int16)
    recording[300], recording[400] = -20_000, 5_000
    impulse = measured(recording)
    assert len(impulse) == 700
    assert impulse[0] == pytest.approx(-20_000 / 32_768)


@pytest.mark.parametrize("block", [160, 320, 777])
def test_block_by_block_the_echo_is_the_same(block: int) -> None:
    room = Room("live", reverberation(0.2), delay_s=0.0, distortion=0.5)
    played = np.random.default_rng(1).integers(-20_000, 20_000, 16_000).astype(np.int16)
    echo = LiveEcho(room)
    live = np.concatenate([echo.push(played[at : at + block]) for at in range(0, len(played), block)])
    assert live == pytest.approx(room.echo(played), abs=1e-5)
