"""`hearthside bench tone`: whispers made and real, and what is counted."""

import json
from pathlib import Path

import numpy as np
import pytest

from assistant.cli import main
from assistant.cli.bench.tone import area, measure, whispered
from audio.frames import MIC_RATE_HZ
from audio.voice.prosody import prosody
from tests.recordings import DATA, require_data

BUZZ = (4000 * np.sign(np.sin(2 * np.pi * 120 * np.arange(2 * MIC_RATE_HZ) / MIC_RATE_HZ))).astype(np.int16)


def test_speech_made_into_a_whisper_has_no_voice_left() -> None:
    before, after = prosody(BUZZ), prosody(whispered(BUZZ, np.random.default_rng(0)))
    assert before is not None and after is not None
    assert before.voiced_share > 0.9
    assert after.voiced_share < 0.2
    assert len(whispered(BUZZ, np.random.default_rng(0))) == len(BUZZ)


def test_what_is_spoken_and_what_is_whispered_is_counted_apart() -> None:
    whisper = whispered(BUZZ, np.random.default_rng(1))
    noise = np.random.default_rng(2).normal(0, 500, MIC_RATE_HZ).astype(np.int16)
    figures = measure([(BUZZ, {}), (whisper, {"phenomenon": "whisper"}), (BUZZ[:3000], {})], [noise])
    assert (figures.spoken, figures.spoken_taken, figures.noisy) == (1, 0, 1)
    assert (figures.whispered, figures.whispered_missed) == (1, 0)
    assert (figures.made, figures.made_missed) == (1, 0)


def test_an_area_is_how_often_one_lies_above_another() -> None:
    assert area([2, 3], [0, 1]) == 1
    assert area([1], [1]) == 0.5
    assert area([], [1]) is None


def test_on_real_recordings_hardly_any_speech_is_taken_for_a_whisper(tmp_path: Path) -> None:
    require_data()
    report = tmp_path / "report.json"
    folders = [str(DATA / name) for name in ("02_vad_endpoint/hesitation_clips", "11_speaker_id/librispeech_other")]
    assert main(["bench", "tone", "--clips", *folders, "--report", str(report)]) == 0
    figures = json.loads(report.read_text())
    assert figures["spoken_taken"] <= 1 < 15 < figures["spoken"]
    assert (figures["whispered"], figures["whispered_missed"]) == (1, 0)
    assert figures["made_missed"] == 0


def test_a_folder_without_recordings_is_said_to_be_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "tone", "--clips", str(tmp_path)]) == 2
    assert "no recordings" in capsys.readouterr().err
