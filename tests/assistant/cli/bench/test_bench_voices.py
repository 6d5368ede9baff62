"""`hearthside bench voices`: what is counted as an error."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cli import main
from assistant.cli.bench.voices import Recording, equal_error_rate, measure
from assistant.config import Config
from audio.voice.protocol import Voice
from tests.assistant.conversation.scripted import OTHER_VOICE, VOICE, LoudnessVoices, voice_of
from tests.model_files import model_folder
from tests.recordings import DATA, require_data

__all__ = ["model_folder"]


def recording(speaker: str, heard: Voice, piece: Voice, group: str = "set") -> Recording:
    return Recording(group, speaker, heard, {1.0: (piece,)})


def test_pieces_are_compared_with_other_recordings_of_their_set_and_with_those_who_enrolled() -> None:
    anna, bo = voice_of(VOICE), voice_of(OTHER_VOICE)
    recordings = [
        recording("Anna", anna, anna),
        recording("Anna", anna, bo),  # hoarse today: sounds like Bo
        recording("Bo", bo, bo),
        recording("Cy", anna, anna, group="another set"),
    ]
    figures = measure(recordings, LoudnessVoices(), Config(), 1.0)
    assert figures.same == [0.95, 0.02]
    assert sorted(figures.different) == [0.02, 0.02, 0.02, 0.95]
    assert (figures.named_rightly, figures.named_wrongly, figures.unnamed) == (1, 1, 0)
    assert (figures.guests_named, figures.guests) == (1, 2)


@given(st.lists(st.floats(0, 1), min_size=1), st.lists(st.floats(0, 1), min_size=1))
def test_the_equal_error_rate_is_a_rate_and_nought_where_all_are_told_apart(
    same: list[float], other: list[float]
) -> None:
    rate = equal_error_rate(same, other)
    assert rate is not None and 0 <= rate <= 1
    if min(same) > max(other):
        assert rate == 0


def test_it_is_half_where_nothing_is_told_apart_and_none_without_pairs() -> None:
    same = list(np.linspace(0, 1, 101))
    assert equal_error_rate(same, same) == pytest.approx(0.5, abs=0.01)
    assert equal_error_rate(same, []) is None


def test_it_runs_on_real_recordings_and_writes_its_figures(
    tmp_path: Path, model_folder: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    require_data()
    model_folder("voice-ge2e")
    report = tmp_path / "report.json"
    clips = DATA / "11_speaker_id" / "librispeech_other"
    assert main(["bench", "voices", "--clips", str(clips), "--report", str(report)]) == 0
    assert "speakers; sure 0.8" in capsys.readouterr().out
    seconds = {figures["length_s"]: figures for figures in json.loads(report.read_text())}
    assert seconds[3.0]["equal_error"] < 0.05
    assert seconds[2.0]["named_rightly"] > 0.9 * seconds[2.0]["guests"] > 5


def test_recordings_without_speakers_are_said_to_be_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "voices", "--clips", str(tmp_path)]) in (1, 2)
    assert "speaker" in capsys.readouterr().err
