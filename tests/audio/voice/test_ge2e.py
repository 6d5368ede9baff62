"""The encoder on real weights: the network that was meant, and voices of people told apart."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audio.engines import EngineError, EngineSettings
from audio.frames import MIC_RATE_HZ, Pcm16
from audio.voice.checkpoint import read_checkpoint
from audio.voice.ge2e import Ge2e, build
from audio.voice.lstm_graph import build_graph
from audio.voice.protocol import Voice
from tests.model_files import model_folder
from tests.recordings import DATA, require_data

__all__ = ["model_folder"]

MODEL = "voice-ge2e"


@pytest.fixture(scope="module")
def encoder(model_folder: Callable[[str], Path]) -> Ge2e:
    return build(EngineSettings({"model": MODEL}, model_folder))


def of(speaker: str) -> list[Pcm16]:
    require_data()
    files = sorted((DATA / "11_speaker_id" / "librispeech_other").glob(f"{speaker}-*.flac"))
    return [soundfile.read(file, dtype="int16")[0] for file in files]


def voice(encoder: Ge2e, samples: Pcm16) -> Voice:
    heard = asyncio.run(encoder.voice(samples))
    assert heard is not None
    return heard


def test_the_graph_computes_what_the_weights_mean(model_folder: Callable[[str], Path]) -> None:
    """Against the recurrence written out, in numpy, for one window."""
    weights = read_checkpoint(model_folder(MODEL) / "pretrained.pt", "model_state")
    frames = np.abs(np.random.default_rng(1).normal(0, 1, (1, 12, 40))).astype(np.float32)
    layer = frames[0]
    for number in range(3):
        state = cell = np.zeros(256)
        states = []
        for frame in layer:
            gates = sum(
                weights[f"lstm.weight_{kind}_l{number}"] @ value + weights[f"lstm.bias_{kind}_l{number}"]
                for kind, value in (("ih", frame), ("hh", state))
            )
            take, keep, new, give = np.split(gates, 4)
            cell = cell / (1 + np.exp(-keep)) + np.tanh(new) / (1 + np.exp(-take))
            state = np.tanh(cell) / (1 + np.exp(-give))
            states.append(state)
        layer = np.array(states)
    expected = np.maximum(weights["linear.weight"] @ layer[-1] + weights["linear.bias"], 0)
    expected /= np.linalg.norm(expected)
    from audio.onnx_session import open_session

    (embeddings,) = open_session(build_graph(weights, layers=3)).run(None, {"frames": frames})
    np.testing.assert_allclose(embeddings[0], expected, atol=1e-5)


def test_people_are_told_apart_by_three_seconds_of_speech(encoder: Ge2e) -> None:
    speakers = {name: [voice(encoder, samples[: 3 * MIC_RATE_HZ]) for samples in of(name)] for name in ("1688", "2033")}
    for name, own in speakers.items():
        other = next(voices for key, voices in speakers.items() if key != name)
        assert all(encoder.same(own[0], one) > 0.8 for one in own[1:])
        assert all(encoder.same(own[0], one) < 0.5 for one in other)


def test_neither_the_level_nor_silence_about_it_changes_a_voice(encoder: Ge2e) -> None:
    samples = of("1688")[0]
    quiet = np.zeros(MIC_RATE_HZ, np.int16)
    soft = np.concatenate([quiet, (samples / 4).astype(np.int16), quiet])
    assert encoder.same(voice(encoder, samples), voice(encoder, soft)) > 0.95


def test_too_little_speech_has_no_voice(encoder: Ge2e) -> None:
    assert asyncio.run(encoder.voice(np.zeros(0, np.int16))) is None
    assert asyncio.run(encoder.voice(np.zeros(3 * MIC_RATE_HZ, np.int16))) is None
    assert asyncio.run(encoder.voice(of("1688")[0][: MIC_RATE_HZ // 4])) is None


def test_less_speech_says_less_whatever_it_sounds_like(encoder: Ge2e) -> None:
    alike, other = (np.array(vector, np.float32) for vector in ((1, 0), (0, 1)))
    for vector, is_surer in ((alike, np.greater), (other, np.less)):
        short, long = (encoder.same(Voice(alike, 9.0), Voice(vector, seconds)) for seconds in (0.5, 3.0))
        assert is_surer(long, short)


def test_weights_that_are_none_are_said_with_the_key(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"^voices\.model: mine must hold one \.pt file, and holds 0$"):
        build(EngineSettings({"model": "mine"}, lambda name: tmp_path))
    (tmp_path / "pretrained.pt").write_bytes(b"nothing")
    with pytest.raises(EngineError, match=r"^voices\.model: mine cannot be used"):
        build(EngineSettings({"model": "mine"}, lambda name: tmp_path))
