"""The language of an utterance: found among those that are spoken; what is surely in another has no words."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.engines import EngineError, EngineSettings, build
from audio.frames import to_float
from audio.stt.languages import is_foreign, likeliest
from audio.stt.protocol import Transcript
from audio.wav import read_wav
from tests.model_files import model_folder
from tests.recordings import DATA, require_data

__all__ = ["model_folder"]

OPTIONS = {"model": "whisper-base", "beam_size": 1, "threads": 2, "device": "cpu", "compute_type": "int8"}
CODES = st.sampled_from(["en", "de", "fr", "nn", "zh"])
PROBABILITIES = st.dictionaries(CODES, st.floats(0, 1), min_size=1)


def test_the_likeliest_is_one_that_is_spoken() -> None:
    assert likeliest({"nn": 0.6, "de": 0.3, "en": 0.1}, ("en", "de")) == "de"
    assert likeliest({"nn": 1.0}, ("en", "de")) == "en"


def test_an_accent_is_not_foreign_and_neither_is_a_doubt() -> None:
    assert not is_foreign({"cy": 0.9, "en": 0.08}, ("en",))
    assert not is_foreign({"he": 0.5, "ko": 0.4, "en": 0.01}, ("en",))
    assert is_foreign({"de": 0.99, "en": 0.001}, ("en",))
    assert not is_foreign({"de": 0.99, "en": 0.001}, ("en", "de"))


@given(PROBABILITIES, st.lists(CODES, min_size=1, unique=True))
def test_what_is_surely_foreign_is_never_the_likeliest_of_those_spoken(
    likely: dict[str, float], spoken: list[str]
) -> None:
    if is_foreign(likely, spoken):
        assert likely.get(likeliest(likely, spoken), 0.0) < max(likely.values())


async def passes(options: dict[str, object], folder: Callable[[str], Path], *names: str) -> list[Transcript]:
    """The last of three passes over each recording."""
    require_data()
    stt = build("stt", "faster-whisper", EngineSettings({**OPTIONS, **options}, folder))
    heard = []
    for name in names:
        samples = to_float(read_wav(DATA / "01_speech" / f"{name}.wav"))
        transcript = None
        for part in (1 / 2, 3 / 4, 1):
            transcript = await stt.revise(samples[: int(part * len(samples))], start_s=0.0, earlier=transcript)
        assert transcript is not None
        heard.append(transcript)
    await stt.close()
    return heard


async def test_each_utterance_is_understood_in_its_own_language(model_folder: Callable[[str], Path]) -> None:
    names = ("verbatim/cheetah_test_de", "verbatim/goforward", "verbatim/cheetah_test_de_norm")
    one, two, three = await passes({"language": "en", "languages": ("de",)}, model_folder, *names)
    assert [heard.language for heard in (one, two, three)] == ["de", "en", "de"]
    assert "Werbung" in one.text
    assert "forward" in two.text
    assert "Lieblingszahl" in three.text


async def test_english_only_makes_no_english_of_what_is_german(model_folder: Callable[[str], Path]) -> None:
    names = ("verbatim/cheetah_test_de", "verbatim/goforward")
    german, english = await passes({"language": "en"}, model_folder, *names)
    assert (german.text, german.words) == ("", ())
    assert "forward" in english.text


def test_a_further_language_that_the_model_does_not_know_is_refused(model_folder: Callable[[str], Path]) -> None:
    with pytest.raises(EngineError, match="'xx'"):
        build(
            "stt", "faster-whisper", EngineSettings({**OPTIONS, "language": "en", "languages": ("xx",)}, model_folder)
        )
