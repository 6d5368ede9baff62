"""`hearthside bench wake`: what is counted as missed, and what as woken by mistake."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cli import main
from assistant.cli.bench.one_breath import Understood
from assistant.cli.bench.wake import ROOM_S, Sound, at_snr, measure, poisson_upper
from assistant.config import Config
from audio.frames import MIC_RATE_HZ, Frame, Pcm16, PcmFloat
from audio.stt.protocol import Lead, Transcript
from audio.wake.protocol import WakeWord
from tests.model_files import model_folder
from tests.recordings import DATA, require_data

__all__ = ["model_folder"]

CONFIG = Config.model_validate(
    {"wake": {"engine": "micro-wakeword", "models": ["wake-one", "wake-two"]}, "vad": {"engine": "webrtc"}}
)


class Loudness:
    """Hears "one" where it is loud and "two" where it is very loud, once a recording."""

    def __init__(self) -> None:
        self._heard: set[str] = set()

    def detect(self, frame: Frame) -> tuple[WakeWord, ...]:
        loud = int(np.abs(frame.samples).max())
        model = "wake-two" if loud > 20_000 else "wake-one" if loud > 5_000 else ""
        if not model or model in self._heard:
            return ()
        self._heard.add(model)
        return (WakeWord(model, model, frame.end_s),)

    def reset(self) -> None:
        self._heard.clear()


def sound(level: int, phrase: str = "", *, is_noise: bool = False, end_s: float | None = None) -> Sound:
    return Sound(np.full(MIC_RATE_HZ, level, np.int16), phrase, "people", end_s, is_noise)


def test_a_call_that_is_not_heard_is_missed_and_whatever_else_wakes_it_is_a_mistake() -> None:
    sounds = [
        sound(10_000, "one"),
        sound(1_000, "one"),
        sound(10_000, "two"),  # wakes the other one
        sound(30_000),
        sound(100, is_noise=True),
    ]
    one, two = measure(Loudness(), sounds, CONFIG)
    assert (one.calls["people"]["clean"].n, one.calls["people"]["clean"].missed) == (2, 1)
    assert (two.calls["people"]["clean"].n, two.calls["people"]["clean"].missed) == (1, 1)
    assert (one.speech.accepts, one.speech.hours * 3600) == (1, pytest.approx(2.0))
    assert (two.speech.accepts, two.speech.hours * 3600) == (1, pytest.approx(3.0))
    assert (one.noise.accepts, one.noise.hours * 3600) == (0, pytest.approx(1.0))


def test_the_end_of_a_phrase_is_compared_with_its_label() -> None:
    one, _ = measure(Loudness(), [sound(10_000, "one", end_s=0.5)], CONFIG)
    assert one.phrase_end_errors_ms == [pytest.approx(-480, abs=20)]


@given(st.floats(-5, 20), st.integers(100, 3000), st.integers(100, 3000))
def test_noise_is_mixed_in_at_the_ratio_asked_for(snr_db: float, speech_level: int, noise_level: int) -> None:
    rng = np.random.default_rng(0)
    speech: Pcm16 = np.concatenate([np.zeros(8000), rng.normal(0, speech_level, 16_000)]).astype(np.int16)
    noise: Pcm16 = rng.normal(0, noise_level, 5000).astype(np.int16)
    mixed = at_snr(speech, noise, snr_db, (0.5, 1.5)).astype(np.float64)
    room = mixed[: round(ROOM_S * MIC_RATE_HZ)]
    power = float(np.mean(np.square(speech[8000:], dtype=np.float64)))
    assert 10 * math.log10(power / float(np.mean(room**2))) == pytest.approx(snr_db, abs=0.5)


def test_the_bound_on_a_rate_is_that_of_the_rule_of_three() -> None:
    assert poisson_upper(0) == pytest.approx(3.0, abs=0.01)
    assert poisson_upper(1) == pytest.approx(4.74, abs=0.01)
    assert poisson_upper(5) == pytest.approx(10.51, abs=0.01)


def test_real_calls_are_measured_into_a_report(
    tmp_path: Path, model_folder: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    require_data()
    model_folder("wake-alexa")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HEARTHSIDE_WAKE__MODELS", "wake-alexa")
    report = tmp_path / "wake.json"
    words = DATA / "04_wakeword"
    options = ["--clips", str(words / "alexa"), str(words / "computer"), "--report", str(report)]
    assert main(["bench", "wake", *options]) == 0
    (alexa,) = json.loads(report.read_text())
    assert alexa["calls"]["people"]["clean"] == {"n": 12, "missed": 0}
    assert alexa["speech"]["accepts"] == 0
    assert alexa["speech_at_most_per_hour"] > 100  # so little sound proves little


class Repeats:
    """Writes down what it was given: the number of samples, and what led them."""

    def __init__(self) -> None:
        self.given: list[tuple[int, str]] = []

    async def revise(
        self, samples: PcmFloat, *, start_s: float, earlier: Transcript | None, lead: Lead | None = None
    ) -> Transcript:
        self.given.append((len(samples), lead.text if lead else ""))
        return Transcript("open the door" if lead else "in the door", (), 0, "en", start_s)

    async def transcribe(self, samples: PcmFloat, *, start_s: float) -> Transcript:
        raise AssertionError("a conversation transcribes pass by pass")

    async def warm(self) -> None: ...

    async def close(self) -> None: ...


async def test_a_question_in_one_breath_is_transcribed_with_the_wake_word_and_without() -> None:
    stt, total = Repeats(), Understood()
    called = WakeWord("wake-one", "One", end_s=1.5)
    await total.add(stt, np.zeros(2 * MIC_RATE_HZ, np.int16), called, "Open the door.")
    assert stt.given == [(6400, "One,"), (8000, "One,"), (6400, ""), (8000, "")]
    assert str(total) == (
        "questions in one breath with it: 0.0 % of the words wrong; 33.3 % if cut off after it (n=1, 3 words)"
    )
