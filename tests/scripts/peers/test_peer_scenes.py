"""What the microphone hears, on the clock of what is played."""

import numpy as np
import pytest

from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ, Pcm16
from audio.virtual_room import Room
from scripts.peers.conversation import FRAME_S, frame_of
from scripts.peers.scenes import ASKED_AGAIN_S, BEFORE_S, ECHO_DELAY_S, QUIET_S, InRoom, Overlapped
from scripts.peers.timeline import Timeline

RATE_HZ = 22_050
QUESTION = np.full(MIC_RATE_HZ, 100, np.int16)
SOUND = np.full(MIC_RATE_HZ // 2, 200, np.int16)
ROOM = Room("bare", np.ones(1, np.float32), attenuation_db=6.0, noise_dbfs=-120.0, distortion=0.0)


def tone(seconds: float, rate_hz: int) -> Pcm16:
    times_s = np.arange(round(seconds * rate_hz)) / rate_hz
    return np.rint(8000 * np.sin(2 * np.pi * 300 * times_s)).astype(np.int16)


def heard(scene: Overlapped | InRoom, played: Timeline, seconds: float) -> Pcm16:
    frames = []
    for number in range(round(seconds / FRAME_S)):
        if (frame := scene.frame(number, played)) is None:
            break
        frames.append(frame)
    return np.concatenate(frames)


def test_the_sound_begins_so_long_after_the_answer_did() -> None:
    played, scene = Timeline(RATE_HZ), Overlapped(QUESTION, SOUND, after_s=3.0)
    played.play(2.01, tone(6.0, RATE_HZ))
    samples = heard(scene, played, 30.0)
    assert scene.onset_s == pytest.approx(5.02)
    assert np.flatnonzero(samples == 100)[0] == BEFORE_S * MIC_RATE_HZ
    assert np.flatnonzero(samples == 200)[0] == round(5.02 * MIC_RATE_HZ)
    assert len(samples) / MIC_RATE_HZ == pytest.approx(2.01 + 6.0 + QUIET_S, abs=2 * FRAME_S)


def test_without_an_answer_there_is_nothing_to_speak_over() -> None:
    scene = Overlapped(QUESTION, SOUND, after_s=3.0)
    assert 200 not in heard(scene, Timeline(RATE_HZ), 60.0)
    assert scene.onset_s is None


def test_in_a_room_the_microphone_hears_what_is_played_later_and_softer() -> None:
    played = Timeline(RATE_HZ)
    played.play(1.0, tone(2.0, RATE_HZ))
    samples = heard(InRoom(np.zeros(0, np.int16), ROOM, seconds=4.0, rate_hz=RATE_HZ), played, 4.0)
    begin = round((1.0 + ECHO_DELAY_S) * MIC_RATE_HZ)
    expected = tone(2.0, MIC_RATE_HZ) / 2
    assert np.abs(samples[: begin - 100]).max() <= 1
    inside = slice(500, len(expected) - 500)
    assert np.abs(samples[begin:][: len(expected)][inside] - expected[inside]).max() < 100


def test_one_that_has_fallen_silent_is_asked_again() -> None:
    samples = heard(InRoom(QUESTION, ROOM, seconds=12.0, rate_hz=RATE_HZ), Timeline(RATE_HZ), 12.0)
    asked = np.flatnonzero(np.diff((samples > 50).astype(int)) == 1) + 1
    assert asked / MIC_RATE_HZ == pytest.approx([BEFORE_S, BEFORE_S + 1.0 + ASKED_AGAIN_S], abs=2 * FRAME_S)


def test_frames_hold_the_whole_recording_and_silence_after_it() -> None:
    samples = np.arange(1, 401, dtype=np.int16)
    cut = [frame_of(samples, number) for number in range(3)]
    assert [len(frame) for frame in cut] == [FRAME_SAMPLES] * 3
    assert np.concatenate(cut)[:401].tolist() == [*range(1, 401), 0]
