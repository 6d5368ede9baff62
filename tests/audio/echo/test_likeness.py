"""How alike two sounds are, whatever the room and the level."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.echo.likeness import MAX_DELAY_S, likeness
from audio.frames import MIC_RATE_HZ, Pcm16
from audio.virtual_room import Room, reverberation
from audio.wav import read_wav
from tests.recordings import verbatim

MAX_DELAY = round(MAX_DELAY_S * MIC_RATE_HZ)


def babble(seconds: float, seed: int) -> Pcm16:
    """Noise whose loudness in every band changes as a voice's does, ten times a second."""
    random = np.random.default_rng(seed)
    length = round(seconds * MIC_RATE_HZ)
    spectrum = np.fft.rfft(random.standard_normal(length))
    bands = np.array_split(np.arange(len(spectrum)), 16)
    sound = np.zeros(length)
    for band in bands:
        only = np.zeros_like(spectrum)
        only[band] = spectrum[band]
        loudness = np.exp(1.5 * random.standard_normal(round(seconds * 10) + 2))
        envelope = np.interp(np.arange(length) * 10 / MIC_RATE_HZ, np.arange(len(loudness)), loudness)
        sound += np.fft.irfft(only, length) * envelope
    return (6000 * sound / np.abs(sound).max()).astype(np.int16)


@settings(deadline=None, max_examples=25)
@given(
    delay_s=st.floats(0, 0.28),
    attenuation_db=st.floats(-6, 20),
    rt60_s=st.floats(0.15, 0.4),
    seed=st.integers(0, 1000),
)
def test_an_echo_is_like_its_sound_in_any_room(delay_s: float, attenuation_db: float, rt60_s: float, seed: int) -> None:
    played = babble(1.2, seed)
    room = Room("any", reverberation(rt60_s, seed=seed), delay_s, attenuation_db, noise_dbfs=-70)
    near = room.heard(played, np.zeros_like(played))
    assert likeness(near[-9600:], played[-9600 - MAX_DELAY :]) > 0.5


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 1000))
def test_another_sound_is_not(seed: int) -> None:
    assert likeness(babble(0.4, seed), babble(0.4 + MAX_DELAY_S, seed + 1001)) < 0.7


@settings(deadline=None, max_examples=25)
@given(near=st.integers(0, 8000), far=st.integers(0, 12000), seed=st.integers(0, 9))
def test_it_lies_between_0_and_1_whatever_the_lengths(near: int, far: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    one, other = (random.integers(-32768, 32767, size, dtype=np.int16) for size in (near, far))
    assert 0 <= likeness(one, other) <= 1


@pytest.mark.parametrize("silent", ["near", "far", "both"])
def test_silence_is_like_nothing(silent: str) -> None:
    near, far = babble(0.4, 1), babble(0.7, 1)
    near = near if silent == "far" else np.zeros_like(near)
    far = far if silent == "near" else np.zeros_like(far)
    assert likeness(near, far) == 0


def test_people_are_not_taken_for_the_voice_of_others() -> None:
    recordings = verbatim("whatstheweatherlike", "goforward", "cheetah_test_en", "common_voice_en_699711")
    if not recordings:
        pytest.skip("no recordings")
    sounds = [read_wav(recording.file) for recording in recordings]
    found = []
    for number, near in enumerate(sounds):
        far = sounds[number - 1]
        for at in range(MAX_DELAY, min(len(near), len(far)) - 4800, 4800):
            found.append(likeness(near[at : at + 4800], far[at - MAX_DELAY : at + 4800]))
    assert len(found) > 20
    assert np.mean(np.array(found) >= 0.7) <= 0.05
