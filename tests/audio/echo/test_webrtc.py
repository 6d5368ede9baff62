"""WebRTC's canceller on rooms made up and on recordings of real ones."""

import json

import numpy as np
import pytest

from audio.echo.webrtc import WebRtcCanceller, build
from audio.engines import EngineSettings
from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ, Pcm16, level_dbfs
from audio.virtual_room import Room, reverberation
from audio.wav import read_wav
from tests.audio.echo.test_likeness import babble
from tests.recordings import DATA, require_data

PAIRS = DATA / "03_noise_room_echo" / "aec_real_pairs"


def cancelled(near: Pcm16, far: Pcm16, canceller: WebRtcCanceller | None = None) -> Pcm16:
    canceller = canceller or WebRtcCanceller()
    starts = range(0, min(len(near), len(far)) - FRAME_SAMPLES + 1, FRAME_SAMPLES)
    frames = [(near[start : start + FRAME_SAMPLES], far[start : start + FRAME_SAMPLES]) for start in starts]
    return np.concatenate([canceller.process(*frame) for frame in frames])


def pair(condition: str) -> tuple[Pcm16, Pcm16]:
    """Microphone and loop-back of a real room."""
    require_data()
    labels = [json.loads(line) for line in (PAIRS / "labels.jsonl").read_text().splitlines()]
    one = next(label["pair"] for label in labels if label["condition"] == condition)
    near, far = (read_wav(PAIRS / f"{one}_{signal}.wav") for signal in ("mic", "lpb"))
    return near, far


def goes_by_db(near: Pcm16, clean: Pcm16) -> float:
    """By how much it is softer, in the median over half seconds, from the second second on."""
    half = MIC_RATE_HZ // 2
    starts = range(2 * half, len(clean) - half, half)
    drops_db = [level_dbfs(near[at : at + half]) - level_dbfs(clean[at : at + half]) for at in starts]
    return float(np.median(drops_db))


@pytest.mark.parametrize("delay_s", [0.0, 0.05, 0.3])
def test_an_echo_goes(delay_s: float) -> None:
    played = babble(6.0, seed=1)
    room = Room("any", reverberation(0.3), delay_s=delay_s, attenuation_db=3)
    near = room.heard(played, np.zeros_like(played))
    assert goes_by_db(near, cancelled(near, played)) > 18


def test_the_echo_of_a_real_room_goes() -> None:
    near, far = pair("farend_singletalk")
    assert goes_by_db(near, cancelled(near, far)) > 25


def test_a_voice_in_a_real_room_is_kept() -> None:
    near, far = pair("nearend_singletalk")
    clean = cancelled(near, far)
    assert abs(level_dbfs(near[: len(clean)]) - level_dbfs(clean)) < 1


@pytest.mark.parametrize(("noise_suppression", "lags_ms"), [(False, 8), (True, 14)])
def test_it_lags_by_what_its_documentation_says(noise_suppression: bool, lags_ms: int) -> None:
    voice = babble(2.0, seed=3)
    clean = cancelled(voice, np.zeros_like(voice), WebRtcCanceller(noise_suppression=noise_suppression))
    size = 4 * MIC_RATE_HZ
    alike = np.fft.irfft(np.fft.rfft(clean.astype(float), size) * np.conj(np.fft.rfft(voice.astype(float), size)))
    assert np.argmax(alike) == pytest.approx(lags_ms * MIC_RATE_HZ / 1000, abs=MIC_RATE_HZ / 1000)


def test_it_is_built_from_the_configuration_and_forgets() -> None:
    options = {"delay_ms": 40, "noise_suppression": True, "gain_control": True}
    canceller = build(EngineSettings(options, lambda name: PAIRS))
    voice = babble(0.5, seed=4)
    first = cancelled(voice, np.zeros_like(voice), canceller)
    canceller.reset()
    assert np.array_equal(cancelled(voice, np.zeros_like(voice), canceller), first)
