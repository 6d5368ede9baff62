"""The sound model on real speech."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from audio.engines import EngineError, EngineSettings
from audio.frames import MIC_RATE_HZ
from audio.turn_end import smart_turn
from audio.turn_end.protocol import PausedTurn
from audio.turn_end.smart_turn import SmartTurn
from audio.wav import read_wav
from tests.recordings import require_data, verbatim


@pytest.fixture(scope="module")
def model(model_folder: Callable[[str], Path]) -> SmartTurn:
    return smart_turn.build(EngineSettings({}, model_folder))


async def test_a_spoken_command_sounds_more_finished_at_its_end_than_in_its_middle(model: SmartTurn) -> None:
    require_data()
    await model.warm()
    for recording in verbatim("goforward", "today"):
        samples = read_wav(recording.file)
        whole = await model.probability(PausedTurn(samples, 0.1))
        half = await model.probability(PausedTurn(samples[: len(samples) // 2], 0.1))
        assert half < whole and whole > 0.5, recording.file.name


async def test_only_the_last_eight_seconds_count(model: SmartTurn) -> None:
    heard = np.random.default_rng(0).normal(0, 500, 9 * MIC_RATE_HZ).astype(np.int16)
    late = await model.probability(PausedTurn(heard[-8 * MIC_RATE_HZ :], 0.1))
    assert await model.probability(PausedTurn(heard, 0.1)) == pytest.approx(late, abs=1e-6)


@pytest.mark.parametrize("samples", [0, 1, 1600])
async def test_too_little_sound_gives_no_opinion(model: SmartTurn, samples: int) -> None:
    assert await model.probability(PausedTurn(np.ones(samples, np.int16), 0.1)) == 0.5


async def test_digital_silence_is_judged_without_failing(model: SmartTurn) -> None:
    assert 0.0 <= await model.probability(PausedTurn(np.zeros(MIC_RATE_HZ, np.int16), 0.1)) <= 1.0


def test_a_folder_without_the_model_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"holds 0 \.onnx files; it needs exactly one$"):
        smart_turn.build(EngineSettings({}, lambda name: tmp_path))
