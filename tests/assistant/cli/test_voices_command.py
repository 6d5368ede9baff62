"""`hearthside voices`: nothing is kept without consent, and what is said is so."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assistant.cli import main, voices
from tests.model_files import model_folder
from tests.recordings import DATA, require_data

__all__ = ["model_folder"]


@pytest.fixture
def recordings(
    tmp_path: Path, model_folder: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], list[str]]:
    """WAV files of a speaker; this process has a home of its own, with the model in it."""
    require_data()
    model = model_folder("voice-ge2e")
    (tmp_path / "home" / "models").mkdir(parents=True)
    (tmp_path / "home" / "models" / model.name).symlink_to(model)
    monkeypatch.setenv("HEARTHSIDE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    def of(speaker: str) -> list[str]:
        files = []
        for file in sorted((DATA / "11_speaker_id" / "librispeech_other").glob(f"{speaker}-*.flac"))[:2]:
            samples, rate_hz = soundfile.read(file, dtype="int16")
            soundfile.write(tmp_path / f"{file.stem}.wav", samples, rate_hz)
            files.append(str(tmp_path / f"{file.stem}.wav"))
        return files

    return of


def test_somebody_enrols_is_listed_and_is_forgotten(
    recordings: Callable[[str], list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["voices", "enroll", "Anna", "--i-consent", "--file", *recordings("1688")]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("Anna: enrolled, from ")
    file = tmp_path / "home" / "voices" / "voices.json"
    for told in (str(file), "No recording is kept", 'hearthside voices forget "Anna"', "voices.enabled is off"):
        assert told in err
    assert main(["voices", "list", "--json"]) == 0
    (anna,) = json.loads(capsys.readouterr().out)["voices"]
    assert (anna["name"], anna["model"]) == ("Anna", "voice-ge2e")
    assert main(["voices", "forget", "Anna"]) == 0
    assert not file.exists()
    assert main(["voices", "forget", "Anna"]) == 1


def test_without_consent_nothing_is_listened_to_or_kept(
    recordings: Callable[[str], list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["voices", "enroll", "Anna", "--file", *recordings("1688")]) == 2
    assert "must agree" in capsys.readouterr().err
    assert not (tmp_path / "home" / "voices").exists()


def test_two_peoples_recordings_and_too_short_ones_are_refused(
    recordings: Callable[[str], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    anna, bo = recordings("1688"), recordings("2033")
    assert main(["voices", "enroll", "Anna", "--i-consent", "--file", anna[0], bo[0]]) == 1
    assert "do not sound like one person" in capsys.readouterr().err
    assert main(["voices", "enroll", "Anna", "--i-consent", "--file", anna[0]]) == 1
    assert "of speech were heard" in capsys.readouterr().err


def test_the_microphone_is_listened_to_until_there_is_speech_enough(
    recordings: Callable[[str], list[str]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parts = [soundfile.read(file, dtype="int16")[0] for file in recordings("2033")]
    rate_hz = 16_000
    read_aloud = tmp_path / "read.wav"
    soundfile.write(read_aloud, np.concatenate(parts), rate_hz)
    monkeypatch.setattr(voices, "NEEDED_S", 2.0)  # it is read in real time
    monkeypatch.setenv("HEARTHSIDE_AUDIO__MIC", str(read_aloud))
    assert main(["voices", "enroll", "Bo", "--i-consent"]) == 0
    out, err = capsys.readouterr()
    assert "Please read this aloud" in err
    assert out == "Bo: enrolled, from 2 s of speech\n", "it does not listen for longer than it must"
