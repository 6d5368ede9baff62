"""The words and the sound weighed against each other, with the weights that come with the package."""

from collections.abc import Callable
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.engines import EngineSettings
from audio.frames import MIC_RATE_HZ
from audio.turn_end import semantic, smart_turn
from audio.turn_end.protocol import PausedTurn
from audio.turn_end.semantic import SemanticEndOfTurn, blends
from audio.turn_end.smart_turn import MODEL, SmartTurn
from audio.turn_end.words import ENDINGS
from audio.wav import read_wav
from tests.recordings import Recording, require_data, verbatim

log_odds = st.floats(-20, 20)
probabilities = st.floats(0, 1)


@pytest.fixture(scope="module")
def by_words() -> SemanticEndOfTurn:
    return semantic.build(
        EngineSettings({"sound": "none"}, lambda name: pytest.fail("words alone need no model of the manifest"))
    )


@pytest.fixture(scope="module")
def by_both(model_folder: Callable[[str], Path]) -> SemanticEndOfTurn:
    return semantic.build(EngineSettings({"sound": MODEL}, model_folder))


def paused(words: str, samples: int = 0) -> PausedTurn:
    return PausedTurn(np.zeros(samples, np.int16), 0.1, words)


@given(text=st.text(), sound=st.none() | probabilities, expected=st.none() | probabilities)
def test_every_judgement_is_a_probability(
    by_words: SemanticEndOfTurn, text: str, sound: float | None, expected: float | None
) -> None:
    assert 0.0 <= by_words.judge(text, sound, expected) <= 1.0


@given(st.text(alphabet="abcdefghij .?", min_size=1), st.none() | probabilities, probabilities, probabilities)
def test_the_more_the_language_model_expects_the_end_the_likelier_it_is(
    by_words: SemanticEndOfTurn, words: str, sound: float | None, expected: float, other: float
) -> None:
    low, high = sorted((expected, other))
    assert by_words.judge(words, sound, low) <= by_words.judge(words, sound, high)


async def test_what_the_language_model_expects_decides_where_words_and_sound_are_unsure(
    by_words: SemanticEndOfTurn,
) -> None:
    words, sound = "Make me a light roast.", 0.6
    unsure = by_words.judge(words, sound)
    assert by_words.judge(words, sound, 0.02) < unsure < by_words.judge(words, sound, 0.9)
    turn = PausedTurn(np.zeros(0, np.int16), 0.1, words, 0.9)
    assert await by_words.probability(turn) == by_words.judge(words, None, 0.9)


@given(log_odds, log_odds, log_odds, log_odds, st.sampled_from(ENDINGS))
def test_more_finished_words_or_sound_never_lower_it(
    words: float, more_words: float, sound: float, more_sound: float, mark: str
) -> None:
    low_words, high_words = sorted((words, more_words))
    low_sound, high_sound = sorted((sound, more_sound))
    for blend in blends().values():
        low = blend.probability(low_words, low_sound, mark)
        assert low <= blend.probability(high_words, low_sound, mark)
        assert low <= blend.probability(low_words, high_sound, mark)


@given(st.text(alphabet="abcdefghij .?", min_size=1), probabilities, probabilities)
def test_a_more_finished_sound_makes_a_turn_more_finished(
    by_words: SemanticEndOfTurn, words: str, sound: float, other: float
) -> None:
    low, high = sorted((sound, other))
    assert by_words.judge(words, low) <= by_words.judge(words, high)


@pytest.mark.parametrize(
    ("cut", "whole"),
    [
        ("Turn on the...", "Turn on the lights in the kitchen."),
        ("What's the", "What's the time?"),
        ("Remind me to", "Remind me to call my mother tomorrow."),
        ("I'd like to", "I'd like to hear some jazz."),
    ],
)
async def test_what_is_left_open_is_unlikely_to_be_over(by_words: SemanticEndOfTurn, cut: str, whole: str) -> None:
    assert by_words.finished(cut) < 0.15 < 0.4 < by_words.finished(whole)
    assert await by_words.probability(paused(whole)) == by_words.finished(whole)


@pytest.mark.parametrize("text", ["Stop.", "Yes, please.", "Thank you.", "What time is it?", "Turn off the lights."])
def test_short_utterances_are_likely_to_be_over(by_words: SemanticEndOfTurn, text: str) -> None:
    assert by_words.finished(text) > 0.35
    assert by_words.judge(text, 0.95) > 0.5


@pytest.mark.parametrize("text", ["um", "Turn on the light um...", "What about, uh,"])
def test_who_hesitates_has_not_finished(by_words: SemanticEndOfTurn, text: str) -> None:
    assert by_words.judge(text, 0.9) < 0.05


async def test_without_words_and_without_a_sound_model_there_is_no_opinion(by_words: SemanticEndOfTurn) -> None:
    assert by_words.finished(" ... ") == 0.5
    assert await by_words.probability(paused("")) == 0.5


async def test_a_sound_too_short_to_tell_leaves_it_to_the_words(by_both: SemanticEndOfTurn) -> None:
    whole, cut = paused("turn on the light", 160), paused("turn on the", 160)
    assert await by_both.probability(cut) < 0.2 < await by_both.probability(whole)


async def test_it_judges_real_speech_by_both(by_both: SemanticEndOfTurn) -> None:
    """Each recording against itself, cut in the middle of its words."""
    require_data()
    for recording in verbatim("goforward", "cheetah_test_en", "spk1_snt4"):
        samples, words = read_wav(recording.file), recording.text.split()
        whole = await by_both.probability(PausedTurn(samples, 0.1, recording.text))
        half = await by_both.probability(
            PausedTurn(_before_the_middle(samples), 0.1, " ".join(words[: len(words) // 2]))
        )
        assert half < whole, recording


class CountedSound:
    """The real model, and how often it was asked."""

    def __init__(self, model: SmartTurn) -> None:
        self.model = model
        self.asked = 0

    async def probability(self, turn: PausedTurn) -> float:
        self.asked += 1
        return await self.model.probability(turn)


async def test_the_sound_is_judged_once_in_a_pause(model_folder: Callable[[str], Path]) -> None:
    sound = CountedSound(smart_turn.load(EngineSettings({}, model_folder), MODEL))
    engine = SemanticEndOfTurn(cast(SmartTurn, sound))
    heard = np.random.default_rng(0).normal(0, 900, 3 * MIC_RATE_HZ).astype(np.int16)

    def after(length_s: float, silence_s: float, words: str) -> PausedTurn:
        return PausedTurn(heard[: round(length_s * MIC_RATE_HZ)], silence_s, words)

    first = await engine.probability(after(1.0, 0.1, "turn on the"))
    later = await engine.probability(after(1.3, 0.4, "turn on the light"))
    assert sound.asked == 1
    assert first < later  # new words count all the same
    await engine.probability(after(1.6, 0.1, "turn on the light in"))  # the speaker has gone on and paused again
    assert sound.asked == 2
    other = PausedTurn(heard[MIC_RATE_HZ : 3 * MIC_RATE_HZ], 0.5, "stop")  # another turn, paused a little longer
    await engine.probability(other)
    assert sound.asked == 3


@pytest.fixture
def spoken() -> Recording:
    require_data()
    return verbatim("goforward")[0]


async def test_without_words_the_sound_decides(by_both: SemanticEndOfTurn, spoken: Recording) -> None:
    samples = read_wav(spoken.file)
    whole = await by_both.probability(PausedTurn(samples, 0.1))
    half = await by_both.probability(PausedTurn(_before_the_middle(samples), 0.1))
    assert half < whole and whole > 0.8


def _before_the_middle(samples: np.ndarray) -> np.ndarray:
    return samples[: len(samples) // 2]
