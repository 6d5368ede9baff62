"""A microphone and a speaker on two sound cards: three clocks, none of which agrees with another."""

import numpy as np
import pytest

from audio.clock import AnchoredClock, SteadyDates
from audio.devices.protocol import Played
from audio.echo.far_end import FarEnd
from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ
from tests.audio.echo.test_far_end import sound_of

BLOCK = MIC_RATE_HZ // 100
SOUND_S = 8.0
REACH = MIC_RATE_HZ // 20
LEAD_S = 0.01
"""As configured by default: nothing may be handed out later than it is heard, and that much earlier at most."""


@pytest.mark.parametrize(("mic_ppm", "speaker_ppm"), [(100, -100), (-100, 100), (150, 150), (0, 300), (-150, 0)])
def test_the_far_end_stays_with_the_microphone_for_minutes(mic_ppm: float, speaker_ppm: float) -> None:
    """Sentences of 8 s for two minutes; `ppm` is by how much a card's clock is slower than the machine's.

    Both cards' words for when come late by up to 4 ms, as callbacks do.
    """
    late = np.random.default_rng(0).exponential(0.001, 100_000).clip(0, 0.004)
    mic, speaker = 1 + mic_ppm * 1e-6, 1 + speaker_ppm * 1e-6
    clock, dates = AnchoredClock(MIC_RATE_HZ, monotonic=lambda: 0.0), SteadyDates(MIC_RATE_HZ)
    far_end = FarEnd(MIC_RATE_HZ, lead_s=LEAD_S)
    sound = sound_of(SOUND_S, MIC_RATE_HZ)
    blocks_a_sentence = len(sound) // BLOCK
    found, offsets_ms = [], []
    block = 0
    for frame in range(round(120 * mic / 0.02)):
        now_s = (frame + 1) * 0.02 * mic
        clock.observe((frame + 1) * FRAME_SAMPLES, now_s + late[2 * frame])
        while block * BLOCK / MIC_RATE_HZ * speaker <= now_s:
            if block % blocks_a_sentence == 0:
                far_end.wrote(sound)
            said_s = block * BLOCK / MIC_RATE_HZ * speaker + late[block]
            left_s = dates.at(block * BLOCK, said_s) + BLOCK / MIC_RATE_HZ
            block += 1
            far_end.played(Played(0, block * BLOCK, clock.at(left_s)))
        found.append(far_end.frame(frame * FRAME_SAMPLES))
    handed_out = np.concatenate(found)
    for at_s in range(12, 116, 4):
        true = round(at_s * speaker / mic * MIC_RATE_HZ)  # where the microphone hears this moment of the speaker
        repeated = np.concatenate([sound, sound])
        within = round(at_s * MIC_RATE_HZ) % len(sound) + (len(sound) if at_s % SOUND_S < 1 else 0)
        piece = repeated[within : within + 800].astype(float)
        scores = [piece @ handed_out[true + by : true + by + 800] for by in range(-REACH, REACH)]
        offsets_ms.append((int(np.argmax(scores)) - REACH) / 16)
    assert max(offsets_ms) <= 0, offsets_ms
    assert min(offsets_ms) >= -1000 * LEAD_S - 6, offsets_ms
    assert max(offsets_ms) - min(offsets_ms) <= 6, offsets_ms
