"""Sound in any format becomes samples of one rate."""

import numpy as np
import pytest
from wyoming.audio import AudioChunk, AudioStart

from audio.frames import MIC_RATE_HZ
from audio.wyoming.sound import IncomingSound
from audio.wyoming.wire import WireError


def tone(rate_hz: int, channels: int) -> np.ndarray:
    wave = 8000 * np.sin(np.arange(rate_hz) * 2 * np.pi * 300 / rate_hz)
    return np.repeat(wave.astype("<i2")[:, None], channels, axis=1)


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_the_same_tone_comes_out(rate_hz: int, channels: int) -> None:
    sound = IncomingSound(MIC_RATE_HZ)
    sound.begin(AudioStart(rate_hz, 2, channels))
    step = rate_hz // 7
    sent = [tone(rate_hz, channels)[at : at + step].tobytes() for at in range(0, rate_hz, step)]
    pieces = [sound.push(AudioChunk(rate_hz, 2, channels, piece)) for piece in sent]
    heard = np.concatenate([*pieces, sound.finish()]).astype(np.float64)
    assert len(heard) == pytest.approx(MIC_RATE_HZ, abs=2)
    expected = tone(MIC_RATE_HZ, 1)[: len(heard), 0].astype(np.float64)
    inner = slice(800, len(expected) - 800)
    assert np.corrcoef(heard[inner], expected[inner])[0, 1] > 0.999


@pytest.mark.parametrize(
    ("announced", "reason"),
    [
        (AudioStart(16_000, 4, 1), "32 bits"),
        (AudioStart(16_000, 2, 9), "9 channels"),
        (AudioStart(16_000, 2, 0), "0 channels"),
        (AudioStart(0, 2, 1), "0 Hz"),
        (AudioStart(10**9, 2, 1), "Hz"),
        (AudioStart(16_000.5, 2, 1), "whole numbers"),  # type: ignore[arg-type]
        (AudioStart(True, 2, 1), "whole numbers"),
    ],
)
def test_a_format_that_is_not_taken_is_told(announced: AudioStart, reason: str) -> None:
    with pytest.raises(WireError, match=reason):
        IncomingSound(MIC_RATE_HZ).begin(announced)


def test_the_format_cannot_change_on_the_way() -> None:
    sound = IncomingSound(MIC_RATE_HZ)
    sound.push(AudioChunk(16_000, 2, 1, bytes(640)))
    with pytest.raises(WireError, match="changed"):
        sound.push(AudioChunk(22_050, 2, 1, bytes(640)))
    with pytest.raises(WireError, match="inside a sample"):
        sound.push(AudioChunk(16_000, 2, 1, bytes(641)))
