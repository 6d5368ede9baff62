"""The wake word models on what people said, on the project's own voice, and on speech that calls nobody."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from audio.engines import EngineError, EngineSettings, build
from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ, Frame, Pcm16
from audio.wake.micro import MicroWakeWords, threshold
from audio.wake.protocol import WakeWord
from audio.wav import read_wav
from tests.recordings import DATA, require_data

ALL = ("wake-hey-jarvis", "wake-okay-nabu", "wake-hey-mycroft", "wake-alexa")


@pytest.fixture
def listening(model_folder: Callable[[str], Path]) -> Callable[..., MicroWakeWords]:
    """Builds a detector for these models."""

    def listening(*models: str) -> MicroWakeWords:
        built = build("wake", "micro-wakeword", EngineSettings({"models": models, "sensitivity": 0.5}, model_folder))
        assert isinstance(built, MicroWakeWords)
        return built

    return listening


def heard(detector: MicroWakeWords, *sounds: Pcm16) -> list[tuple[WakeWord, float]]:
    """What is detected in the sounds, one after the other with a room's quiet about each, and when."""
    room = np.random.default_rng(0).integers(-3, 4, 3 * MIC_RATE_HZ // 2).astype(np.int16)
    samples = np.concatenate([room, *(piece for sound in sounds for piece in (sound, room))])
    found = []
    for start in range(0, len(samples) - FRAME_SAMPLES, FRAME_SAMPLES):
        frame = Frame(start, samples[start : start + FRAME_SAMPLES])
        found += [(word, frame.end_s) for word in detector.detect(frame)]
    return found


def recordings(folder: str) -> dict[str, Pcm16]:
    require_data()
    labels = map(json.loads, (DATA / "04_wakeword" / folder / "labels.jsonl").read_text().splitlines())
    return {label["file"]: read_wav(DATA / "04_wakeword" / folder / label["file"]) for label in labels}


def test_each_alexa_is_reported_once_and_soon_after_its_end(listening: Callable[..., MicroWakeWords]) -> None:
    sounds = recordings("alexa")
    found = heard(listening("wake-alexa"), *sounds.values())
    assert [(word.model, word.phrase) for word, _ in found] == [("wake-alexa", "Alexa")] * len(sounds)
    assert all(0 <= at_s - word.end_s <= 0.5 for word, at_s in found)
    assert all(later.end_s - earlier.end_s > 1 for (earlier, _), (later, _) in pairwise(found))


def test_other_words_for_assistants_wake_nobody(listening: Callable[..., MicroWakeWords]) -> None:
    sounds = [sound for folder in ("computer", "snowboy", "smart_mirror") for sound in recordings(folder).values()]
    assert heard(listening(*ALL), *sounds) == []


def test_several_models_listen_at_once(listening: Callable[..., MicroWakeWords]) -> None:
    sounds = recordings("openwakeword_tests")
    found = heard(listening(*ALL), sounds["alexa_test.wav"], sounds["hey_mycroft_test.wav"], sounds["hey_jane.wav"])
    assert [word.phrase for word, _ in found] == ["Alexa", "Hey Mycroft"]


def test_after_a_reset_it_hears_as_at_first(listening: Callable[..., MicroWakeWords]) -> None:
    sound = next(iter(recordings("alexa").values()))
    detector = listening("wake-alexa")
    first = heard(detector, sound)
    detector.reset()
    assert len(first) == 1
    assert heard(detector, sound) == first


def test_sensitivity_moves_the_threshold_about_the_models_own() -> None:
    assert threshold(0.9, 0.5) == 0.9
    assert threshold(0.9, 1.0) == pytest.approx(0.5)
    assert threshold(0.9, 0.0) == pytest.approx(0.99)
    scale = [threshold(0.97, step / 10) for step in range(11)]
    assert scale == sorted(scale, reverse=True)


def test_without_a_model_and_with_a_damaged_one_it_says_what_to_do(tmp_path: Path) -> None:
    def complaint(*models: str) -> str:
        with pytest.raises(EngineError) as caught:
            build("wake", "micro-wakeword", EngineSettings({"models": models, "sensitivity": 0.5}, lambda _: tmp_path))
        return str(caught.value)

    assert complaint().startswith("wake.models: names no model")
    assert complaint("mine") == "wake.models: mine must hold one JSON file, and holds 0"
    (tmp_path / "mine.json").write_text("{}")
    assert complaint("mine").startswith("wake.models: mine cannot be used")
